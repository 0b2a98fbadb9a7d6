using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Networks;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>A trained model on disk.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Digest">SHA-256 of its manifest.</param>
/// <param name="Bytes">Size of all its files, without what signs it and names its run.</param>
internal sealed record TrainedModel(string Path, string Digest, long Bytes)
{
    /// <summary>Saves what a training gave. The folder holds a whole model or what it held before.</summary>
    public static TrainedModel Save(TrainingResult result, string folder, bool plots, CancellationToken cancellation)
    {
        Action<string>? draw = plots ? to => EvaluationFigures.Save(to, result.Classifier, result.Test ?? result.Validation, result.TestScores ?? result.ValidationScores, result.Recipe.Name) : null;
        string digest = Bundle.Save(folder, result, draw, cancellation);
        return new TrainedModel(folder, digest, new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
    }
}

/// <summary>A training as <c>train --json</c> prints it.</summary>
internal sealed record TrainingReport(
    string Recipe, IReadOnlyDictionary<string, string> Settings, int Seed, TrainingReport.DataPart Data, TrainingReport.RowsPart Rows, IReadOnlyList<string> Classes,
    EvaluationReport? Validation, EvaluationReport? Test, TrainScore Train, double Threshold, ThresholdChoice? ThresholdChoice, int Features, TrainingSeconds Seconds,
    double PeakMemoryMb, TrainingReport.Microseconds? LatencyUs, TrainedModel Bundle, TrackedRun Run, IReadOnlyList<NetworkEpoch>? Epochs, IReadOnlyList<LearningCurvePoint>? LearningCurve)
{
    public static TrainingReport Of(TrainingResult result, TrainedModel saved, TrackedRun run, IReadOnlyList<NetworkEpoch>? epochs = null, IReadOnlyList<LearningCurvePoint>? curve = null) => new(
        result.Recipe.Name,
        RecipeParameter.ValuesOf(result.Recipe),
        result.Seed,
        new DataPart(result.Data.FileName, result.Data.Digest, result.Data.Shape.Format, result.Data.Shape.HasSplit ? "split column" : "text hash", result.Data.Report.Skipped, result.Data.Interleaved, [.. Enum.GetValues<Split>().Select(split => new SidePart(split, result.RowsByClass(split)))], result.Data.Besides),
        new RowsPart(result.Data.Rows.Total, result.Data.Rows[Split.Train], result.Data.Rows[Split.Validation], result.Data.Rows[Split.Test]),
        [.. result.Classifier.Classes.Select(ClassColumns.NameOf)],
        result.Validation,
        result.Test is { } test ? test with { LatencyMs = null } : null, // stands below, in microseconds
        result.Train,
        result.Classifier.Threshold,
        result.Threshold,
        result.Classifier.Model.FeatureCount,
        result.Seconds,
        result.PeakMemoryMb,
        Microseconds.Of(result.Test?.LatencyMs),
        saved,
        run,
        epochs is { Count: > 0 } ? epochs : null,
        curve);

    internal sealed record DataPart(string File, string Sha256, TweetFormat Format, string SplitBy, long Skipped, bool Interleaved, IReadOnlyList<SidePart> Sides, string? Besides);

    internal sealed record SidePart(Split Split, IReadOnlyDictionary<string, int> Classes);

    internal sealed record RowsPart(int Total, int Train, int Validation, int Test);

    /// <summary>Quantiles of the time of one prediction: a linear model takes a few microseconds.</summary>
    internal sealed record Microseconds(double P50, double P95, double P99)
    {
        public static Microseconds? Of(LatencySummary? ms) => ms is null ? null : new Microseconds(1000 * ms.P50, 1000 * ms.P95, 1000 * ms.P99);
    }
}
