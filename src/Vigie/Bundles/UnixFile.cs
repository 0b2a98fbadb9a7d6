using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Vigie.Bundles;

/// <summary>What Unix can do with a file and .NET does not offer.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class UnixFile
{
    private const int NotPermitted = 1, Exists = 17, TooManyLinks = 31, UnknownCall = 38, Unsupported = 95; // errno of Linux; the first two are everybody's

    /// <summary>Gives a file a name that nothing has yet, in one step; of many who try it at once one succeeds. File.Move looks first and renames then, so the last of them would win.</summary>
    /// <param name="draft">The file. It may have this name still.</param>
    /// <param name="path">The name, in the same file system.</param>
    /// <returns>False where something has the name; it is left as it is.</returns>
    /// <exception cref="IOException">The file system cannot do it, or the disk failed.</exception>
    public static bool TryName(string draft, string path)
    {
        if (Link(draft, path) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        if (OperatingSystem.IsLinux() && error is NotPermitted or TooManyLinks or UnknownCall or Unsupported) // FAT and some others know no second names
            error = LinuxFolder.Rename(draft, path);
        return error switch
        {
            0 => true,
            Exists => false,
            _ => throw new IOException($"{path}: cannot make it: {new Win32Exception(error).Message}"),
        };
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string path, string name);
}
