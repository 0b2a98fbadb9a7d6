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
    public double Dot(int row, ReadOnlySpan<double> vector)
    {
        double sum = 0;
        for (int k = RowStart[row]; k < RowStart[row + 1]; k++) sum += Values[k] * vector[Columns[k]];
        return sum;
    }

    /// <summary>Adds <paramref name="scale"/> times row <paramref name="row"/> to a dense vector.</summary>
    public void AddRow(int row, double scale, Span<double> vector)
    {
        for (int k = RowStart[row]; k < RowStart[row + 1]; k++) vector[Columns[k]] += scale * Values[k];
    }
}
