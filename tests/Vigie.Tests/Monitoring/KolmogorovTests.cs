using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

public sealed class KolmogorovTests
{
    [Theory, InlineData(200, 0.05), InlineData(200, 0.07), InlineData(200, 0.09), InlineData(500, 0.04)]
    public void Expansion_meets_the_exact_law(int size, double distance) =>
        Golden.Near(KolmogorovDistribution.ByMatrix(size, distance), KolmogorovDistribution.PelzGood(size, distance), 1e-5);

    [Theory, InlineData(10, 0.6), InlineData(100, 0.199), InlineData(140, 0.169)]
    public void Twice_the_one_sided_law_meets_the_exact_law_in_the_tail(int size, double distance) =>
        Golden.Near(1 - KolmogorovDistribution.ByMatrix(size, distance), 2 * KolmogorovDistribution.OneSided(size, distance), 1e-5);

    [Fact]
    public void Survival_falls_from_one_to_zero_without_a_step()
    {
        foreach (int size in new[] { 1, 2, 5, 67, 140, 141, 1_000 })
        {
            double previous = 1;
            for (double distance = 0; distance <= 1; distance += 0.001)
            {
                double survival = KolmogorovDistribution.Survival(size, distance);
                Assert.InRange(survival, 0, previous + 1e-7);
                previous = survival;
            }
        }
        Assert.Equal(0.5, KolmogorovDistribution.Survival(1, 0.75), 12); // one value: 2 (1 - d)
    }

    [Fact]
    public void Exact_p_counts_the_orders()
    {
        // Two against two: of the six orders, aabb and bbaa take the distance to 1, and all reach one half.
        Golden.Near(2 / 6.0, KolmogorovSmirnov.Test([1, 2], [3, 4]).ExactP);
        Golden.Near(1, KolmogorovSmirnov.Test([1, 3], [2, 4]).ExactP);
        // One against three, 'a' first or last of four: distance 1.
        Golden.Near(2 / 4.0, KolmogorovSmirnov.Test([0], [1, 2, 3]).ExactP);
        Assert.Equal(1, KolmogorovSmirnov.Test([1, 2, 3], [1, 2, 3]).P);
    }

    [Fact]
    public void Tiny_p_keeps_its_digits()
    {
        double[] low = [.. Enumerable.Range(0, 60).Select(i => (double)i)], high = [.. Enumerable.Range(100, 60).Select(i => (double)i)];
        double orders = 1; // 120 choose 60
        for (int i = 1; i <= 60; i++) orders *= (60.0 + i) / i;
        Assert.InRange(KolmogorovSmirnov.Test(low, high).ExactP * orders / 2, 1 - 1e-9, 1 + 1e-9);
    }

    [Fact]
    public void Large_samples_use_the_asymptotic_law()
    {
        var test = new KolmogorovSmirnov(0.01, 20_000, 20_000);
        Assert.Equal(test.AsymptoticP, test.P);
        Assert.InRange(test.P, 0.26, 0.28); // 2 Σ (-1)^(k-1) exp(-2 k² x²) at x = 1 is 0.27
    }

    [Fact]
    public void Samples_that_cannot_be_compared_are_refused()
    {
        Assert.Throws<InvalidInputException>(() => KolmogorovSmirnov.Test([], [1]));
        Assert.Throws<InvalidInputException>(() => KolmogorovSmirnov.Test([1], [double.NaN]));
        Assert.Throws<InvalidInputException>(() => Distances.JensenShannon([0.5, 0.5], [0.5, 0.6]));
        Assert.Throws<InvalidInputException>(() => Distances.Mmd2([1, 2, 3], [1, 2], 2, 1));
        Assert.Throws<InvalidInputException>(() => CountTests.ChiSquare([[1, 2], [0, 0]]));
    }

    [Fact]
    public void An_empty_bin_is_infinitely_far_unless_floored()
    {
        Assert.Equal(double.PositiveInfinity, Distances.PopulationStabilityIndex([1, 0], [0.5, 0.5]));
        Assert.InRange(Distances.PopulationStabilityIndex([1, 0], [0.5, 0.5], 1e-4), 1, 10);
        Assert.Equal(1, Distances.JensenShannon([1, 0], [0, 1]));
        Assert.Equal(2, Distances.Wasserstein([1, 2], [3, 4]));
        Golden.Near(0, Distances.Mmd2([1, 2, 3, 4], [3, 4, 1, 2], 2, 1));
    }
}
