using System.Runtime.InteropServices;

namespace Vigie.Pipelines;

/// <summary>What tells whether a file is the one that was there before: its inode, size and time of change. Equal stamps mean equal bytes, short of somebody setting times by hand.</summary>
/// <param name="Inode">0 where the system has none.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedNanoseconds">Since 1970.</param>
/// <param name="Mode">Kind and rights, as POSIX has them.</param>
internal readonly partial record struct FileStamp(ulong Inode, long Size, long ModifiedNanoseconds, uint Mode)
{
    private const uint KindMask = 0xF000, Folder = 0x4000, Regular = 0x8000, OwnerRuns = 0x40, OwnerWrites = 0x80;

    public bool IsFolder => (Mode & KindMask) == Folder;

    public bool IsFile => (Mode & KindMask) == Regular;

    public bool IsExecutable => (Mode & OwnerRuns) != 0;

    public bool IsWritable => (Mode & OwnerWrites) != 0;

    /// <summary>Of what is at a path, behind links; null where nothing is.</summary>
    public static FileStamp? Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return Portable(path);
        return Statx(CurrentFolder, path, 0, BasicStats, out StatxBuffer stat) == 0
            ? new FileStamp(stat.Inode, (long)stat.Size, stat.ModifiedSeconds * 1_000_000_000 + stat.ModifiedNanoseconds, stat.Mode)
            : null;
    }

    private static FileStamp? Portable(string path)
    {
        if (Directory.Exists(path)) return new FileStamp(0, 0, 0, Folder);
        var file = new FileInfo(path);
        if (!file.Exists) return null;
        uint mode = Regular | (file.IsReadOnly ? 0 : OwnerWrites) | (!OperatingSystem.IsWindows() && file.UnixFileMode.HasFlag(UnixFileMode.UserExecute) ? OwnerRuns : 0);
        return new FileStamp(0, file.Length, (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100, mode);
    }

    private const int CurrentFolder = -100;
    private const uint BasicStats = 0x7FF;

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, out StatxBuffer buffer);

    // struct statx of linux/stat.h; the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatxBuffer
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }
}
