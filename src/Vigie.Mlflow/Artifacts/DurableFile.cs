using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.Versioning;

namespace Vigie.Mlflow.Artifacts;

/// <summary>
/// A new file, written from its beginning to its end and then flushed. A large one goes past the system's cache where that is possible: what is to be
/// flushed anyway is on the disk several times sooner, and other programs' pages stay in memory.
/// </summary>
internal sealed class DurableFile : IDisposable
{
    private const int BlockBytes = 4096; // a multiple of any disk's
    private const int BufferBytes = 1 << 20;
    private const int Kept = 16;
    private const int InvalidArgument = 22; // EINVAL

    private static readonly ConcurrentBag<byte[]> Buffers = [];

    private readonly FileStream file;
    private readonly byte[] buffer;
    private readonly int start;
    private bool? direct;

    public DurableFile(string path)
    {
        file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 });
        // Pinned, so that its blocks stay where they are.
        buffer = Buffers.TryTake(out byte[]? used) ? used : GC.AllocateUninitializedArray<byte>(BufferBytes + BlockBytes, pinned: true);
        start = StartOf(buffer);
    }

    /// <summary>Copies all of a stream.</summary>
    public async Task CopyAsync(Stream content, CancellationToken cancellation)
    {
        Memory<byte> room = buffer.AsMemory(start, BufferBytes);
        int filled;
        do
        {
            // A connection gives a few kilobytes at a time; the disk likes more.
            filled = await content.ReadAtLeastAsync(room, BufferBytes, throwOnEndOfStream: false, cancellation);
            Write(room.Span[..filled]);
        }
        while (filled == BufferBytes);
        file.Flush(flushToDisk: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        if (Buffers.Count < Kept) Buffers.Add(buffer);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            if (direct is null && bytes.Length == BufferBytes) direct = LinuxFile.TrySetDirect(file.SafeFileHandle, direct: true);
            else if (direct is true && bytes.Length % BlockBytes != 0) LeaveDirect();
        }

        try
        {
            file.Write(bytes);
        }
        catch (IOException exception) when (direct is true && exception.HResult == InvalidArgument && OperatingSystem.IsLinux())
        {
            LeaveDirect(); // the file system said that it can, and cannot with blocks of this size
            file.Write(bytes);
        }
    }

    [SupportedOSPlatform("linux")]
    private void LeaveDirect()
    {
        LinuxFile.TrySetDirect(file.SafeFileHandle, direct: false);
        direct = false;
    }

    private static unsafe int StartOf(byte[] pinned) => (int)(-(nint)Unsafe.AsPointer(ref pinned[0]) & (BlockBytes - 1));
}
