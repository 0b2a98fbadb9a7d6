using System.Text.Json;
using System.Text.Json.Serialization;
using Vigie.Tweets;

namespace Vigie.Evaluation;

/// <summary>Everything that is said of a model on one set of labelled rows. docs/evaluation.md defines each figure.</summary>
/// <remarks>A figure that these rows leave undefined is null, and <see cref="Undefined"/> says why. 'Positive' is the class of praise, always the last column.</remarks>
public sealed record EvaluationReport
{
    /// <summary>Rows measured.</summary>
    [JsonPropertyName("rows")] public required int Rows { get; init; }

    /// <summary>Names of the classes in column order.</summary>
    [JsonPropertyName("classes")] public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Least positive probability that is called positive; null where the most probable class wins.</summary>
    [JsonPropertyName("threshold")] public required double? Threshold { get; init; }

    /// <summary>Share of rows called their own class.</summary>
    [JsonPropertyName("accuracy")] public required double? Accuracy { get; init; }

    /// <summary>F1 of the positive class.</summary>
    [JsonPropertyName("f1")] public required double? F1 { get; init; }

    /// <summary>Plain mean of the classes' F1.</summary>
    [JsonPropertyName("f1_macro")] public required double? F1Macro { get; init; }

    /// <summary>Mean of the classes' F1, weighted by support.</summary>
    [JsonPropertyName("f1_weighted")] public required double? F1Weighted { get; init; }

    /// <summary>Plain mean of the classes' recall (balanced accuracy).</summary>
    [JsonPropertyName("recall_macro")] public required double? RecallMacro { get; init; }

    /// <summary>Of the rows called positive, the share that is: the business metric.</summary>
    [JsonPropertyName("precision_positive")] public required double? PrecisionPositive { get; init; }

    /// <summary>Of the positive rows, the share found.</summary>
    [JsonPropertyName("recall_positive")] public required double? RecallPositive { get; init; }

    /// <summary>Area under the ROC curve; for three classes the mean of each against the rest.</summary>
    [JsonPropertyName("roc_auc")] public required double? RocAuc { get; init; }

    /// <summary>Average precision; for three classes the mean of each against the rest.</summary>
    [JsonPropertyName("average_precision")] public required double? AveragePrecision { get; init; }

    /// <summary>Mean squared error of the probabilities.</summary>
    [JsonPropertyName("brier")] public required double Brier { get; init; }

    /// <summary>Expected calibration error over ten bins of equal width.</summary>
    [JsonPropertyName("ece")] public required double Ece { get; init; }

    /// <summary>Mean negative log probability of the true class, in nats.</summary>
    [JsonPropertyName("log_loss")] public required double LogLoss { get; init; }

    /// <summary>Matthews' correlation coefficient.</summary>
    [JsonPropertyName("mcc")] public required double? Mcc { get; init; }

    /// <summary>Counts: one row per true class, one column per predicted class.</summary>
    [JsonPropertyName("confusion_matrix")] public required IReadOnlyList<IReadOnlyList<long>> ConfusionMatrix { get; init; }

    /// <summary>Each class by name.</summary>
    [JsonPropertyName("per_class")] public required IReadOnlyDictionary<string, ClassReport> PerClass { get; init; }

    /// <summary>Bootstrap intervals by the name of their figure.</summary>
    [JsonPropertyName("intervals")] public required IReadOnlyDictionary<string, Interval> Intervals { get; init; }

    /// <summary>Why a figure is null, by the name of the figure.</summary>
    [JsonPropertyName("undefined")] public required IReadOnlyDictionary<string, string> Undefined { get; init; }

    /// <summary>Time of one prediction; null where it was not measured.</summary>
    [JsonPropertyName("latency_ms"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public LatencySummary? LatencyMs { get; init; }

    /// <summary>Comparison with a second model on the same rows, where there was one.</summary>
    [JsonPropertyName("mcnemar"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public McNemarTest? McNemar { get; init; }

    /// <summary>Measures predictions against the truth.</summary>
    /// <param name="truth">The true class of each row, each among <paramref name="classes"/>; at least one row.</param>
    /// <param name="probabilities">Rows × classes, row by row, in [0, 1].</param>
    /// <param name="classes">The classes in column order: negative, (neutral,) positive.</param>
    /// <param name="rule">How a row is decided; by default one half for two classes, the most probable for three.</param>
    /// <param name="bootstrap">How intervals are drawn; by default 1,000 resamples with seed 0.</param>
    /// <param name="cancel">Stops between resamples.</param>
    /// <exception cref="InvalidInputException">No rows, lengths that do not fit, a label that is no column, or a probability outside [0, 1].</exception>
    public static EvaluationReport Measure(
        ReadOnlySpan<Sentiment> truth, ReadOnlySpan<double> probabilities, IReadOnlyList<Sentiment> classes,
        DecisionRule? rule = null, Bootstrap? bootstrap = null, CancellationToken cancel = default) =>
        Measure(ClassColumns.Of(truth, classes), probabilities, [.. classes.Select(ClassColumns.NameOf)], rule, bootstrap, cancel);

    /// <summary>Measures predictions against class columns.</summary>
    /// <param name="truth">The true column of each row; at least one row.</param>
    /// <param name="probabilities">Rows × classes, row by row, in [0, 1].</param>
    /// <param name="classes">Names in column order, the positive class last; two or more.</param>
    /// <param name="rule">How a row is decided; by default one half for two classes, the most probable for three.</param>
    /// <param name="bootstrap">How intervals are drawn; by default 1,000 resamples with seed 0.</param>
    /// <param name="cancel">Stops between resamples.</param>
    /// <exception cref="InvalidInputException">No rows, lengths that do not fit, a column out of range, or a probability outside [0, 1].</exception>
    public static EvaluationReport Measure(
        ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, IReadOnlyList<string> classes,
        DecisionRule? rule = null, Bootstrap? bootstrap = null, CancellationToken cancel = default)
    {
        int count = classes.Count;
        ClassColumns.Check(truth, probabilities, count);
        rule ??= count == 2 ? DecisionRule.Half : DecisionRule.MostProbable;
        byte[] predicted = rule.DecideAll(probabilities, count);
        var confusion = Evaluation.ConfusionMatrix.Of(truth, predicted, count);
        RankedScores[] ranked = RankClasses(truth, probabilities, count);
        var report = new EvaluationReport
        {
            Rows = truth.Length,
            Classes = classes,
            Threshold = rule.Threshold,
            Accuracy = confusion.Accuracy,
            F1 = confusion.F1(count - 1),
            F1Macro = confusion.F1Macro,
            F1Weighted = confusion.F1Weighted,
            RecallMacro = confusion.RecallMacro,
            PrecisionPositive = confusion.Precision(count - 1),
            RecallPositive = confusion.Recall(count - 1),
            RocAuc = MeanOf(ranked, scores => scores.RocAuc),
            AveragePrecision = MeanOf(ranked, scores => scores.AveragePrecision),
            Brier = ProbabilityScores.Brier(truth, probabilities, count),
            Ece = ProbabilityScores.Ece(truth, probabilities, count),
            LogLoss = ProbabilityScores.LogLoss(truth, probabilities, count),
            Mcc = confusion.Mcc,
            ConfusionMatrix = confusion.ToRows(),
            PerClass = Enumerable.Range(0, count).ToDictionary(label => classes[label], label => ClassReport.Of(confusion, label)),
            Intervals = (bootstrap ?? new Bootstrap()).Intervals(truth, predicted, probabilities, count, cancel),
            Undefined = new Dictionary<string, string>(),
        };
        return report with { Undefined = UndefinedFigures.Of(report) };
    }

    /// <summary>The report as one JSON object, its names as documented.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EvaluationJson.Default.EvaluationReport);

    /// <summary>Reads a report back.</summary>
    /// <exception cref="InvalidInputException">The text is not such an object.</exception>
    public static EvaluationReport FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EvaluationJson.Default.EvaluationReport) ?? throw new InvalidInputException("an evaluation report is a JSON object, found null");
        }
        catch (JsonException fault)
        {
            throw new InvalidInputException($"not an evaluation report: {fault.Message}", fault);
        }
    }

    private static RankedScores[] RankClasses(ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, int classes)
    {
        int first = classes == 2 ? 1 : 0;
        var ranked = new RankedScores[classes - first];
        for (int label = first; label < classes; label++) ranked[label - first] = RankedScores.Of(ClassColumns.Column(probabilities, classes, label), truth, (byte)label);
        return ranked;
    }

    private static double? MeanOf(RankedScores[] ranked, Func<RankedScores, double?> figure) =>
        ranked.All(scores => figure(scores).HasValue) ? ranked.Average(figure) : null;
}

/// <summary>One class against the rest.</summary>
/// <param name="Precision">Of the rows called this class, the share that is; null where none was called so.</param>
/// <param name="Recall">Of the rows of this class, the share found; null where there are none.</param>
/// <param name="F1">Harmonic mean of the two; null where the class has no rows.</param>
/// <param name="Support">Rows of this class.</param>
public sealed record ClassReport(
    [property: JsonPropertyName("precision")] double? Precision,
    [property: JsonPropertyName("recall")] double? Recall,
    [property: JsonPropertyName("f1")] double? F1,
    [property: JsonPropertyName("support")] long Support)
{
    internal static ClassReport Of(ConfusionMatrix confusion, int label) => new(confusion.Precision(label), confusion.Recall(label), confusion.F1(label), confusion.Support(label));
}

[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(ThresholdChoice))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
