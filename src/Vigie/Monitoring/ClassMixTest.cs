using MathNet.Numerics;
using Vigie.Evaluation;

namespace Vigie.Monitoring;

/// <summary>Are classes mixed as supposed? Exact for two classes, and for more as long as the outcomes can be counted; Pearson's chi-square beyond.</summary>
public static class ClassMixTest
{
    private const int MostOutcomes = 200_000;
    private const double Slack = 1 + 1e-7; // as in Binomial: two outcomes that agree to this are equally likely

    /// <summary>The chance, if the shares are as supposed, of counts that are no likelier than these.</summary>
    /// <param name="counts">Of each class; at least two classes.</param>
    /// <param name="shares">As supposed; they sum to 1.</param>
    public static double P(ReadOnlySpan<long> counts, ReadOnlySpan<double> shares)
    {
        if (counts.Length != shares.Length || counts.Length < 2) throw new InvalidInputException($"{counts.Length} counts and {shares.Length} shares: expected one each of two classes or more");
        double[] checkedShares = shares.ToArray();
        Samples.CheckShares(checkedShares, checkedShares);
        long trials = 0;
        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] < 0) throw new InvalidInputException($"class {c}: count {counts[c]}");
            if (shares[c] == 0 && counts[c] > 0) return 0;
            trials += counts[c];
        }

        int[] open = [.. Enumerable.Range(0, checkedShares.Length).Where(c => checkedShares[c] > 0)];
        if (trials == 0 || open.Length == 1) return 1;
        long[] seen = Array.ConvertAll(open, c => 0L);
        double[] supposed = Array.ConvertAll(open, c => checkedShares[c]);
        for (int i = 0; i < open.Length; i++) seen[i] = counts[open[i]];
        if (open.Length == 2) return Binomial.TwoSided(seen[0], trials, supposed[0]);
        return SpecialFunctions.BinomialLn((int)Math.Min(trials, 1_000_000) + open.Length - 1, open.Length - 1) <= Math.Log(MostOutcomes) ? Exact(seen, supposed, trials) : Pearson(seen, supposed, trials);
    }

    private static double Exact(long[] seen, double[] shares, long trials)
    {
        double LogChance(ReadOnlySpan<long> outcome)
        {
            double sum = SpecialFunctions.GammaLn(trials + 1.0);
            for (int c = 0; c < shares.Length; c++) sum += outcome[c] * Math.Log(shares[c]) - SpecialFunctions.GammaLn(outcome[c] + 1.0);
            return sum;
        }

        double limit = LogChance(seen) + Math.Log(Slack), p = 0;
        var outcome = new long[shares.Length];
        void Fill(int at, long left)
        {
            if (at == shares.Length - 1)
            {
                outcome[at] = left;
                double chance = LogChance(outcome);
                if (chance <= limit) p += Math.Exp(chance);
                return;
            }

            for (outcome[at] = 0; outcome[at] <= left; outcome[at]++) Fill(at + 1, left - outcome[at]);
        }

        Fill(0, trials);
        return Math.Min(1, p);
    }

    private static double Pearson(long[] seen, double[] shares, long trials)
    {
        double statistic = 0;
        for (int c = 0; c < shares.Length; c++)
        {
            double expected = shares[c] * trials;
            statistic += (seen[c] - expected) * (seen[c] - expected) / expected;
        }

        return SpecialFunctions.GammaUpperRegularized((shares.Length - 1) / 2.0, statistic / 2);
    }
}
