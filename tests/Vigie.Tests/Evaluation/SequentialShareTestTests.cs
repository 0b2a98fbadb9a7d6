using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

/// <summary>The test that may be looked at after every trial: known values, the property that makes it true, and the measured rate of false alarms.</summary>
public sealed class SequentialShareTestTests
{
    [Theory]
    [InlineData(0, 0, 0.5, 1)]
    [InlineData(0, 1, 0.5, 1)] // one toss says nothing
    [InlineData(5, 5, 0.5, 32 / 6.0)] // 2^5 B(6, 1)
    [InlineData(2, 4, 0.5, 16 / 30.0)] // 2^4 B(3, 3)
    [InlineData(20, 22, 0.5, 4194304.0 / (23 * 231))] // 2^22 / (23 C(22, 2))
    [InlineData(1, 1, 0.1, 3)] // (0.05 + 0.495 / 0.9) / (2 * 0.1) = ((r²/2)/r + ((1-r²)/2)/(1-r)) / (2r)
    public void Known_values(long successes, long trials, double share, double expected) =>
        Assert.Equal(expected, new SequentialShareTest(successes, trials, share).EValue, expected * 1e-12);

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.1)]
    [InlineData(0.93)]
    public void What_the_next_trial_is_worth_on_average_is_what_the_bet_is_worth_now(double share)
    {
        foreach ((long successes, long trials) in new[] { (0L, 0L), (0, 1), (3, 7), (40, 50), (500, 5_000), (4_000, 5_000) })
        {
            double now = new SequentialShareTest(successes, trials, share).EValue;
            double next = share * new SequentialShareTest(successes + 1, trials + 1, share).EValue + (1 - share) * new SequentialShareTest(successes, trials + 1, share).EValue;
            Assert.Equal(1, next / now, 1e-8);
        }
    }

    [Fact]
    public void It_is_the_average_likelihood_over_shares_against_the_likelihood_of_the_one_supposed()
    {
        const double share = 0.2;
        double below = Mean(0, share), above = Mean(share, 1);
        Assert.Equal((below + above) / 2, new SequentialShareTest(9, 30, share).EValue, 1e-6);

        static double Mean(double from, double to)
        {
            const int steps = 200_000;
            double sum = 0;
            for (int i = 0; i < steps; i++)
            {
                double q = from + (to - from) * (i + 0.5) / steps;
                sum += Math.Exp(9 * Math.Log(q / share) + 21 * Math.Log((1 - q) / (1 - share)));
            }

            return sum / steps;
        }
    }

    [Theory]
    [InlineData(0.5, 0.5)]
    [InlineData(0.1, 0.1)]
    public void Looking_after_every_trial_raises_no_more_false_alarms_than_the_level(double share, double truth)
    {
        const int runs = 1_000;
        int alarms = Runs(share, truth, runs, 400).Count(side => side != 0);
        Assert.True(Binomial.AtLeast(alarms, runs, 0.05) > 1e-4, $"{alarms} of {runs}"); // the same in every run of this test
        Assert.InRange(alarms, 1, 50);
    }

    [Theory]
    [InlineData(0.5, 0.75, 1)]
    [InlineData(0.5, 0.25, -1)]
    [InlineData(0.1, 0.3, 1)]
    [InlineData(0.3, 0.1, -1)]
    public void A_share_that_is_another_is_found_on_the_right_side(double share, double truth, int side)
    {
        int[] found = [.. Runs(share, truth, 300, 400)];
        Assert.InRange(found.Count(one => one == side), 285, 300);
        Assert.DoesNotContain(-side, found);
    }

    [Fact]
    public void Millions_of_trials_stay_numbers()
    {
        var extreme = new SequentialShareTest(3_000_000, 5_000_000, 0.1);
        Assert.True(double.IsFinite(extreme.EValue) && extreme.EValue > 1e290);
        Assert.Equal(1, extreme.SideAt(0.05));
        Assert.Equal(-1, new SequentialShareTest(0, 5_000_000, 0.1).SideAt(1e-9));
        Assert.Equal(0, new SequentialShareTest(500_000, 5_000_000, 0.1).SideAt(0.05));
    }

    [Theory]
    [InlineData(3, 2, 0.5, 0.05)]
    [InlineData(-1, 2, 0.5, 0.05)]
    [InlineData(1, 2, 0, 0.05)]
    [InlineData(1, 2, 0.5, 1)]
    public void What_cannot_be_is_refused(long successes, long trials, double share, double level) =>
        Assert.Throws<InvalidInputException>(() => new SequentialShareTest(successes, trials, share).SideAt(level));

    // Each run is looked at after every trial, and stopped as soon as it decides.
    private static IEnumerable<int> Runs(double share, double truth, int runs, int longest)
    {
        var random = new Xoshiro256(11);
        for (int run = 0; run < runs; run++)
        {
            int successes = 0, side = 0;
            for (int trials = 1; trials <= longest && side == 0; trials++)
            {
                if (random.Chance(truth)) successes++;
                side = new SequentialShareTest(successes, trials, share).SideAt(0.05);
            }

            yield return side;
        }
    }
}
