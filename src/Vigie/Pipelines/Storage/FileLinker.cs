using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Pipelines;

/// <summary>Has workspace and cache share files: reflink, hardlink, symlink or copy, the first of the configured kinds that the file system can do.</summary>
internal sealed partial class FileLinker(IReadOnlyList<string> types)
{
    private const UIntPtr CloneFile = 0x40049409; // FICLONE of linux/fs.h
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private volatile bool canReflink = OperatingSystem.IsLinux() && types.Contains("reflink");

    // Links would let a change in the workspace reach into the cache, so they are made of protected files only.
    private readonly string? sharing = types.FirstOrDefault(type => type != "reflink") is var kind && kind != "copy" ? kind : null;

    /// <summary>Whether workspace and cache share files, with their rights.</summary>
    public bool Shares => sharing is not null;

    /// <summary>Whether files are best copied by whoever has their bytes already.</summary>
    public bool CopiesBytes => !canReflink && PosixFile.IsSupported;

    /// <summary>Copies a file of the workspace into the cache.</summary>
    /// <exception cref="IOException">It changed meanwhile.</exception>
    public void TakeIn(string path, string kept, UInt128 md5)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(kept)!);
        string temporary = AtomicFile.Temporary(kept);
        try
        {
            Copy(path, temporary, md5);
            Protect(temporary);
            File.Move(temporary, kept, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Replaces a file of the workspace by a link to what was taken in, where links are wanted.</summary>
    public void LinkBack(string kept, string path, in FileStamp stamp)
    {
        if (sharing is null || (sharing == "hardlink" && FileStamp.Of(kept)?.Inode == stamp.Inode) || new FileInfo(path).LinkTarget is not null) return;
        Put(kept, path, stamp.IsExecutable);
    }

    /// <summary>Makes a file of the workspace hold what one of the cache holds; whole, or not at all.</summary>
    public void Put(string kept, string path, bool isExecutable)
    {
        string temporary = AtomicFile.Temporary(path);
        try
        {
            if (sharing == "symlink")
            {
                File.CreateSymbolicLink(temporary, kept);
            }
            else if (sharing != "hardlink" || !TryHardlink(kept, temporary))
            {
                Copy(kept, temporary, null);
                if (isExecutable && !OperatingSystem.IsWindows()) File.SetUnixFileMode(temporary, File.GetUnixFileMode(temporary) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Takes the right to write away, as DVC does with what is in its cache.</summary>
    public static void Protect(string path)
    {
        if (OperatingSystem.IsWindows()) new FileInfo(path).IsReadOnly = true;
        else File.SetUnixFileMode(path, ReadOnly);
    }

    private void Copy(string from, string to, UInt128? md5)
    {
        using SafeFileHandle source = File.OpenHandle(from);
        using SafeFileHandle target = File.OpenHandle(to, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
        if (canReflink && Ioctl(target, CloneFile, source) == 0) return;
        canReflink = false;
        long size = RandomAccess.GetLength(source);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent((int)Math.Clamp(size, 1, 1 << 20));
        using var hash = md5 is null ? null : System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.MD5);
        try
        {
            long at = 0;
            for (int read; (read = RandomAccess.Read(source, buffer, at)) > 0; at += read)
            {
                hash?.AppendData(buffer, 0, read);
                RandomAccess.Write(target, buffer.AsSpan(0, read), at);
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
        if (hash is not null && ContentHash.FromBytes(hash.GetHashAndReset()) != md5) throw new IOException($"{from} changed while it was added; add it again");
    }

    private static bool TryHardlink(string kept, string path) => !OperatingSystem.IsWindows() && Link(kept, path) == 0;

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(SafeFileHandle target, UIntPtr request, SafeFileHandle source);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);
}
