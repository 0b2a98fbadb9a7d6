using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>The unpacked bytes of a vector file as they stream by, and where in them the reader stands.</summary>
internal sealed class VectorSource(DataFile file, IProgress<ReadProgress>? progress, CancellationToken cancellation)
{
    private const int WordsPerReport = 4096;

    /// <summary>What is held of the file.</summary>
    public ByteWindow Window { get; } = new(file.Content);

    public string Path => file.Path;

    /// <summary>Bytes of the unpacked file before <see cref="Window"/>.</summary>
    public long Position { get; private set; }

    /// <summary>The most bytes that can follow, where the file is not packed; null where it is.</summary>
    public long? BytesLeft => file.Packing == Packing.None ? file.Length - Position : null;

    public void Advance(int count)
    {
        Window.Advance(count);
        Position += count;
    }

    /// <summary>Has at least so many bytes in the window; false where the file ends before.</summary>
    public bool Has(int count)
    {
        while (Window.Bytes.Length < count)
        {
            if (!Window.More()) return false;
        }

        return true;
    }

    /// <summary>Passes so many bytes; false where the file ends before.</summary>
    public bool Skip(long count)
    {
        while (count > 0)
        {
            if (Window.Bytes.IsEmpty && !Window.More()) return false;
            int step = (int)Math.Min(count, Window.Bytes.Length);
            Advance(step);
            count -= step;
            cancellation.ThrowIfCancellationRequested();
        }

        return true;
    }

    /// <summary>Reports now and then, and stops when asked to.</summary>
    public void Tick(long words)
    {
        if (words % WordsPerReport != 0) return;
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new ReadProgress(words, file.BytesRead, file.Length));
    }

    public void ReportEnd(long words) => progress?.Report(new ReadProgress(words, file.BytesRead, file.Length));
}
