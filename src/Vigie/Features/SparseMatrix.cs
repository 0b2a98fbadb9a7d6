using System.Runtime.CompilerServices;

namespace Vigie.Features;

/// <summary>A sparse matrix by rows (CSR), as scipy's <c>csr_matrix</c>: row i holds entries <c>RowStart[i] .. RowStart[i + 1]</c>.</summary>
/// <param name="RowStart">(rows + 1) offsets into the other two.</param>
/// <param name="Columns">Column of each entry; columns of a row are distinct, in any order.</param>
/// <param name="Values">Value of each entry.</param>
/// <param name="ColumnCount">Number of columns.</param>
public sealed record SparseMatrix(int[] RowStart, int[] Columns, double[] Values, int ColumnCount)
{
    /// <summary>Number of rows.</summary>
    public int RowCount => RowStart.Length - 1;

    /// <summary>The dot product of row <paramref name="row"/> with a dense vector of length <see cref="ColumnCount"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Dot(int row, ReadOnlySpan<double> vector)
    {
        int start = RowStart[row], length = RowStart[row + 1] - start;
        ReadOnlySpan<int> columns = Columns.AsSpan(start, length);
        ReadOnlySpan<double> values = Values.AsSpan(start, length);
        double sum = 0;
        for (int k = 0; k < columns.Length && k < values.Length; k++) sum += values[k] * vector[columns[k]];
        return sum;
    }

    /// <summary>Adds <paramref name="scale"/> times row <paramref name="row"/> to a dense vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddRow(int row, double scale, Span<double> vector)
    {
        int start = RowStart[row], length = RowStart[row + 1] - start;
        ReadOnlySpan<int> columns = Columns.AsSpan(start, length);
        ReadOnlySpan<double> values = Values.AsSpan(start, length);
        for (int k = 0; k < columns.Length && k < values.Length; k++) vector[columns[k]] += scale * values[k];
    }
}
