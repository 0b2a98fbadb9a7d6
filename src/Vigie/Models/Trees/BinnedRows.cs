using Vigie.Features;

namespace Vigie.Models;

/// <summary>
/// Sparse rows whose values are replaced by bins, by rows and by columns. A column's bins hold about as many of its values each, and equal values share a bin;
/// no value is no bin. Shared by all trees.
/// </summary>
internal sealed class BinnedRows
{
    public const int MostBins = 255;

    private readonly float[] lowest, highest;

    /// <exception cref="InvalidInputException">A value is negative.</exception>
    public BinnedRows(SparseMatrix rows, int maxBin)
    {
        RowCount = rows.RowCount;
        ColumnCount = rows.ColumnCount;
        ColumnStart = new int[ColumnCount + 1];
        foreach (int column in rows.Columns) ColumnStart[column + 1]++;
        for (int c = 0; c < ColumnCount; c++) ColumnStart[c + 1] += ColumnStart[c];
        RowStart = rows.RowStart;
        Columns = rows.Columns;
        Bins = new byte[Columns.Length];
        ColumnRows = new int[Columns.Length];
        ColumnBins = new byte[Columns.Length];
        BinStart = new int[ColumnCount + 1];
        var entries = new int[Columns.Length]; // of each place of a column, the place in its row
        int[] next = ColumnStart[..^1];
        for (int row = 0; row < RowCount; row++)
        {
            for (int k = RowStart[row]; k < RowStart[row + 1]; k++)
            {
                int place = next[Columns[k]]++;
                ColumnRows[place] = row;
                entries[place] = k;
            }
        }
        var bounds = new List<(float Lowest, float Highest)>();
        for (int c = 0; c < ColumnCount; c++)
        {
            BinStart[c] = bounds.Count;
            Cut(rows.Values, entries.AsSpan(ColumnStart[c]..ColumnStart[c + 1]), ColumnBins.AsSpan(ColumnStart[c]..ColumnStart[c + 1]), maxBin, bounds);
        }
        BinStart[ColumnCount] = bounds.Count;
        lowest = [.. bounds.Select(bound => bound.Lowest)];
        highest = [.. bounds.Select(bound => bound.Highest)];
    }

    public int RowCount { get; }

    public int ColumnCount { get; }

    /// <summary>Entries by rows.</summary>
    public int[] RowStart { get; }

    public int[] Columns { get; }

    public byte[] Bins { get; }

    /// <summary>The same entries by columns, rows rising.</summary>
    public int[] ColumnStart { get; }

    public int[] ColumnRows { get; }

    public byte[] ColumnBins { get; }

    /// <summary>Number of each column's first bin, all columns counted on; the last is the number of bins.</summary>
    public int[] BinStart { get; }

    public int BinsOf(int column) => BinStart[column + 1] - BinStart[column];

    /// <summary>Half-way between the values of a bin and those below, or nothing below the first bin.</summary>
    public float Threshold(int column, int bin)
    {
        int number = BinStart[column] + bin;
        float below = bin == 0 ? 0 : highest[number - 1], middle = below + (lowest[number] - below) / 2;
        // Between two neighbours there is no number: rows up to the threshold go left.
        return middle < lowest[number] ? middle : below;
    }

    private void Cut(double[] values, Span<int> entries, Span<byte> bins, int maxBin, List<(float Lowest, float Highest)> bounds)
    {
        if (entries.IsEmpty) return;
        var sorted = new float[entries.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            sorted[i] = (float)values[entries[i]];
            if (!(sorted[i] > 0)) throw new InvalidInputException($"a random forest takes features above 0 and leaves zeros out, found {values[entries[i]]}");
        }
        Array.Sort(sorted);
        int first = bounds.Count;
        for (int i = 0, bin = 0; i < sorted.Length; bin++)
        {
            int end = Math.Max(i + 1, (int)((long)sorted.Length * (bin + 1) / maxBin));
            while (end < sorted.Length && sorted[end] == sorted[end - 1]) end++;
            bounds.Add((sorted[i], sorted[end - 1]));
            i = end;
        }
        for (int i = 0; i < entries.Length; i++)
        {
            float value = (float)values[entries[i]];
            int bin = 0;
            while (value > bounds[first + bin].Highest) bin++;
            bins[i] = Bins[entries[i]] = (byte)bin;
        }
    }
}
