using System.Security.Cryptography;
using Vigie.Bundles;

namespace Vigie.Server;

/// <summary>Files that are there whole or not at all, whatever ends in between: written beside their place, flushed, and named then. Only their owner may read them.</summary>
internal static class WholeFile
{
    /// <summary>What only the owner may do, which is reading and writing.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Puts a file in the place of the one that is there, and waits until the disk has it. Whoever reads sees either.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Write(path, content, draft =>
    {
        File.Move(draft, path, overwrite: true);
        return true;
    });

    /// <summary>Makes a file where there is none, and waits until the disk has it. Of many who try it at once one succeeds.</summary>
    /// <returns>False where there is one; it is whole, and left as it is.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be written to.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content) => Write(path, content, draft => OperatingSystem.IsWindows() ? TryMove(draft, path) : UnixFile.TryName(draft, path));

    private static bool Write(string path, ReadOnlySpan<byte> content, Func<string, bool> name)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string draft = Path.Combine(folder, $".{Path.GetFileName(path)}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly; // from the first moment on, whatever the umask
        try
        {
            using (var file = new FileStream(draft, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            bool named = name(draft);
            if (OperatingSystem.IsLinux()) LinuxFolder.Flush(folder); // also where another was faster: its name may not be on the disk yet
            return named;
        }
        finally
        {
            File.Delete(draft);
        }
    }

    // Windows looks and moves in one step.
    private static bool TryMove(string draft, string path)
    {
        try
        {
            File.Move(draft, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }
}
