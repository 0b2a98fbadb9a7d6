using System.Numerics.Tensors;
using Vigie.Features;

namespace Vigie.Monitoring;

/// <summary>Do two samples of texts lie alike? Maximum mean discrepancy under a Gaussian kernel, and a permutation test of it (Gretton et al., JMLR 2012).</summary>
/// <param name="Mmd2">Squared discrepancy, the biased estimate: 0 or more.</param>
/// <param name="P">How often chance alone gives as much: exact, whatever the distribution, but for the number of permutations.</param>
/// <param name="Permutations">How many were drawn.</param>
public sealed record DiscrepancyTest(double Mmd2, double P, int Permutations)
{
    private const double Slack = 1e-9; // sums in another order differ by rounding: such are as far

    /// <summary>Compares sketches of texts.</summary>
    /// <param name="first">Rows of <see cref="TextSketch.Dimensions"/>; at least one, some hundreds.</param>
    /// <param name="second">The same.</param>
    /// <param name="seed">Seeds the permutations.</param>
    /// <param name="most">Most permutations; p is never below 1 / (most + 1).</param>
    /// <param name="enough">Stops once so many gave as much: p is then known as well as it needs to be (Besag and Clifford, Biometrika 1991). 0 for never.</param>
    public static DiscrepancyTest Of(ReadOnlySpan<sbyte> first, ReadOnlySpan<sbyte> second, ulong seed, int most, int enough = 0)
    {
        int width = TextSketch.Dimensions, n = first.Length / width, m = second.Length / width, all = n + m;
        if (n == 0 || m == 0 || first.Length % width != 0 || second.Length % width != 0) throw new InvalidInputException($"two samples of full sketches are compared, got {first.Length} and {second.Length} numbers in rows of {width}");
        if (most < 1) throw new InvalidInputException($"{most} permutations: expected 1 or more");
        double[] kernel = Kernel([.. first, .. second], all);
        var row = new double[all];
        double total = 0;
        for (int i = 0; i < all; i++) total += row[i] = TensorPrimitives.Sum<double>(kernel.AsSpan(i * all, all));

        // Only the block of the first sample is summed: the other two follow from it and the sums of rows.
        double Statistic(ReadOnlySpan<int> own)
        {
            double pairs = 0, rows = 0;
            for (int place = 0; place < own.Length; place++)
            {
                int i = own[place];
                ReadOnlySpan<double> of = kernel.AsSpan(i * all, all);
                double sum = 0;
                foreach (int j in own[..place]) sum += of[j];
                pairs += sum;
                rows += row[i];
            }

            double inside = 2 * pairs + own.Length; // each text is like itself

            double across = rows - inside, others = total - 2 * across - inside;
            return inside / n / n + others / m / m - 2 * across / n / m;
        }

        int[] order = [.. Enumerable.Range(0, all)];
        double seen = Statistic(order.AsSpan(0, n));
        var random = new Xoshiro256(seed);
        int asFar = 0;
        for (int drawn = 1; drawn <= most; drawn++)
        {
            random.Shuffle(order);
            if (Statistic(order.AsSpan(0, n)) >= seen - Slack) asFar++;
            if (enough > 0 && asFar == enough) return new DiscrepancyTest(Math.Max(0, seen), (double)enough / drawn, drawn);
        }

        return new DiscrepancyTest(Math.Max(0, seen), (asFar + 1.0) / (most + 1), most);
    }

    // Texts without a common word lie at right angles, and so this far apart: the kernel's width for all, which no permutation changes.
    private const double Gamma = 1 / (4.0 * sbyte.MaxValue * sbyte.MaxValue);

    private static double[] Kernel(sbyte[] rows, int all)
    {
        int width = TextSketch.Dimensions;
        var points = Array.ConvertAll(rows, value => (float)value);
        var kernel = new double[all * all];
        for (int i = 0; i < all; i++)
        {
            kernel[i * all + i] = 1;
            for (int j = i + 1; j < all; j++)
            {
                double distance = TensorPrimitives.Distance<float>(points.AsSpan(i * width, width), points.AsSpan(j * width, width));
                kernel[i * all + j] = kernel[j * all + i] = Math.Exp(-Gamma * distance * distance);
            }
        }

        return kernel;
    }
}
