using System.Runtime.CompilerServices;

namespace Vigie.Features;

/// <summary>The features of one text: columns, each once, and their values. Reused by one thread, text after text.</summary>
public sealed class FeatureRow
{
    private struct Seat
    {
        public int Column;
        public int Position;
        public long Generation;
    }

    private Seat[] seats = new Seat[256];
    private long generation;
    private int[] columns = new int[128];
    private double[] values = new double[128];
    private int count;

    internal FeatureRow(NgramBuffer ngrams) => Ngrams = ngrams;

    /// <summary>The columns, each once.</summary>
    public ReadOnlySpan<int> Columns => columns.AsSpan(0, count);

    /// <summary>The value of each of <see cref="Columns"/>.</summary>
    public ReadOnlySpan<double> Values => values.AsSpan(0, count);

    internal NgramBuffer Ngrams { get; }

    internal Span<double> WritableValues => values.AsSpan(0, count);

    internal void Clear()
    {
        count = 0;
        generation++;
    }

    /// <summary>Position of a column among <see cref="Columns"/>, or -1.</summary>
    internal int IndexOf(int column)
    {
        ref Seat seat = ref Find(column);
        return seat.Generation == generation ? seat.Position : -1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Count(int column)
    {
        ref Seat seat = ref Find(column);
        if (seat.Generation == generation) values[seat.Position]++;
        else Add(ref seat, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Seat Find(int column)
    {
        Seat[] table = seats;
        int i = column & (table.Length - 1);
        while (table[i].Generation == generation && table[i].Column != column) i = (i + 1) & (table.Length - 1);
        return ref table[i];
    }

    private void Add(ref Seat seat, int column)
    {
        seat = new Seat { Column = column, Generation = generation, Position = count };
        columns[count] = column;
        values[count++] = 1;
        if (count == columns.Length) Grow();
    }

    private void Grow()
    {
        Array.Resize(ref columns, 2 * count);
        Array.Resize(ref values, 2 * count);
        seats = new Seat[8 * count];
        for (int position = 0; position < count; position++)
            Find(columns[position]) = new Seat { Column = columns[position], Generation = generation, Position = position };
    }
}
