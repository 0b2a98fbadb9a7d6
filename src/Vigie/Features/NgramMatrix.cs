namespace Vigie.Features;

/// <summary>
/// Which features each text has, and how often: (texts × features), rows in blocks of memory that never move, so that a
/// matrix of a billion bytes grows without being copied.
/// </summary>
public sealed class NgramMatrix
{
    private const int BlockBits = 20;
    private readonly List<int[]> columns = [];
    private readonly List<ushort[]>? counts;
    private readonly List<long> starts = [];
    private readonly List<int> lengths = [];
    private int used;
    private int rowStart;
    private int[] block = [];
    private ushort[]? countBlock;

    internal NgramMatrix(bool counted)
    {
        if (counted) counts = [];
    }

    /// <summary>Number of texts.</summary>
    public int RowCount => lengths.Count;

    /// <summary>Number of features.</summary>
    public int ColumnCount { get; internal set; }

    /// <summary>Number of entries.</summary>
    public long EntryCount { get; private set; }

    /// <summary>The columns of one row in the order of first occurrence, each once unless whoever made the matrix says otherwise.</summary>
    public ReadOnlySpan<int> Columns(int row) => Writable(row);

    /// <summary>How often each of <see cref="Columns"/> occurs; empty where only presence is kept.</summary>
    public ReadOnlySpan<ushort> Counts(int row) => counts is null ? [] : WritableCounts(row);

    /// <summary>Opens a row of at most <paramref name="most"/> entries.</summary>
    internal void Begin(int most)
    {
        if (columns.Count == 0 || used + most > block.Length)
        {
            block = new int[Math.Max(1 << BlockBits, most)];
            columns.Add(block);
            if (counts is not null) counts.Add(countBlock = new ushort[block.Length]);
            used = 0;
        }
        rowStart = used;
        starts.Add(((long)(columns.Count - 1) << 32) | (uint)used);
        lengths.Add(0);
    }

    /// <summary>Adds an entry to the open row; answers its position in the row, for <see cref="Repeat"/>.</summary>
    internal int Add(int column)
    {
        block[used] = column;
        if (countBlock is not null) countBlock[used] = 1;
        return used++ - rowStart;
    }

    internal void Repeat(int position)
    {
        if (countBlock is not null && countBlock[rowStart + position] < ushort.MaxValue) countBlock[rowStart + position]++;
    }

    internal void End()
    {
        lengths[^1] = used - rowStart;
        EntryCount += used - rowStart;
    }

    /// <summary>Number of rows that have each column.</summary>
    internal int[] DocumentFrequency(int columnCount)
    {
        var frequency = new int[columnCount];
        for (int row = 0; row < RowCount; row++)
        {
            foreach (int column in Columns(row)) frequency[column]++;
        }
        return frequency;
    }

    /// <summary>Number of occurrences of each column.</summary>
    internal long[] Occurrences(int columnCount)
    {
        var occurrences = new long[columnCount];
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<int> entries = Columns(row);
            ReadOnlySpan<ushort> times = Counts(row);
            for (int k = 0; k < entries.Length; k++) occurrences[entries[k]] += times.IsEmpty ? 1 : times[k];
        }
        return occurrences;
    }

    /// <summary>Gives every column its new number and drops entries whose new number is negative, or whose number was so before.</summary>
    internal void Renumber(int[] newColumn, int columnCount)
    {
        long kept = 0;
        int to = 0; // the block that rows move up to
        used = 0;
        for (int row = 0; row < RowCount; row++)
        {
            Span<int> entries = Writable(row);
            Span<ushort> times = counts is null ? [] : WritableCounts(row);
            int n = 0;
            for (int i = 0; i < entries.Length; i++)
            {
                int column = entries[i] < 0 ? -1 : newColumn[entries[i]];
                if (column < 0) continue;
                if (counts is not null) times[n] = times[i];
                entries[n++] = column;
            }
            // A row that does not fit here did not begin here: the next block is its own, or lies before it.
            if (used + n > columns[to].Length) (to, used) = (to + 1, 0);
            entries[..n].CopyTo(columns[to].AsSpan(used));
            if (counts is not null) times[..n].CopyTo(counts[to].AsSpan(used));
            starts[row] = ((long)to << 32) | (uint)used;
            lengths[row] = n;
            used += n;
            kept += n;
        }
        if (RowCount > 0) columns.RemoveRange(to + 1, columns.Count - to - 1);
        if (RowCount > 0) counts?.RemoveRange(to + 1, counts.Count - to - 1);
        block = columns.Count > 0 ? columns[^1] : [];
        countBlock = counts?.LastOrDefault();
        EntryCount = kept;
        ColumnCount = columnCount;
    }

    /// <summary>As <see cref="Columns"/>, to be changed.</summary>
    internal Span<int> Writable(int row) => columns[(int)(starts[row] >> 32)].AsSpan((int)(uint)starts[row], lengths[row]);

    private Span<ushort> WritableCounts(int row) => counts![(int)(starts[row] >> 32)].AsSpan((int)(uint)starts[row], lengths[row]);
}
