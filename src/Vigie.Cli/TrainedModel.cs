using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary>A trained model on disk.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="Digest">SHA-256 of its manifest.</param>
/// <param name="Bytes">Size of all its files.</param>
internal sealed record TrainedModel(string Path, string Digest, long Bytes)
{
    /// <summary>Saves what a training gave. The folder holds a whole model or what it held before.</summary>
    public static TrainedModel Save(TrainingResult result, string folder, bool plots, CancellationToken cancellation)
    {
        TextClassifier classifier = result.Classifier;
        var info = new BundleInfo
        {
            Name = $"{result.Recipe.Name} on {result.Data.FileName}",
            Recipe = result.Recipe.Name,
            Settings = RecipeParameter.ValuesOf(result.Recipe),
            Seed = result.Seed,
            Data = new TrainingData(result.Data.FileName, result.Data.Digest, [.. Enum.GetValues<Split>().Select(split => new SplitRows(split, TrainingReport.RowsByClass(result, split)))]),
            // What was timed differs from run to run, and a bundle must not.
            Validation = result.Validation,
            Test = result.Test is { } test ? test with { LatencyMs = null } : null,
            Profile = TrainingProfile.Measure(classifier, result.Texts.Train, result.Texts.TrainLabels, result.Texts.Validation, cancellation),
        };
        Action<string>? draw = plots ? to => EvaluationFigures.Save(to, classifier, result.Test ?? result.Validation, result.TestScores ?? result.ValidationScores, result.Recipe.Name) : null;
        string digest = Bundle.Save(folder, classifier, info, draw, cancellation);
        return new TrainedModel(folder, digest, new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length));
    }
}

/// <summary>A training as <c>train --json</c> prints it.</summary>
internal sealed record TrainingReport(
    string Recipe, IReadOnlyDictionary<string, string> Settings, int Seed, TrainingReport.DataPart Data, TrainingReport.RowsPart Rows, IReadOnlyList<string> Classes,
    EvaluationReport? Validation, EvaluationReport? Test, TrainScore Train, double Threshold, ThresholdChoice? ThresholdChoice, int Features, TrainingSeconds Seconds,
    double PeakMemoryMb, LatencySummary? LatencyUs, TrainedModel Bundle, IReadOnlyList<LearningCurvePoint>? LearningCurve)
{
    public static TrainingReport Of(TrainingResult result, TrainedModel saved, IReadOnlyList<LearningCurvePoint>? curve = null) => new(
        result.Recipe.Name,
        RecipeParameter.ValuesOf(result.Recipe),
        result.Seed,
        new DataPart(result.Data.FileName, result.Data.Digest, result.Data.Shape.Format, result.Data.Shape.HasSplit ? "split column" : "text hash", result.Data.Report.Skipped, result.Data.Interleaved, [.. Enum.GetValues<Split>().Select(split => new SidePart(split, RowsByClass(result, split)))]),
        new RowsPart(result.Data.Rows.Total, result.Data.Rows[Split.Train], result.Data.Rows[Split.Validation], result.Data.Rows[Split.Test]),
        [.. result.Classifier.Classes.Select(ClassColumns.NameOf)],
        result.Validation,
        result.Test,
        result.Train,
        result.Classifier.Threshold,
        result.Threshold,
        result.Classifier.Vectorizer.FeatureCount,
        result.Seconds,
        result.PeakMemoryMb,
        result.Test?.LatencyMs is { } ms ? new LatencySummary(1000 * ms.P50, 1000 * ms.P95, 1000 * ms.P99) : null,
        saved,
        curve);

    /// <summary>Rows of a side by class name.</summary>
    public static IReadOnlyDictionary<string, int> RowsByClass(TrainingResult result, Split split) =>
        result.Classifier.Classes.ToDictionary(ClassColumns.NameOf, label => result.Data.Rows[split, label]);

    internal sealed record DataPart(string File, string Sha256, TweetFormat Format, string SplitBy, long Skipped, bool Interleaved, IReadOnlyList<SidePart> Sides);

    internal sealed record SidePart(Split Split, IReadOnlyDictionary<string, int> Classes);

    internal sealed record RowsPart(int Total, int Train, int Validation, int Test);
}
