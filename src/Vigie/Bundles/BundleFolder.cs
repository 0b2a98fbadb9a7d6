using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Vigie.Bundles;

/// <summary>
/// Puts a folder in the place of another so that whoever looks finds the old one or the new one, whole: written beside it under another name,
/// flushed to the disk, then exchanged.
/// </summary>
internal static partial class BundleFolder
{
    /// <summary>Replaces a folder, or makes it.</summary>
    /// <param name="folder">Absent, empty, or a bundle.</param>
    /// <param name="write">Fills the folder whose path it is given. Where it throws, nothing has changed.</param>
    /// <exception cref="BundleException">The place is taken by something that is no bundle.</exception>
    public static void Replace(string folder, Action<string> write)
    {
        string target = Resolve(folder);
        CheckReplaceable(target);
        string parent = Path.GetDirectoryName(target) ?? throw new BundleException($"{folder}: a model cannot take the place of a whole disk");
        Directory.CreateDirectory(parent);
        string staging = Path.Combine(parent, $".{Path.GetFileName(target)}.{RandomNumberGenerator.GetHexString(12, lowercase: true)}.tmp");
        Directory.CreateDirectory(staging);
        try
        {
            write(staging);
            foreach (string file in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories)) Flush(file);
            if (Directory.Exists(target)) Exchange(staging, target);
            else Directory.Move(staging, target);
        }
        finally
        {
            // Holds what was written where it failed, and what was replaced where it succeeded.
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    public static string Resolve(string folder)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        return new DirectoryInfo(full).LinkTarget is null ? full : Directory.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
    }

    public static void CheckReplaceable(string folder)
    {
        if (File.Exists(folder)) throw new BundleException($"{folder} is a file; a model is saved as a folder");
        if (!Directory.Exists(folder) || !Directory.EnumerateFileSystemEntries(folder).Any()) return;
        string[] named = NamedFiles(folder) ?? throw new BundleException($"{folder} is not empty and is no bundle: it stays as it is. Name another folder, or empty this one");
        if (BundleListing.Of(folder).Except(named).ToArray() is { Length: > 0 } other)
            throw new BundleException($"{folder} holds {string.Join(", ", other)} besides a bundle: it stays as it is. Move that away, or name another folder");
    }

    // A damaged bundle may be replaced, so nothing is asked of its files.
    private static string[]? NamedFiles(string folder)
    {
        string path = Path.Combine(folder, ManifestFile.Name);
        if (!File.Exists(path)) return null;
        try
        {
            ManifestFile? manifest = JsonSerializer.Deserialize(File.ReadAllBytes(path), BundleJson.Default.ManifestFile);
            return manifest?.Format == ManifestFile.FormatName ? [ManifestFile.Name, .. manifest.Files.Select(entry => entry.Path)] : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    private static void Exchange(string staging, string target)
    {
        if (OperatingSystem.IsLinux() && TryExchange(staging, target)) return;
        // Elsewhere there is a moment between two renames in which the old bundle stands aside under this name.
        string aside = staging + ".old";
        Directory.Move(target, aside);
        try
        {
            Directory.Move(staging, target);
        }
        catch
        {
            Directory.Move(aside, target);
            throw;
        }
        Directory.Delete(aside, recursive: true);
    }

    private static bool TryExchange(string first, string second)
    {
        const int workingFolder = -100, exchange = 2; // AT_FDCWD, RENAME_EXCHANGE of renameat2(2)
        try
        {
            return RenameAt2(workingFolder, first, workingFolder, second, exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl before 1.2.6 has no such function; the file system may not know it either
        }
    }

    [LibraryImport("libc", EntryPoint = "renameat2", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);
}
