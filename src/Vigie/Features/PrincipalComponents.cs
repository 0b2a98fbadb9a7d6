using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Vigie.Features;

/// <summary>
/// Principal component analysis (Pearson 1901): the directions along which rows differ most. Exact, from the eigenvectors of the covariance matrix:
/// meant for dense vectors of up to about a thousand columns, such as word or sentence embeddings.
/// </summary>
/// <param name="Mean">Mean of each column.</param>
/// <param name="Components">Unit directions, most variance first, each as long as a row. The largest entry of each is positive, so that signs are settled.</param>
/// <param name="ExplainedVariance">Variance along each direction, with divisor rows - 1.</param>
/// <param name="ExplainedVarianceRatio">The same as a share of the rows' whole variance; 0 where the rows do not differ at all.</param>
public sealed record PrincipalComponents(double[] Mean, double[][] Components, double[] ExplainedVariance, double[] ExplainedVarianceRatio)
{
    /// <summary>Finds the directions.</summary>
    /// <param name="matrix">Rows × columns, row by row, finite.</param>
    /// <param name="columns">Columns, 1 or more; there must be two rows or more.</param>
    /// <param name="components">Directions to keep, 1 to min(rows, columns).</param>
    /// <exception cref="InvalidInputException">The sizes do not fit, or a value is not finite.</exception>
    public static PrincipalComponents Fit(ReadOnlySpan<double> matrix, int columns, int components)
    {
        int rows = columns < 1 ? 0 : matrix.Length / columns;
        if (rows < 2 || rows * columns != matrix.Length) throw new InvalidInputException($"principal components take two full rows or more, got {matrix.Length} values in rows of {columns}");
        if (components < 1 || components > Math.Min(rows, columns)) throw new InvalidInputException($"{rows} rows of {columns} columns have 1 to {Math.Min(rows, columns)} components, got {components}");

        var mean = new double[columns];
        for (int i = 0; i < matrix.Length; i++)
        {
            if (!double.IsFinite(matrix[i])) throw new InvalidInputException($"row {i / columns}, column {i % columns}: {matrix[i]} is not finite");
            mean[i % columns] += matrix[i] / rows;
        }
        var centered = new double[matrix.Length];
        for (int i = 0; i < matrix.Length; i++) centered[i] = matrix[i] - mean[i % columns];

        // MathNet stores by columns: read as columns × rows, our rows are its columns.
        Matrix<double> transposed = Matrix<double>.Build.Dense(columns, rows, centered);
        Matrix<double> covariance = transposed.TransposeAndMultiply(transposed) / (rows - 1);
        double total = covariance.Trace();
        Evd<double> spectrum = covariance.Evd(Symmetricity.Symmetric); // eigenvalues rise

        var directions = new double[components][];
        var variance = new double[components];
        for (int i = 0; i < components; i++)
        {
            directions[i] = Signed(spectrum.EigenVectors.Column(columns - 1 - i).ToArray());
            variance[i] = Math.Max(0, spectrum.EigenValues[columns - 1 - i].Real); // rounding can leave -1e-17 where there is no variance
        }
        return new PrincipalComponents(mean, directions, variance, [.. variance.Select(value => total > 0 ? value / total : 0)]);
    }

    /// <summary>Coordinates of a row along the directions.</summary>
    /// <param name="row">As many values as the fitted rows had.</param>
    public double[] Transform(ReadOnlySpan<double> row)
    {
        if (row.Length != Mean.Length) throw new InvalidInputException($"a row of {Mean.Length} values is wanted, got {row.Length}");
        var coordinates = new double[Components.Length];
        for (int i = 0; i < coordinates.Length; i++)
        {
            for (int column = 0; column < row.Length; column++) coordinates[i] += (row[column] - Mean[column]) * Components[i][column];
        }
        return coordinates;
    }

    private static double[] Signed(double[] direction)
    {
        double largest = direction.MaxBy(Math.Abs);
        return largest >= 0 ? direction : [.. direction.Select(value => -value)];
    }
}
