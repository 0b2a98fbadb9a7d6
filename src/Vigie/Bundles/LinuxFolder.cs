using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Vigie.Bundles;

/// <summary>What Linux can do with a folder and .NET does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxFolder
{
    private const int WorkingFolder = -100; // AT_FDCWD

    /// <summary>Exchanges two folders in one step.</summary>
    /// <returns>False where the C library or the file system cannot; nothing has changed then.</returns>
    public static bool TryExchange(string first, string second)
    {
        const int exchange = 2; // RENAME_EXCHANGE of renameat2(2)
        try
        {
            return RenameAt2(WorkingFolder, first, WorkingFolder, second, exchange) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl before 1.2.6 has no such function; the file system may not know it either
        }
    }

    /// <summary>Gives something a name that nothing has yet, in one step.</summary>
    /// <returns>0, or what errno says: EEXIST where something has the name.</returns>
    public static int Rename(string path, string name)
    {
        const int keepWhatIsThere = 1, unknownCall = 38; // RENAME_NOREPLACE of renameat2(2), ENOSYS
        try
        {
            return RenameAt2(WorkingFolder, path, WorkingFolder, name, keepWhatIsThere) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
        catch (EntryPointNotFoundException)
        {
            return unknownCall;
        }
    }

    /// <summary>Has the disk keep the names in a folder: a file's own flush does not, and a rename is a name.</summary>
    /// <exception cref="IOException">The folder is away, or the disk failed.</exception>
    public static void Flush(string folder)
    {
        const int readOnlyCloseOnExec = 0x80000, invalid = 22; // O_RDONLY | O_CLOEXEC of open(2), EINVAL
        int descriptor = Open(folder, readOnlyCloseOnExec);
        if (descriptor < 0) throw Failure("open", folder, Marshal.GetLastPInvokeError());
        try
        {
            // EINVAL: a file system, such as some network ones, on which folders cannot be flushed.
            if (FSync(descriptor) != 0 && Marshal.GetLastPInvokeError() is not invalid and int error) throw Failure("flush", folder, error);
        }
        finally
        {
            _ = Close(descriptor); // only read through it: nothing can be lost
        }
    }

    private static IOException Failure(string verb, string folder, int error) => new($"{folder}: cannot {verb} it: {new Win32Exception(error).Message}");

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int oldFolder, string oldPath, int newFolder, string newPath, uint flags);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
