using System.Runtime.InteropServices;

namespace Vigie.Pipelines;

/// <summary>
/// Reads and writes small whole files with the fewest calls to the system: of ten thousand files, calls are most of the time. Linux alone; elsewhere callers take the long way.
/// </summary>
internal static partial class PosixFile
{
    private const int ReadOnly = 0, WriteOnly = 1, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000, Interrupted = 4;
    private const int OwnerGroupOthersRead = 0x124; // 0444

    /// <summary>Whether this system has these calls in this form: the flags are those of x86-64 and arm64.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Reads a file that fits into a buffer.</summary>
    /// <returns>Its bytes; negative where it does not fit or cannot be read this way.</returns>
    public static int Read(string path, Span<byte> buffer)
    {
        int file = Open(path, ReadOnly | CloseOnExec, 0);
        if (file < 0) return -1;
        try
        {
            int done = 0;
            while (done < buffer.Length)
            {
                nint read = Read(file, ref buffer[done], (nuint)(buffer.Length - done));
                if (read == 0) return done;
                if (read < 0 && Marshal.GetLastPInvokeError() != Interrupted) return -1;
                if (read > 0) done += (int)read;
            }
            return -1; // there may be more
        }
        finally
        {
            _ = Close(file);
        }
    }

    /// <summary>Writes a file that nobody may write to, and gives it its name when it is whole.</summary>
    /// <param name="temporary">A name in the same folder that nothing has.</param>
    /// <param name="path">The name.</param>
    /// <param name="bytes">All of it.</param>
    /// <exception cref="IOException">There is no room, or no right.</exception>
    public static void WriteProtected(string temporary, string path, ReadOnlySpan<byte> bytes)
    {
        int file = Open(temporary, WriteOnly | Create | Exclusive | CloseOnExec, OwnerGroupOthersRead);
        if (file < 0) throw Failure(temporary);
        bool isWhole = WriteAll(file, bytes);
        IOException? refused = isWhole ? null : Failure(temporary);
        if (Close(file) != 0) refused ??= Failure(temporary);
        if (refused is not null)
        {
            File.Delete(temporary);
            throw refused;
        }
        if (Rename(temporary, path) != 0) throw Failure(path);
    }

    private static bool WriteAll(int file, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            nint written = Write(file, ref MemoryMarshal.GetReference(bytes), (nuint)bytes.Length);
            if (written < 0 && Marshal.GetLastPInvokeError() != Interrupted) return false;
            if (written > 0) bytes = bytes[(int)written..];
        }
        return true;
    }

    private static IOException Failure(string path) => new($"{path}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int file, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int file, ref byte buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}
