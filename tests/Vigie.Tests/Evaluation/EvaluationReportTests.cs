using System.Text.Json;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Tests.Evaluation;

public sealed class EvaluationReportTests
{
    private static readonly Sentiment[] Three = [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive];
    private static readonly Sentiment[] Two = [Sentiment.Negative, Sentiment.Positive];

    // Six rows worked out by hand. Called: 0 1 2 0 2 1.
    private static readonly Sentiment[] ThreeTruth = [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive, Sentiment.Neutral, Sentiment.Positive, Sentiment.Negative];
    private static readonly double[] ThreeProbabilities =
    [
        0.7, 0.2, 0.1,
        0.1, 0.8, 0.1,
        0.2, 0.2, 0.6,
        0.5, 0.3, 0.2,
        0.1, 0.0, 0.9,
        0.3, 0.4, 0.3,
    ];

    [Fact]
    public void Three_classes_by_hand()
    {
        var report = EvaluationReport.Measure(ThreeTruth, ThreeProbabilities, Three);
        Assert.Null(report.Threshold);
        Golden.Near(4.0 / 6, report.Accuracy);
        Golden.Near((0.5 + 0.5 + 1) / 3, report.F1Macro);
        Golden.Near(1, report.F1);
        Golden.Near(1, report.PrecisionPositive);
        // Against the rest: negative has 7 of 8 pairs in order; neutral (scores .8 and .3 over .2 .2 .0 .4) 7 of 8; positive 8 of 8.
        Golden.Near((7 / 8.0 + 7 / 8.0 + 1) / 3, report.RocAuc);
        // Squared errors summed over classes: .14 .06 .24 .78 .02 .74
        Golden.Near((0.14 + 0.06 + 0.24 + 0.78 + 0.02 + 0.74) / 6, report.Brier);
        // Confidence .7 right, .8 right, .6 right, .5 wrong, .9 right, .4 wrong: each alone in its bin.
        Golden.Near((0.3 + 0.2 + 0.4 + 0.5 + 0.1 + 0.4) / 6, report.Ece);
        Golden.Near(-(Math.Log(0.7) + Math.Log(0.8) + Math.Log(0.6) + Math.Log(0.3) + Math.Log(0.9) + Math.Log(0.3)) / 6, report.LogLoss);
        // Gorodkin: (4·6 - 12) / sqrt((36-12)(36-12))
        Golden.Near(0.5, report.Mcc);
        Assert.Equal([1L, 1L, 0L], report.ConfusionMatrix[0]);
    }

    [Fact]
    public void Json_has_the_documented_names_and_reads_back()
    {
        var report = EvaluationReport.Measure(ThreeTruth, ThreeProbabilities, Three) with { LatencyMs = LatencySummary.Of([1, 2, 3]) };
        string json = report.ToJson();
        using var document = JsonDocument.Parse(json);
        JsonElement root = document.RootElement;
        Assert.Equal(
            ["rows", "classes", "threshold", "accuracy", "f1", "f1_macro", "f1_weighted", "recall_macro", "precision_positive", "recall_positive", "roc_auc", "average_precision",
             "brier", "ece", "log_loss", "mcc", "confusion_matrix", "per_class", "intervals", "undefined", "latency_ms"],
            root.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["negative", "neutral", "positive"], root.GetProperty("per_class").EnumerateObject().Select(property => property.Name));
        Assert.Equal(["precision", "recall", "f1", "support"], root.GetProperty("per_class").GetProperty("neutral").EnumerateObject().Select(property => property.Name));
        Assert.Equal(2, root.GetProperty("intervals").GetProperty("accuracy").GetArrayLength());
        Assert.Equal("""{"p50":2,"p95":2.9,"p99":2.98}""", root.GetProperty("latency_ms").GetRawText());
        Assert.Equal(json, EvaluationReport.FromJson(json).ToJson());
        Assert.Throws<InvalidInputException>(() => EvaluationReport.FromJson("""{"rows":1}"""));
    }

    [Fact]
    public void One_class_alone_leaves_figures_undefined_and_says_why()
    {
        var report = EvaluationReport.Measure([Sentiment.Positive, Sentiment.Positive], [0.4, 0.6, 0.3, 0.7], Two);
        Assert.Equal(1, report.Accuracy);
        Assert.Null(report.RocAuc);
        Assert.Null(report.F1Macro);
        Assert.Null(report.Mcc);
        Assert.Null(report.PerClass["negative"].Recall);
        Assert.Equal("no row is negative", report.Undefined["roc_auc"]);
        Assert.Equal("the rows are all of one class", report.Undefined["mcc"]);
        Assert.Equal("no row was called negative", report.Undefined["per_class.negative.precision"]);
        Assert.False(report.Intervals.ContainsKey("roc_auc"));
        Assert.Equal("no row is negative", report.Undefined["intervals.roc_auc"]);
        Assert.Contains("\"roc_auc\":null", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_called_positive_has_no_precision()
    {
        var report = EvaluationReport.Measure([Sentiment.Negative, Sentiment.Positive], [0.9, 0.1, 0.6, 0.4], Two);
        Assert.Null(report.PrecisionPositive);
        Assert.Equal("no row was called positive", report.Undefined["precision_positive"]);
        Assert.Equal(0, report.RecallPositive);
        Assert.Equal(0, report.F1);
        Assert.Equal("every row was called the same class", report.Undefined["mcc"]);
    }

    [Fact]
    public void Every_null_has_a_reason_and_every_reason_a_null()
    {
        var report = EvaluationReport.Measure([Sentiment.Negative, Sentiment.Neutral], [0.4, 0.3, 0.3, 0.3, 0.5, 0.2], Three);
        using var document = JsonDocument.Parse(report.ToJson());
        var nulls = document.RootElement.EnumerateObject()
            .Where(property => property.Value.ValueKind == JsonValueKind.Null && property.Name is not ("threshold" or "latency_ms"))
            .Select(property => property.Name);
        Assert.Equal(nulls.Order(), report.Undefined.Keys.Where(name => !name.Contains('.', StringComparison.Ordinal)).Order());
        Assert.NotEmpty(report.Undefined);
    }

    [Fact]
    public void A_threshold_moves_the_decision()
    {
        double[] probabilities = [0.9, 0.1, 0.4, 0.6, 0.2, 0.8];
        Sentiment[] truth = [Sentiment.Negative, Sentiment.Negative, Sentiment.Positive];
        Assert.Equal(0.5, EvaluationReport.Measure(truth, probabilities, Two).PrecisionPositive);
        Assert.Equal(1, EvaluationReport.Measure(truth, probabilities, Two, new DecisionRule(0.7)).PrecisionPositive);
        Assert.Equal(0, new DecisionRule(0.7).Decide([0.4, 0.1, 0.5])); // of the others, the most probable
    }

    [Fact]
    public void What_cannot_be_measured_is_refused()
    {
        Assert.Throws<InvalidInputException>(() => EvaluationReport.Measure(Array.Empty<Sentiment>(), [], Two));
        Assert.Throws<InvalidInputException>(() => EvaluationReport.Measure([Sentiment.Positive], [0.5], Two));
        Assert.Throws<InvalidInputException>(() => EvaluationReport.Measure([Sentiment.Positive], [0.5, double.NaN], Two));
        Assert.Throws<InvalidInputException>(() => EvaluationReport.Measure([Sentiment.Positive], [-0.1, 1.1], Two));
        Assert.Contains("neutral", Assert.Throws<InvalidInputException>(() => EvaluationReport.Measure([Sentiment.Neutral], [0.5, 0.5], Two)).Message, StringComparison.Ordinal);
    }
}
