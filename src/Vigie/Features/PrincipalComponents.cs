using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Vigie.Features;

/// <summary>
/// Principal component analysis (Pearson 1901): the directions along which rows differ most. Exact, from the eigenvectors of the covariance matrix, for
/// up to about a thousand columns; or by randomised subspace iteration, for a few directions of many rows, such as word or sentence embeddings.
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
        int rows = Rows(matrix.Length, columns, components);
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

    /// <summary>
    /// Finds the first directions of many rows, in time proportional to their number: N. Halko, P. G. Martinsson and J. A. Tropp, 'Finding structure with
    /// randomness', SIAM Review 53(2), 2011. Runs on all processors; the result does not depend on how many there are.
    /// </summary>
    /// <param name="matrix">Rows × columns, row by row, finite.</param>
    /// <param name="columns">Columns, 1 or more; there must be two rows or more.</param>
    /// <param name="components">Directions to keep, 1 to min(rows, columns).</param>
    /// <param name="seed">Picks the first guess, which the result hardly depends on.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The sizes do not fit, or a value is not finite.</exception>
    public static PrincipalComponents FitRandomized(ReadOnlyMemory<float> matrix, int columns, int components, ulong seed = 1, CancellationToken cancellation = default)
    {
        int rows = Rows(matrix.Length, columns, components);
        var mean = new double[columns];
        var wide = new double[columns];
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> values = matrix.Span.Slice(row * columns, columns);
            if (!TensorPrimitives.IsFiniteAll(values)) throw new InvalidInputException($"row {row} holds a number that is not finite");
            TensorPrimitives.ConvertTruncating(values, wide);
            TensorPrimitives.MultiplyAdd(wide, 1.0 / rows, mean, mean);
        }

        Spectrum spectrum = RandomizedSubspace.Find(matrix, mean, components, seed, cancellation);
        return new PrincipalComponents(
            mean,
            [.. spectrum.Directions.Select(Signed)],
            [.. spectrum.Squares.Select(square => square / (rows - 1))],
            [.. spectrum.Squares.Select(square => spectrum.Total > 0 ? square / spectrum.Total : 0)]);
    }

    /// <summary>Coordinates of rows along the directions, on all processors.</summary>
    /// <param name="rows">Rows × columns, row by row, as many columns as the fitted rows had.</param>
    /// <param name="coordinates">Receives rows × directions, row by row.</param>
    /// <param name="cancellation">Stops between blocks of rows.</param>
    /// <exception cref="InvalidInputException">The sizes do not fit.</exception>
    public void Transform(ReadOnlyMemory<float> rows, Memory<float> coordinates, CancellationToken cancellation = default)
    {
        int columns = Mean.Length, count = rows.Length / columns;
        if (count * columns != rows.Length || coordinates.Length != count * Components.Length)
            throw new InvalidInputException($"{rows.Length} numbers are no rows of {columns}, or {coordinates.Length} no room for {Components.Length} coordinates of each");
        if (count == 0) return;
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(0, count), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            var centered = new double[columns];
            for (int row = range.Item1; row < range.Item2; row++)
            {
                TensorPrimitives.ConvertTruncating(rows.Span.Slice(row * columns, columns), centered);
                TensorPrimitives.Subtract(centered, Mean, centered);
                for (int i = 0; i < Components.Length; i++) coordinates.Span[row * Components.Length + i] = (float)TensorPrimitives.Dot<double>(centered, Components[i]);
            }
        });
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

    private static int Rows(int values, int columns, int components)
    {
        int rows = columns < 1 ? 0 : values / columns;
        if (rows < 2 || rows * columns != values) throw new InvalidInputException($"principal components take two full rows or more, got {values} values in rows of {columns}");
        if (components < 1 || components > Math.Min(rows, columns)) throw new InvalidInputException($"{rows} rows of {columns} columns have 1 to {Math.Min(rows, columns)} components, got {components}");
        return rows;
    }

    private static double[] Signed(double[] direction)
    {
        double largest = direction.MaxBy(Math.Abs);
        return largest >= 0 ? direction : [.. direction.Select(value => -value)];
    }
}
