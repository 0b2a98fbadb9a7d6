using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Mlflow.Artifacts;

/// <summary>What Linux can do with a file and .NET does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxFile
{
    // O_DIRECT of open(2) has another value on ARM.
    private static readonly int Direct = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>
    /// Has what is written go to the disk past the system's cache, or through it again. Past it, addresses, offsets and lengths have to be multiples of the
    /// disk's blocks.
    /// </summary>
    /// <returns>Whether the file system can; it is as before where it cannot.</returns>
    public static bool TrySetDirect(SafeFileHandle file, bool direct)
    {
        const int getFlags = 3, setFlags = 4; // F_GETFL, F_SETFL
        int flags = Control(file, getFlags, 0);
        return flags >= 0 && Control(file, setFlags, direct ? flags | Direct : flags & ~Direct) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeFileHandle file, int command, nint argument);
}
