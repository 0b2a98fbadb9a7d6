using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Vigie.Bundles;

/// <summary>
/// Puts a folder in the place of another so that whoever looks finds the old one or the new one, whole: written beside it under another name,
/// flushed to the disk, then exchanged.
/// </summary>
internal static class BundleFolder
{
    private const int KeyLength = 12;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

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
        string staging = Path.Combine(parent, $".{Path.GetFileName(target)}.{RandomNumberGenerator.GetHexString(KeyLength, lowercase: true)}.tmp");
        Directory.CreateDirectory(staging);
        try
        {
            RemoveLeftovers(parent, Path.GetFileName(target), Directory.GetLastWriteTimeUtc(staging));
            write(staging);
            foreach (string file in Directory.EnumerateFiles(staging, "*", SearchOption.AllDirectories)) Flush(file);
            if (OperatingSystem.IsLinux())
            {
                foreach (string inner in Directory.EnumerateDirectories(staging, "*", SearchOption.AllDirectories)) LinuxFolder.Flush(inner);
                LinuxFolder.Flush(staging);
            }

            if (Directory.Exists(target)) Exchange(staging, target);
            else Directory.Move(staging, target);
            // Before the old bundle goes, the disk has to know the new one's name.
            if (OperatingSystem.IsLinux()) LinuxFolder.Flush(parent);
        }
        finally
        {
            // Holds what was written where it failed, and what was replaced where it succeeded.
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
        }
    }

    /// <summary>
    /// Removes the staging folders of saves to the same place that were killed. Only those in which nothing was written for a day, so that no
    /// save under way is disturbed: the time is that of the disk, whose clock need not be this machine's.
    /// </summary>
    private static void RemoveLeftovers(string parent, string name, DateTime now)
    {
        string start = $".{name}.";
        foreach (string path in Directory.EnumerateDirectories(parent, ".*.tmp"))
        {
            string found = Path.GetFileName(path);
            if (!found.StartsWith(start, StringComparison.Ordinal) || found.Length != start.Length + KeyLength + ".tmp".Length) continue;
            if (found.AsSpan(start.Length, KeyLength).ContainsAnyExcept(Hexadecimal)) continue;
            var folder = new DirectoryInfo(path);
            if (folder.LinkTarget is not null || folder.LastWriteTimeUtc > now - Abandoned) continue;
            try
            {
                if (folder.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).All(entry => entry.LastWriteTimeUtc <= now - Abandoned)) folder.Delete(recursive: true);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                continue; // another user's, or just removed by another save: it is in nobody's way
            }
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
        if (OperatingSystem.IsLinux() && LinuxFolder.TryExchange(staging, target)) return;
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
}
