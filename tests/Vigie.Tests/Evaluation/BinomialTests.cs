using Vigie.Evaluation;
using Vigie.Monitoring;

namespace Vigie.Tests.Evaluation;

/// <summary>Counts as a busy service has them: the tails must hold at millions, where a continued fraction cut short would not.</summary>
public sealed class BinomialTests
{
    [Theory, InlineData(1_000), InlineData(100_000), InlineData(10_000_000)]
    public void Tails_hold_for_many_trials(long trials)
    {
        // Half and half: P(X ≤ n/2) = (1 + P(X = n/2)) / 2, and P(X = n/2) is near sqrt(2 / (pi n)).
        double atMiddle = Math.Sqrt(2 / (Math.PI * trials)) * (1 - 1.0 / (4 * trials));
        Golden.Near((1 + atMiddle) / 2, Binomial.AtMost(trials / 2, trials, 0.5), 1e-7);
        Golden.Near(1, Binomial.AtMost(trials / 2, trials, 0.5) + Binomial.AtLeast(trials / 2 + 1, trials, 0.5));
        // Two standard errors out: within a hundredth of the normal law's 0.0455.
        long out2 = trials / 2 + (long)Math.Sqrt(trials);
        Assert.InRange(Binomial.TwoSided(out2, trials, 0.5), 0.0455, 0.0455 * (1 + 6 / Math.Sqrt(trials)));
    }

    [Theory, InlineData(100), InlineData(10_000), InlineData(1_000_000), InlineData(100_000_000)]
    public void Poisson_tail_holds_for_many(long rate)
    {
        // P(X ≥ rate) is near 1/2 + 1 / (3 sqrt(2 pi rate)).
        double expected = 0.5 + 1 / (3 * Math.Sqrt(2 * Math.PI * rate));
        Golden.Near(expected, CountTests.PoissonAtLeast(rate, rate), 1e-4);
    }
}
