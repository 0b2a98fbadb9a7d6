namespace Vigie.Monitoring;

/// <summary>Two samples of which one knows how many values lie in each bin.</summary>
/// <param name="KolmogorovSmirnov">Greatest distance between the shares below an edge, in [0, 1].</param>
/// <param name="P">How often chance alone gives as much to two samples of one distribution.</param>
/// <param name="PopulationStabilityIndex">Σ (p - q) ln (p / q); an empty bin is taken to hold one ten-thousandth.</param>
/// <param name="JensenShannon">Jensen-Shannon distance in base 2, in [0, 1].</param>
public sealed record HistogramComparison(double KolmogorovSmirnov, double P, double PopulationStabilityIndex, double JensenShannon)
{
    private const double Floor = 1e-4;
    private const long MostSteps = 20_000_000; // of the exact walk: a tenth of a second

    /// <summary>Compares counts over the same bins.</summary>
    /// <param name="reference">Counts then.</param>
    /// <param name="current">Counts now.</param>
    /// <param name="exact">Whether p is worth up to a tenth of a second; without it, p is the larger one of the law without ties.</param>
    /// <exception cref="InvalidInputException">A sample is empty, or the bins differ.</exception>
    public static HistogramComparison Of(IReadOnlyList<long> reference, IReadOnlyList<long> current, bool exact = true)
    {
        if (reference.Count != current.Count || reference.Any(count => count < 0) || current.Any(count => count < 0)) throw new InvalidInputException($"{reference.Count} and {current.Count} bins: expected as many, and counts of 0 or more");
        long first = reference.Sum(), second = current.Sum();
        if (first == 0 || second == 0) throw new InvalidInputException("a sample to compare is empty");
        double[] then = [.. reference.Select(count => (double)count / first)], now = [.. current.Select(count => (double)count / second)];
        long greatest = 0, a = 0, b = 0;
        for (int bin = 0; bin < then.Length; bin++)
        {
            a += reference[bin];
            b += current[bin];
            greatest = Math.Max(greatest, Math.Abs(a * second - b * first));
        }

        double statistic = (double)greatest / ((double)first * second);
        return new HistogramComparison(statistic, PValue(reference, current, first, second, greatest, statistic, exact), Distances.PopulationStabilityIndex(then, now, Floor), Distances.JensenShannon(then, now));
    }

    // Values of a bin are tied, and a distance counts at the bins' edges only. Given how many values of both samples lie in each bin, every way of sharing them out is equally likely:
    // the exact law with ties (Schröer and Trenkler, Comput. Stat. Data Anal. 1995). The law without ties, used where that walk is long, gives a larger p.
    private static double PValue(IReadOnlyList<long> reference, IReadOnlyList<long> current, long first, long second, long greatest, double statistic, bool exact)
    {
        if (greatest == 0) return 1;
        long[] pooled = [.. reference.Zip(current, (x, y) => x + y)];
        (long fewer, long more) = first < second ? (first, second) : (second, first);
        double steps = pooled.Sum(count => (double)Math.Min(count, fewer)) * Math.Min(fewer, 2 * statistic * fewer + 2);
        if (!exact || steps > MostSteps || fewer + more > int.MaxValue / 2) return new KolmogorovSmirnov(statistic, (int)Math.Min(first, int.MaxValue), (int)Math.Min(second, int.MaxValue)).AsymptoticP;
        return ExactP(pooled, (int)fewer, (int)more, greatest);
    }

    private static double ExactP(long[] pooled, int fewer, int more, long greatest)
    {
        int all = fewer + more, gone = 0;
        var logFactorial = new double[all + 1];
        for (int i = 2; i <= all; i++) logFactorial[i] = logFactorial[i - 1] + Math.Log(i);
        double Choose(int n, int k) => logFactorial[n] - logFactorial[k] - logFactorial[n - k];

        // reach[j]: chance that j values of the smaller sample lie below the edge and no edge so far was as far off; what steps out is added up, all terms positive.
        var reach = new Dictionary<int, double> { [0] = 1 };
        double outside = 0;
        foreach (long count in pooled)
        {
            int here = (int)count, left = all - gone;
            if (here == 0) continue;
            var next = new Dictionary<int, double>();
            foreach ((int j, double chance) in reach)
            {
                int mine = fewer - j;
                double whole = Choose(left, mine);
                for (int add = Math.Max(0, mine - (left - here)); add <= Math.Min(here, mine); add++)
                {
                    double arriving = chance * Math.Exp(Choose(here, add) + Choose(left - here, mine - add) - whole);
                    long distance = Math.Abs((long)(j + add) * more - (long)(gone + here - j - add) * fewer);
                    if (distance >= greatest) outside += arriving;
                    else next[j + add] = next.GetValueOrDefault(j + add) + arriving;
                }
            }

            gone += here;
            reach = next;
        }

        return Math.Min(1, outside);
    }
}
