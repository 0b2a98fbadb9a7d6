namespace Vigie.Monitoring;

/// <summary>How far apart two samples or two distributions over bins lie. All are 0 between equals and grow with the difference.</summary>
public static class Distances
{
    /// <summary>
    /// Wasserstein-1, the earth mover's distance: the area between the two distribution functions, in the unit of the values.
    /// </summary>
    /// <param name="first">Finite values, at least one.</param>
    /// <param name="second">Finite values, at least one.</param>
    public static double Wasserstein(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        (double[] a, double[] b) = (Samples.Sorted(first), Samples.Sorted(second));
        double area = 0, previous = Math.Min(a[0], b[0]);
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            double value = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i] : b[j];
            area += Math.Abs((double)i / a.Length - (double)j / b.Length) * (value - previous);
            while (i < a.Length && a[i] == value) i++;
            while (j < b.Length && b[j] == value) j++;
            previous = value;
        }
        return area;
    }

    /// <summary>
    /// Squared maximum mean discrepancy under the kernel exp(-gamma · |x - y|²), the biased estimate (Gretton et al., JMLR 2012), which is never negative.
    /// Time grows as the square of the rows.
    /// </summary>
    /// <param name="first">Rows × columns, row by row.</param>
    /// <param name="second">Rows × columns, row by row.</param>
    /// <param name="columns">Columns of both, 1 for plain numbers.</param>
    /// <param name="gamma">Sharpness of the kernel, above 0; 1 / (2 · median squared distance) is a usual choice.</param>
    public static double Mmd2(ReadOnlySpan<double> first, ReadOnlySpan<double> second, int columns, double gamma)
    {
        if (columns < 1 || first.IsEmpty || second.IsEmpty || first.Length % columns != 0 || second.Length % columns != 0)
        {
            throw new InvalidInputException($"two samples of full rows are compared, got {first.Length} and {second.Length} values in rows of {columns}");
        }
        if (gamma is not (> 0 and < double.PositiveInfinity)) throw new InvalidInputException($"a kernel's gamma is above 0, got {gamma}");
        return MeanKernel(first, first, columns, gamma) + MeanKernel(second, second, columns, gamma) - 2 * MeanKernel(first, second, columns, gamma);
    }

    /// <summary>
    /// Population stability index, Σ (p - q) · ln(p / q). By custom below 0.1 is stable and above 0.25 has shifted.
    /// </summary>
    /// <param name="expected">Shares per bin then; they sum to 1.</param>
    /// <param name="actual">Shares per bin now; they sum to 1.</param>
    /// <param name="floor">Least share that a bin is taken to have, such as 1e-4; at 0 a bin that only one side fills makes the index infinite.</param>
    public static double PopulationStabilityIndex(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, double floor = 0)
    {
        Samples.CheckShares(expected, actual);
        double sum = 0;
        for (int bin = 0; bin < expected.Length; bin++)
        {
            (double p, double q) = (Math.Max(expected[bin], floor), Math.Max(actual[bin], floor));
            if (p != q) sum += (p - q) * Math.Log(p / q);
        }
        return sum;
    }

    /// <summary>Jensen-Shannon distance in base 2, the root of the divergence (Endres and Schindelin 2003): a metric in [0, 1].</summary>
    /// <param name="first">Shares per bin; they sum to 1.</param>
    /// <param name="second">Shares per bin; they sum to 1.</param>
    public static double JensenShannon(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Samples.CheckShares(first, second);
        double sum = 0;
        for (int bin = 0; bin < first.Length; bin++)
        {
            double middle = (first[bin] + second[bin]) / 2;
            if (first[bin] > 0) sum += first[bin] * Math.Log2(first[bin] / middle);
            if (second[bin] > 0) sum += second[bin] * Math.Log2(second[bin] / middle);
        }
        return Math.Sqrt(Math.Clamp(sum / 2, 0, 1));
    }

    private static double MeanKernel(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int columns, double gamma)
    {
        int rows = a.Length / columns, others = b.Length / columns;
        double sum = 0;
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<double> x = a.Slice(i * columns, columns);
            for (int j = 0; j < others; j++)
            {
                ReadOnlySpan<double> y = b.Slice(j * columns, columns);
                double square = 0;
                for (int c = 0; c < columns; c++) square += (x[c] - y[c]) * (x[c] - y[c]);
                sum += Math.Exp(-gamma * square);
            }
        }
        return sum / rows / others;
    }
}
