using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Vigie.Features;

/// <summary>
/// The directions along which rows reach furthest, by randomised subspace iteration: N. Halko, P. G. Martinsson and J. A. Tropp, 'Finding structure with
/// randomness', SIAM Review 53(2), 2011, algorithms 4.4 and 5.3, applied to the transposed matrix so that one walk over the rows is one iteration and nothing
/// as long as the rows are many is held. Same seed, same directions, whatever the number of threads.
/// </summary>
internal static class RandomizedSubspace
{
    // Directions beyond those asked for: what makes chance harmless (section 4.2 of the paper takes 5 to 10).
    private const int Oversampling = 10;

    // Two or three walks suffice where variances differ; more are for those that hardly do.
    private const int MostWalks = 40;

    private const double Tolerance = 1e-10;

    // A fixed number of blocks, added up in their order: the sums do not depend on the processors.
    private const int Blocks = 64, LeastRows = 512;

    /// <summary>Finds the directions.</summary>
    /// <param name="matrix">Rows × columns, finite.</param>
    /// <param name="origin">As long as a row; subtracted from each.</param>
    /// <param name="components">Directions wanted, 1 to the number of columns.</param>
    /// <param name="seed">Picks the first guess.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public static Spectrum Find(ReadOnlyMemory<float> matrix, double[] origin, int components, ulong seed, CancellationToken cancellation)
    {
        int columns = origin.Length, width = Math.Min(columns, components + Oversampling);
        double[][] basis = FirstGuess(width, columns, seed);
        double[] before = [];
        for (int walk = 1; ; walk++)
        {
            Walk sums = Over(matrix, origin, basis, cancellation);
            // Rayleigh-Ritz: the best directions within the basis are eigenvectors of its small moment matrix.
            Evd<double> small = Matrix<double>.Build.Dense(width, width, sums.Moments).Evd(Symmetricity.Symmetric); // eigenvalues rise
            double[] squares = [.. Enumerable.Range(0, components).Select(i => Math.Max(0, small.EigenValues[width - 1 - i].Real))];
            bool settled = before.Length > 0 && squares.Zip(before).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * squares[0]);
            if (settled || width == columns || walk == MostWalks)
            {
                double[][] directions = [.. Enumerable.Range(0, components).Select(i => Combined(basis, small.EigenVectors.Column(width - 1 - i)))];
                return new Spectrum(directions, squares, sums.Total);
            }

            before = squares;
            basis = sums.Product;
            Orthonormalize(basis);
        }
    }

    private static double[][] FirstGuess(int width, int columns, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var basis = new double[width][];
        for (int i = 0; i < width; i++)
        {
            basis[i] = new double[columns];
            // Normal by Box and Muller.
            for (int column = 0; column < columns; column++) basis[i][column] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        Orthonormalize(basis);
        return basis;
    }

    // Gram and Schmidt, twice: once loses orthogonality where directions are nearly the same. What is left of a dependent one is noise, and a direction all the same.
    private static void Orthonormalize(double[][] basis)
    {
        for (int i = 0; i < basis.Length; i++)
        {
            for (int round = 0; round < 2; round++)
            {
                for (int j = 0; j < i; j++) TensorPrimitives.MultiplyAdd(basis[j], -TensorPrimitives.Dot<double>(basis[i], basis[j]), basis[i], basis[i]);
                double norm = TensorPrimitives.Norm<double>(basis[i]);
                if (norm > 0) TensorPrimitives.Multiply(basis[i], 1 / norm, basis[i]);
            }
        }
    }

    private static double[] Combined(double[][] basis, Vector<double> weights)
    {
        var direction = new double[basis[0].Length];
        for (int i = 0; i < basis.Length; i++) TensorPrimitives.MultiplyAdd(basis[i], weights[i], direction, direction);
        return direction;
    }

    private static Walk Over(ReadOnlyMemory<float> matrix, double[] origin, double[][] basis, CancellationToken cancellation)
    {
        int rows = matrix.Length / origin.Length;
        int size = Math.Max(LeastRows, (rows + Blocks - 1) / Blocks);
        var parts = new Walk[(rows + size - 1) / size];
        Parallel.For(0, parts.Length, new ParallelOptions { CancellationToken = cancellation }, block =>
        {
            int from = block * size, count = Math.Min(size, rows - from);
            parts[block] = Walk.Over(matrix.Span.Slice(from * origin.Length, count * origin.Length), origin, basis);
        });
        foreach (Walk part in parts.AsSpan(1)) parts[0].Add(part);
        return parts[0];
    }

    /// <summary>What one walk over rows adds up.</summary>
    /// <param name="Product">For each direction of the basis, the rows weighed by how far they reach along it.</param>
    /// <param name="Moments">Directions × directions: sums of products of the reaches.</param>
    private sealed record Walk(double[][] Product, double[] Moments)
    {
        /// <summary>Sum of the squares of all numbers.</summary>
        public double Total { get; private set; }

        public static Walk Over(ReadOnlySpan<float> rows, double[] origin, double[][] basis)
        {
            int columns = origin.Length, width = basis.Length;
            var sums = new Walk([.. basis.Select(_ => new double[columns])], new double[width * width]);
            var row = new double[columns];
            var reach = new double[width];
            for (int start = 0; start < rows.Length; start += columns)
            {
                TensorPrimitives.ConvertTruncating(rows.Slice(start, columns), row);
                TensorPrimitives.Subtract(row, origin, row);
                sums.Total += TensorPrimitives.SumOfSquares<double>(row);
                for (int i = 0; i < width; i++)
                {
                    reach[i] = TensorPrimitives.Dot<double>(row, basis[i]);
                    TensorPrimitives.MultiplyAdd(row, reach[i], sums.Product[i], sums.Product[i]);
                }

                for (int i = 0; i < width; i++)
                {
                    Span<double> moments = sums.Moments.AsSpan(i * width, width);
                    TensorPrimitives.MultiplyAdd(reach, reach[i], moments, moments);
                }
            }

            return sums;
        }

        public void Add(Walk other)
        {
            for (int i = 0; i < Product.Length; i++) TensorPrimitives.Add(Product[i], other.Product[i], Product[i]);
            TensorPrimitives.Add(Moments, other.Moments, Moments);
            Total += other.Total;
        }
    }
}

/// <summary>Directions of a matrix, the furthest reaching first.</summary>
/// <param name="Directions">Unit directions, each as long as a row.</param>
/// <param name="Squares">Sum over the rows of the squared reach along each: the squares of singular values.</param>
/// <param name="Total">Sum of the squares of all numbers.</param>
internal sealed record Spectrum(double[][] Directions, double[] Squares, double Total);
