using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Vigie.Server;

/// <summary>Where the files of batches are, and how much room they take together.</summary>
internal sealed class SpoolFolder(BatchOptions options)
{
    private long taken;

    /// <summary>How many bytes are in files at present.</summary>
    public long Taken => Interlocked.Read(ref taken);

    /// <summary>An empty file, without a name wherever the system can do that.</summary>
    /// <exception cref="RequestException">503: no file can be made there.</exception>
    public SpoolFile Create()
    {
        string path = Path.Combine(options.Folder ?? Path.GetTempPath(), "vigie-batch-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        try
        {
            var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.Delete, BufferSize = 0 };
            if (OperatingSystem.IsWindows()) how.Options = FileOptions.DeleteOnClose;
            else how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var file = new FileStream(path, how);
            if (!OperatingSystem.IsWindows()) File.Delete(path); // it lives on until it is closed, however this process ends
            return new SpoolFile(this, file);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw NoRoom($"a file for it cannot be made in batch.folder ({fault.GetType().Name})");
        }
    }

    /// <summary>Takes room, or gives it back.</summary>
    /// <exception cref="RequestException">503: there is not so much left.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= options.Disk || bytes < 0) return;
        Interlocked.Add(ref taken, -bytes);
        throw NoRoom(string.Create(CultureInfo.InvariantCulture, $"batches take {options.Disk} bytes (batch.disk) already"));
    }

    public static RequestException NoRoom(string reason) => RequestException.NoRoom($"{reason}; try again later, or send fewer tweets at once");
}

/// <summary>A file of chunks, written to its end and then read from its begin.</summary>
internal sealed class SpoolFile(SpoolFolder folder, FileStream file) : IDisposable
{
    private readonly SafeFileHandle handle = file.SafeFileHandle;
    private long written, read;

    /// <summary>Adds a chunk.</summary>
    /// <exception cref="RequestException">503: there is no room.</exception>
    public void Add(TweetChunk chunk)
    {
        Span<int> head = [chunk.Length, chunk.Count];
        Span<byte> headBytes = MemoryMarshal.AsBytes(head);
        folder.Take(headBytes.Length + chunk.Length);
        long at = written;
        written += headBytes.Length + chunk.Length; // taken, even if it cannot be filled
        try
        {
            RandomAccess.Write(handle, headBytes, at);
            RandomAccess.Write(handle, chunk.Bytes, at + headBytes.Length);
        }
        catch (IOException)
        {
            throw SpoolFolder.NoRoom("the disk of batch.folder is full or cannot be written");
        }
    }

    /// <summary>The next chunk; null at the end.</summary>
    public TweetChunk? Next()
    {
        if (read == written) return null;
        Span<int> head = [0, 0];
        Span<byte> headBytes = MemoryMarshal.AsBytes(head);
        Fill(headBytes);
        TweetChunk chunk = TweetChunk.Rent(head[0], head[1]);
        Fill(chunk.Bytes);
        return chunk;
    }

    public void Dispose()
    {
        file.Dispose();
        folder.Take(-written);
        written = read = 0;
    }

    private void Fill(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = RandomAccess.Read(handle, bytes, read);
            if (count == 0) throw new IOException("the file of a batch is shorter than what was written to it");
            read += count;
            bytes = bytes[count..];
        }
    }
}
