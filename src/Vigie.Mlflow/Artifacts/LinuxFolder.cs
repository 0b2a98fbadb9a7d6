using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Vigie.Mlflow.Artifacts;

/// <summary>What Linux can do with a folder and .NET does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxFolder
{
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

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
