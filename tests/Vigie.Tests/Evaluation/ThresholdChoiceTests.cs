using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

public sealed class ThresholdChoiceTests
{
    // Precision from the top: 1/1, 2/2, 2/3, 3/4, 4/5, 4/6, 4/7
    private static readonly RankedScores Scores = RankedScores.Of([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], [1, 1, 0, 1, 1, 0, 0]);

    [Fact]
    public void The_lowest_threshold_that_reaches_the_precision_is_taken()
    {
        ThresholdChoice choice = new PrecisionTarget(0.75) { MinimumCalled = 1 }.Choose(Scores);
        Assert.True(choice.Reached);
        Assert.Equal(0.5, choice.Threshold); // though precision dips below the target on the way, at 0.7
        Assert.Equal(0.8, choice.Precision);
        Assert.Equal(1, choice.Recall);
        Assert.Equal(5, choice.Called);
        Assert.Null(choice.Reason);
    }

    [Fact]
    public void Luck_on_a_few_rows_does_not_count()
    {
        Assert.Equal(0.8, new PrecisionTarget(0.95) { MinimumCalled = 2 }.Choose(Scores).Threshold);
        ThresholdChoice choice = new PrecisionTarget(0.95) { MinimumCalled = 3 }.Choose(Scores);
        Assert.False(choice.Reached);
        Assert.Null(choice.Threshold);
        Assert.Equal(0.8, choice.Precision);
        Assert.Equal("no threshold with at least 3 rows called positive reaches 0.95; the best is 0.8 at 0.5", choice.Reason);
    }

    [Fact]
    public void The_lower_bound_asks_for_more()
    {
        var target = new PrecisionTarget(0.9) { MinimumCalled = 1, UseLowerBound = true };
        Assert.False(target.Choose(Scores).Reached);
        double[] scores = [.. Enumerable.Range(0, 400).Select(i => 1 - i / 400.0)];
        byte[] truth = [.. Enumerable.Range(0, 400).Select(i => (byte)(i < 200 || i % 2 == 0 ? 1 : 0))];
        RankedScores ranked = RankedScores.Of(scores, truth);
        ThresholdChoice careful = target.Choose(ranked), plain = (target with { UseLowerBound = false }).Choose(ranked);
        Assert.True(careful.Reached && plain.Reached);
        Assert.True(careful.Threshold > plain.Threshold);
        Assert.True(careful.PrecisionInterval!.Value.Lower >= 0.9);
    }

    [Fact]
    public void The_threshold_gives_that_precision_when_it_decides()
    {
        double threshold = new PrecisionTarget(0.75) { MinimumCalled = 1 }.Choose(Scores).Threshold!.Value;
        double[] p = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3];
        byte[] called = new DecisionRule(threshold).DecideAll(GoldenMetricsTests.BinaryMatrix(p), 2);
        Assert.Equal(0.8, ConfusionMatrix.Of([1, 1, 0, 1, 1, 0, 0], called, 2).Precision(1));
    }

    [Fact]
    public void One_class_or_too_few_rows_has_no_threshold()
    {
        Assert.Contains("needs both", new PrecisionTarget(0.9).Choose(RankedScores.Of([0.1, 0.2], [1, 1])).Reason, StringComparison.Ordinal);
        Assert.Contains("fewer than 50", new PrecisionTarget(0.5).Choose(Scores).Reason, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => new PrecisionTarget(1.5).Choose(Scores));
    }
}
