using Vigie.Evaluation;

namespace Vigie.Monitoring;

/// <summary>How large a share may be that was measured on a finite reference: exact upper bounds, each wrong with a chance of at most its level.</summary>
internal static class ReferenceBounds
{
    /// <summary>Clopper and Pearson's bound (Biometrika 1934): the share at which so few successes or fewer have the chance <paramref name="level"/>.</summary>
    public static double ShareAtMost(long successes, long trials, double level) =>
        successes >= trials ? 1 : Root((double)successes / trials, share => Binomial.AtMost(successes, trials, share) > level);

    /// <summary>The bound of a mean of values in [0, 1] of which nothing else is known, by Chernoff and Hoeffding: trials · KL(mean, bound) = -ln level.</summary>
    public static double MeanAtMost(double mean, long trials, double level)
    {
        double reach = -Math.Log(level) / trials;
        return mean >= 1 ? 1 : Root(mean, bound => Divergence(mean, bound) < reach);
    }

    private static double Divergence(double mean, double bound) =>
        (mean > 0 ? mean * Math.Log(mean / bound) : 0) + (1 - mean) * Math.Log((1 - mean) / (1 - bound));

    private static double Root(double low, Func<double, bool> below)
    {
        double high = 1;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            if (below(middle)) low = middle;
            else high = middle;
        }

        return high;
    }
}
