namespace Vigie.Tweets;

/// <summary>The part of a stream that is held in memory: rows are found in it, then it moves on. Positions count from its start.</summary>
internal sealed class ByteWindow(Stream source, int capacity = ByteWindow.DefaultCapacity)
{
    /// <summary>No row may be longer: an unclosed quote in a large file ends here, not in all of its memory.</summary>
    public const int MaxRow = 16 << 20;

    public const int DefaultCapacity = 1 << 20;

    private byte[] buffer = new byte[capacity];
    private int start, end;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(start, end - start);

    /// <summary>Whether the stream holds nothing beyond <see cref="Bytes"/>.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Reads on. False at the stream's end, and when <see cref="MaxRow"/> bytes are held.</summary>
    public bool More()
    {
        if (AtEnd || end - start >= MaxRow) return false;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaxRow));
        int read = source.Read(buffer.AsSpan(end));
        AtEnd = read == 0;
        end += read;
        return !AtEnd;
    }

    /// <summary>Reads until the window is full or the stream ends.</summary>
    public void Fill()
    {
        while (end - start < buffer.Length && More()) { }
    }

    public void Advance(int count) => start += count;

    /// <summary>The bytes up to the next line feed, which is left out, or up to the stream's end; -1 where a line is longer than a row may be.</summary>
    public int FindLineEnd()
    {
        int from = 0;
        while (true)
        {
            int at = Bytes[from..].IndexOf((byte)'\n');
            if (at >= 0) return from + at;
            from = end - start;
            if (!More()) return AtEnd ? end - start : -1;
        }
    }

    /// <summary>Moves behind the next line feed, however far it is.</summary>
    public void SkipLine()
    {
        while (true)
        {
            int at = FindLineEnd();
            if (at >= 0)
            {
                Advance(Math.Min(at + 1, end - start));
                return;
            }

            Advance(end - start);
        }
    }
}
