using MathNet.Numerics;

namespace Vigie.Evaluation;

/// <summary>What a share of successes can tell: exact tails, the exact test, and Wilson's interval. Tails are good to 1e-7 at ten million trials, better below.</summary>
public static class Binomial
{
    // Two outcomes whose probabilities agree to this are equally likely; the same slack as scipy's binomtest.
    private const double Slack = 1 + 1e-7;

    /// <summary>P(X ≤ <paramref name="successes"/>) for X binomial.</summary>
    public static double AtMost(long successes, long trials, double share)
    {
        if (successes < 0) return 0;
        if (successes >= trials || share <= 0) return 1;
        return share >= 1 ? 0 : SpecialFunctions.BetaRegularized(trials - successes, successes + 1, 1 - share);
    }

    /// <summary>P(X ≥ <paramref name="successes"/>) for X binomial: the one-sided test of 'greater'.</summary>
    public static double AtLeast(long successes, long trials, double share)
    {
        if (successes <= 0) return 1;
        if (successes > trials || share <= 0) return 0;
        return share >= 1 ? 1 : SpecialFunctions.BetaRegularized(successes, trials - successes + 1, share);
    }

    /// <summary>
    /// Exact two-sided test: the chance, if the true share is <paramref name="share"/>, of an outcome that is no likelier than the one seen.
    /// </summary>
    /// <param name="successes">Successes seen, 0 to <paramref name="trials"/>.</param>
    /// <param name="trials">Trials.</param>
    /// <param name="share">The share supposed, in [0, 1].</param>
    public static double TwoSided(long successes, long trials, double share)
    {
        if (successes < 0 || successes > trials || share is not (>= 0 and <= 1))
        {
            throw new InvalidInputException($"a binomial test takes 0 ≤ successes ≤ trials and a share in [0, 1], got {successes} of {trials} against {share}");
        }
        double expected = share * trials;
        if (successes == expected) return 1;
        double limit = Probability(successes, trials, share) * Slack;
        if (successes < expected)
        {
            // The upper tail starts at the first outcome past the mode that is no likelier than the one seen.
            long low = (long)Math.Ceiling(expected), high = trials + 1;
            while (low < high)
            {
                long middle = low + (high - low) / 2;
                if (Probability(middle, trials, share) <= limit) high = middle;
                else low = middle + 1;
            }
            return Math.Min(1, AtMost(successes, trials, share) + AtLeast(low, trials, share));
        }
        else
        {
            long low = -1, high = (long)Math.Floor(expected);
            while (low < high)
            {
                long middle = high - (high - low) / 2;
                if (Probability(middle, trials, share) <= limit) low = middle;
                else high = middle - 1;
            }
            return Math.Min(1, AtLeast(successes, trials, share) + AtMost(low, trials, share));
        }
    }

    /// <summary>Wilson's score interval for a share (J. Am. Stat. Assoc. 1927): honest near 0 and 1 and for few trials, unlike ± 1.96 standard errors.</summary>
    /// <param name="successes">Successes seen.</param>
    /// <param name="trials">Trials, 1 or more.</param>
    /// <param name="confidence">In (0, 1); 0.95 leaves 2.5 % on each side.</param>
    public static Interval Wilson(long successes, long trials, double confidence = 0.95)
    {
        if (trials < 1 || successes < 0 || successes > trials) throw new InvalidInputException($"an interval for a share takes 0 ≤ successes ≤ trials and at least one trial, got {successes} of {trials}");
        double z = NormalQuantile(1 - (1 - confidence) / 2);
        double share = (double)successes / trials;
        double scale = 1 + z * z / trials;
        double middle = (share + z * z / (2.0 * trials)) / scale;
        double reach = z / scale * Math.Sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * trials));
        return new Interval(successes == 0 ? 0 : middle - reach, successes == trials ? 1 : middle + reach);
    }

    private static double Probability(long successes, long trials, double share)
    {
        if (successes < 0 || successes > trials) return 0;
        if (share is 0 or 1) return successes == (share == 0 ? 0 : trials) ? 1 : 0;
        double choices = SpecialFunctions.GammaLn(trials + 1.0) - SpecialFunctions.GammaLn(successes + 1.0) - SpecialFunctions.GammaLn(trials - successes + 1.0);
        return Math.Exp(choices + successes * Math.Log(share) + (trials - successes) * Math.Log(1 - share));
    }

    private static double NormalQuantile(double share) => Math.Sqrt(2) * SpecialFunctions.ErfInv(2 * share - 1);
}
