using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

/// <summary>Numbers that scipy 1.10.1 gives for the same input, or that can be counted out.</summary>
public sealed class DriftStatisticsTests
{
    [Fact]
    public void Twenty_predictions_tell_60_from_90_percent_and_not_60_from_65()
    {
        Golden.Near(0.005222996702585159, ClassMixTest.P([2, 18], [0.4, 0.6])); // binomtest
        Golden.Near(0.8202942122453107, ClassMixTest.P([7, 13], [0.4, 0.6]));
    }

    [Fact]
    public void Three_classes_are_tested_exactly_while_outcomes_can_be_counted()
    {
        Golden.Near(0.13739694642132608, ClassMixTest.P([10, 3, 7], [0.3, 0.3, 0.4])); // all outcomes by multinomial.pmf
        Golden.Near(0.00015331254689954243, ClassMixTest.P([2, 12, 6], [0.5, 0.25, 0.25]));
        Golden.Near(0.003990616599479219, ClassMixTest.P([400, 320, 280], [0.35, 0.35, 0.3])); // chisquare
        Golden.Near(ClassMixTest.P([12, 8], [0.4, 0.6]), ClassMixTest.P([12, 0, 8], [0.4, 0, 0.6]));
        Assert.Equal(0, ClassMixTest.P([12, 1, 8], [0.4, 0, 0.6])); // what cannot be has been
        Assert.Equal(1, ClassMixTest.P([0, 0], [0.4, 0.6]));
    }

    [Fact]
    public void Binned_values_have_an_exact_Kolmogorov_Smirnov_test()
    {
        // All 11,440 and 24,310 ways of sharing the pooled values out, counted by a program.
        var first = HistogramComparison.Of([4, 3, 2], [1, 2, 4]);
        Golden.Near([22 / 63.0, 4_065 / 11_440.0], [first.KolmogorovSmirnov, first.P]);
        var second = HistogramComparison.Of([3, 5, 0, 1], [0, 2, 4, 2]);
        Golden.Near([46 / 72.0, 370 / 24_310.0], [second.KolmogorovSmirnov, second.P]);
        Assert.True(HistogramComparison.Of([4, 3, 2], [1, 2, 4], exact: false).P > first.P); // the law without ties errs to the safe side
    }

    [Fact]
    public void A_bin_for_each_value_is_the_test_without_ties()
    {
        double[] a = [.. Enumerable.Range(0, 30).Select(i => i * 7 % 60 * 1.0)], b = [.. Enumerable.Range(60, 25).Select(i => i * 1.3 % 55 + 0.01)];
        double[] edges = [.. a.Concat(b).Order()];
        long[] Counts(double[] values) => [.. edges.Select(edge => (long)values.Count(value => value == edge))];
        var binned = HistogramComparison.Of(Counts(a), Counts(b));
        var plain = KolmogorovSmirnov.Test(a, b);

        Golden.Near([plain.Statistic, plain.ExactP], [binned.KolmogorovSmirnov, binned.P]);
    }

    [Fact]
    public void Limits_of_a_reference_are_exact()
    {
        Golden.Near(0.7454637954208589, ReferenceBounds.ShareAtMost(60, 100, 0.001)); // beta.ppf(0.999, 61, 40)
        Assert.Equal(1, ReferenceBounds.ShareAtMost(5, 5, 0.001));
        Golden.Near(1 - Math.Pow(0.001, 0.01), ReferenceBounds.ShareAtMost(0, 100, 0.001));
        Golden.Near(1 - Math.Pow(0.001, 0.01), ReferenceBounds.MeanAtMost(0, 100, 0.001)); // none of 100: the same for means
        Assert.True(ReferenceBounds.MeanAtMost(0.6, 100, 0.001) > ReferenceBounds.ShareAtMost(60, 100, 0.001));
    }

    [Fact]
    public void Words_are_compared_by_likelihood()
    {
        ChiSquareResult common = WordTest.G(30, 1_000, 20, 2_000), rare = WordTest.G(5, 200, 100, 10_000); // chi2_contingency(lambda_="log-likelihood")
        Golden.Near([15.10598050993607, 0.00010164077783448951], [common.Statistic, common.P]);
        Golden.Near([3.1203190904792235, 0.07732164097035962], [rare.Statistic, rare.P]);
        Assert.Equal(0, WordTest.G(1, 100, 10, 1_000).Statistic, 12);
        Golden.Near(Math.Log(30.5 / 970.5) - Math.Log(10.5 / 990.5), WordTest.LogOdds(30, 1_000, 0.01));
    }

    [Fact]
    public void Many_tests_are_corrected()
    {
        double[] p = [0.01, 0.02, 0.03, 0.04, 0.5, 0.9, 0.001];
        Golden.Near([0.035, 0.14 / 3, 0.0525, 0.056, 3.5 / 6, 0.9, 0.007], MultipleTests.BenjaminiHochberg(p));
        Golden.Near([0.06, 0.1, 0.12, 0.12, 1, 1, 0.007], MultipleTests.Holm(p));
        Golden.Near([0.5, 0.5], MultipleTests.BenjaminiHochberg([0.005, 0.01], tests: 100)); // 98 others were no smaller
        Golden.Near(0.0007827011290012726, MeanTest.PGreater(0.05, 0.004, 500, 0.04, 2_000)); // norm.sf
        Assert.Throws<InvalidInputException>(() => MultipleTests.Holm([1.5]));
    }

    [Fact]
    public void Points_are_told_apart_by_permutation()
    {
        var random = new Xoshiro256(4);
        sbyte[] Rows(int count, int shift) => [.. Enumerable.Range(0, count * 64).Select(i => (sbyte)(random.Next(41) - 20 + (i % 64 < 8 ? shift : 0)))];
        sbyte[] first = Rows(60, 0), same = Rows(50, 0), other = Rows(50, 12);
        var alike = DiscrepancyTest.Of(first, same, seed: 1, most: 999);
        var apart = DiscrepancyTest.Of(first, other, seed: 1, most: 999);

        double[] a = [.. first.Select(value => (double)value)], b = [.. other.Select(value => (double)value)];
        Golden.Near(Distances.Mmd2(a, b, 64, 1 / (4.0 * 127 * 127)), apart.Mmd2, 1e-6);
        Assert.Equal(0.001, apart.P, 12); // none of 999 went as far
        Assert.True(alike.P > 0.05);
        Assert.Equal(alike, DiscrepancyTest.Of(first, same, seed: 1, most: 999));
        var stopped = DiscrepancyTest.Of(first, same, seed: 1, most: 999, enough: 10);
        Assert.Equal(10.0 / stopped.Permutations, stopped.P);
    }

    [Fact]
    public void The_permutation_test_is_wrong_as_often_as_it_says()
    {
        // Of 400 tests of equal samples, about a tenth has p of at most 0.1.
        var random = new Xoshiro256(9);
        sbyte[] Rows() => [.. Enumerable.Range(0, 12 * 64).Select(_ => (sbyte)(random.Next(101) - 50))];
        int found = Enumerable.Range(0, 400).Count(i => DiscrepancyTest.Of(Rows(), Rows(), (ulong)i, most: 49).P <= 0.1);
        Assert.InRange(found, 20, 62); // 40 ± 3.6 standard deviations
    }
}
