using CsCheck;
using Vigie.Evaluation;
using Vigie.Models;

namespace Vigie.Tests.Evaluation;

/// <summary>Identities that hold whatever the rows.</summary>
public sealed class MeasureTests
{
    private static readonly Gen<(double[] Scores, byte[] Truth)> Rows =
        Gen.Select(Gen.Int[0, 12].Select(i => i / 12.0), Gen.Byte[0, 1]).Array[1, 60].Select(rows => (rows.Select(row => row.Item1).ToArray(), rows.Select(row => row.Item2).ToArray()));

    [Fact]
    public void Area_under_the_curve_is_the_share_of_pairs_in_order() => Rows.Sample(rows =>
    {
        double pairs = 0, inOrder = 0;
        for (int i = 0; i < rows.Truth.Length; i++)
        {
            for (int j = 0; j < rows.Truth.Length; j++)
            {
                if (rows.Truth[i] != 1 || rows.Truth[j] != 0) continue;
                pairs++;
                inOrder += rows.Scores[i] > rows.Scores[j] ? 1 : rows.Scores[i] == rows.Scores[j] ? 0.5 : 0;
            }
        }
        double? area = RankedScores.Of(rows.Scores, rows.Truth).RocAuc;
        if (pairs == 0) Assert.Null(area);
        else Golden.Near(inOrder / pairs, area);
    });

    [Fact]
    public void Isotonic_fit_is_the_best_of_block_means() => Rows.Where(rows => rows.Truth.Contains((byte)0) && rows.Truth.Contains((byte)1)).Sample(rows =>
    {
        // The closed form: at x the largest mean over starts at or below x of the smallest mean over ends at or above x.
        var fitted = IsotonicRegression.Fit(rows.Scores, rows.Truth);
        foreach (double x in rows.Scores)
        {
            double best = rows.Scores.Where(start => start <= x).Max(start => rows.Scores.Where(end => end >= x).Min(end =>
                rows.Scores.Zip(rows.Truth).Where(row => row.First >= start && row.First <= end).Average(row => row.Second)));
            Golden.Near(best, fitted.Apply(x));
        }
    }, iter: 50);

    [Fact]
    public void Bins_hold_every_row_once() => Rows.Sample(rows =>
    {
        foreach (IReadOnlyList<ReliabilityBin> bins in new[] { Reliability.EqualWidth(rows.Scores, rows.Truth, 7), Reliability.EqualMass(rows.Scores, rows.Truth, 7) })
        {
            Assert.Equal(rows.Scores.Length, bins.Sum(bin => bin.Rows));
            Golden.Near(rows.Scores.Sum(), bins.Sum(bin => bin.Rows * bin.MeanProbability));
            Golden.Near(rows.Truth.Sum(label => label), bins.Sum(bin => bin.Rows * bin.Frequency));
        }
    });

    [Fact]
    public void Bins_of_equal_mass_are_equal_where_there_are_no_ties()
    {
        double[] scores = [.. Enumerable.Range(0, 103).Select(i => i / 103.0)];
        Assert.All(Reliability.EqualMass(scores, new byte[103], 10), bin => Assert.InRange(bin.Rows, 10, 11));
    }

    [Fact]
    public void McNemar_is_exact_for_few_and_corrected_for_many()
    {
        Assert.Equal(1, new McNemarTest(0, 0).P);
        Golden.Near(2 * Math.Pow(0.5, 10), new McNemarTest(10, 0).P); // both tails of ten heads
        var many = new McNemarTest(5_200, 4_800);
        Golden.Near(399.0 * 399 / 10_000, many.CorrectedStatistic);
        Assert.Equal(many.CorrectedP, many.P);
        Golden.Near(many.ExactP, many.CorrectedP, 1e-5);
    }

    [Fact]
    public void Binomial_tails_meet_the_sums_they_stand_for()
    {
        // n = 12, share 0.3, every outcome, by adding up the probabilities.
        double[] probability = [.. Enumerable.Range(0, 13).Select(k => Choose(12, k) * Math.Pow(0.3, k) * Math.Pow(0.7, 12 - k))];
        for (int k = 0; k <= 12; k++)
        {
            Golden.Near(probability[..(k + 1)].Sum(), Binomial.AtMost(k, 12, 0.3));
            Golden.Near(probability[k..].Sum(), Binomial.AtLeast(k, 12, 0.3));
            Golden.Near(probability.Where(p => p <= probability[k] * (1 + 1e-7)).Sum(), Binomial.TwoSided(k, 12, 0.3));
        }
        Assert.Equal(1, Binomial.TwoSided(0, 5, 0));
        Assert.Equal(0, Binomial.TwoSided(1, 5, 0));

        static double Choose(int n, int k) => Enumerable.Range(1, k).Aggregate(1.0, (product, i) => product * (n - k + i) / i);
    }

    [Fact]
    public void Wilson_stays_inside_zero_and_one()
    {
        Assert.Equal(0, Binomial.Wilson(0, 10).Lower);
        Assert.Equal(1, Binomial.Wilson(10, 10).Upper);
        Assert.InRange(Binomial.Wilson(10, 10).Lower, 0.7, 0.75);
    }
}
