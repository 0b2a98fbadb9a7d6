namespace Vigie.Monitoring;

/// <summary>What p-values are worth when there are many of them.</summary>
public static class MultipleTests
{
    /// <summary>
    /// Benjamini and Hochberg's adjusted p-values (JRSS B 1995): of those that are at most q, a share of q is false on average.
    /// </summary>
    /// <param name="p">In any order.</param>
    /// <param name="tests">How many tests there were in all, where only the smallest p-values are given; 0 for as many as given.</param>
    public static double[] BenjaminiHochberg(ReadOnlySpan<double> p, long tests = 0) => Adjusted(p, fromLargest: true, (rank, count) => Math.Max(tests, count) / (rank + 1.0));

    /// <summary>Holm's adjusted p-values (Scand. J. Stat. 1979): the chance that any that is at most α is false is at most α, however they depend on each other.</summary>
    /// <param name="p">In any order.</param>
    public static double[] Holm(ReadOnlySpan<double> p) => Adjusted(p, fromLargest: false, (rank, count) => count - rank);

    private static double[] Adjusted(ReadOnlySpan<double> p, bool fromLargest, Func<int, int, double> factor)
    {
        foreach (double value in p)
        {
            if (value is not (>= 0 and <= 1)) throw new InvalidInputException($"p-value {value}: expected 0 to 1");
        }

        double[] sorted = p.ToArray(), adjusted = new double[p.Length];
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        double bound = fromLargest ? 1 : 0;
        for (int i = 0; i < sorted.Length; i++)
        {
            int rank = fromLargest ? sorted.Length - 1 - i : i;
            double value = Math.Min(1, sorted[rank] * factor(rank, sorted.Length));
            bound = fromLargest ? Math.Min(bound, value) : Math.Max(bound, value);
            adjusted[order[rank]] = bound;
        }

        return adjusted;
    }
}
