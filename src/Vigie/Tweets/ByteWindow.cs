namespace Vigie.Tweets;

/// <summary>The part of a stream that is held in memory: rows are found in it, then it moves on. Positions count from its start.</summary>
internal sealed class ByteWindow(Stream source, int capacity = ByteWindow.DefaultCapacity)
{
    /// <summary>No row may be longer: an unclosed quote in a large file ends here, not in all of its memory.</summary>
    public const int MaxRow = 16 << 20;

    public const int DefaultCapacity = 1 << 20;

    private byte[] buffer = new byte[capacity];
    private int start, end;
    private readonly bool handed;

    /// <summary>A window that reads nothing by itself: it is handed what has arrived.</summary>
    public ByteWindow() : this(Stream.Null, 0) => handed = true;

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(start, end - start);

    /// <summary>Whether the stream holds nothing beyond <see cref="Bytes"/>.</summary>
    public bool AtEnd { get; private set; }

    /// <summary>Whether more was looked for than was handed, and more may come.</summary>
    public bool RanOut { get; private set; }

    /// <summary>Where the window begins in the array that was handed.</summary>
    public int Start => start;

    /// <summary>Looks at these bytes from now on, in place.</summary>
    /// <param name="bytes">What was not used of those before, and what has arrived.</param>
    /// <param name="last">Whether nothing follows.</param>
    public void Hand(ArraySegment<byte> bytes, bool last)
    {
        (buffer, start, end) = (bytes.Array!, bytes.Offset, bytes.Offset + bytes.Count);
        (AtEnd, RanOut) = (last, false);
    }

    /// <summary>Goes back to where <see cref="Start"/> was.</summary>
    public void GoBack(int to) => start = to;

    /// <summary>Reads on. False at the stream's end, and when <see cref="MaxRow"/> bytes are held.</summary>
    public bool More()
    {
        if (handed) RanOut |= !AtEnd;
        if (handed || AtEnd || end - start >= MaxRow) return false;
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
            if (RanOut) return;
        }
    }
}
