using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

public sealed class BootstrapTests
{
    internal static (byte[] Truth, double[] Probabilities) Sample(int rows, int seed)
    {
        var random = new Random(seed);
        var truth = new byte[rows];
        var probabilities = new double[rows * 2];
        for (int row = 0; row < rows; row++)
        {
            double p = random.NextDouble();
            truth[row] = random.NextDouble() < p ? (byte)1 : (byte)0;
            (probabilities[2 * row], probabilities[2 * row + 1]) = (1 - p, p);
        }
        return (truth, probabilities);
    }

    private static IReadOnlyDictionary<string, Interval> Intervals((byte[] Truth, double[] Probabilities) sample, Bootstrap bootstrap) =>
        bootstrap.Intervals(sample.Truth, DecisionRule.Half.DecideAll(sample.Probabilities, 2), sample.Probabilities, 2);

    [Fact]
    public void The_same_seed_draws_the_same_intervals_and_another_seed_others()
    {
        var sample = Sample(500, 1);
        Assert.Equal(Intervals(sample, new Bootstrap(200, 7)), Intervals(sample, new Bootstrap(200, 7)));
        Assert.NotEqual(Intervals(sample, new Bootstrap(200, 7)), Intervals(sample, new Bootstrap(200, 8)));
    }

    [Fact]
    public void Accuracy_is_as_wide_as_theory_has_it()
    {
        var sample = Sample(4_000, 2);
        var report = EvaluationReport.Measure(sample.Truth, sample.Probabilities, ["negative", "positive"]);
        Interval interval = report.Intervals["accuracy"];
        double accuracy = report.Accuracy!.Value, expected = 2 * 1.96 * Math.Sqrt(accuracy * (1 - accuracy) / 4_000);
        Assert.InRange((interval.Upper - interval.Lower) / expected, 0.9, 1.1);
        foreach ((string name, double? figure) in new[] { ("accuracy", report.Accuracy), ("f1_macro", report.F1Macro), ("precision_positive", report.PrecisionPositive), ("recall_positive", report.RecallPositive), ("roc_auc", report.RocAuc) })
        {
            Assert.InRange(figure!.Value, report.Intervals[name].Lower, report.Intervals[name].Upper);
        }
    }

    [Fact]
    public void A_resample_of_every_row_once_has_the_figures_of_the_rows()
    {
        // Ties in the scores, and three classes.
        var random = new Random(5);
        var truth = new byte[300];
        var probabilities = new double[900];
        for (int row = 0; row < 300; row++)
        {
            truth[row] = (byte)random.Next(3);
            int a = random.Next(11), b = random.Next(11 - a);
            (probabilities[row * 3], probabilities[row * 3 + 1], probabilities[row * 3 + 2]) = (a / 10.0, b / 10.0, (10 - a - b) / 10.0);
        }
        var report = EvaluationReport.Measure(truth, probabilities, ["negative", "neutral", "positive"], bootstrap: new Bootstrap(2));
        var sample = new BootstrapSample(truth, DecisionRule.MostProbable.DecideAll(probabilities, 3), probabilities, 3);
        var once = new byte[300];
        Array.Fill(once, (byte)1);
        var figures = new double[5];
        sample.Measure(once, figures);
        Golden.Near([report.Accuracy!.Value, report.F1Macro!.Value, report.PrecisionPositive!.Value, report.RecallPositive!.Value, report.RocAuc!.Value], figures);
    }

    [Fact]
    public void A_draw_takes_as_many_rows_as_there_are()
    {
        foreach (int rows in new[] { 1, 2, 7, 1_000 })
        {
            var drawn = new byte[rows];
            BootstrapSample.Draw(new Xoshiro256(1, 3), drawn);
            Assert.Equal(rows, drawn.Sum(count => count));
        }
    }
}
