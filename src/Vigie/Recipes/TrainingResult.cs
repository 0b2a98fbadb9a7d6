using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>A trained classifier with all that is known of how it came about and how well it does.</summary>
public sealed record TrainingResult
{
    /// <summary>Ready for use, calibrated, its threshold set.</summary>
    public required TextClassifier Classifier { get; init; }

    /// <summary>How it was trained; <see cref="RecipeParameter.ValuesOf"/> spells it out.</summary>
    public required Recipe Recipe { get; init; }

    /// <summary>Seeded whatever was drawn by chance.</summary>
    public required int Seed { get; init; }

    /// <summary>What it was trained on.</summary>
    public required DataUse Data { get; init; }

    /// <summary>How the threshold was chosen; null where it is one half because no precision was wanted.</summary>
    public ThresholdChoice? Threshold { get; init; }

    /// <summary>How it does on the rows that calibration and threshold were chosen on; null where there were none.</summary>
    public EvaluationReport? Validation { get; init; }

    /// <summary>How it does on rows that nothing was chosen on, with the time of one prediction; null where there were none.</summary>
    public EvaluationReport? Test { get; init; }

    /// <summary>How it does on the rows it learnt from: far above the others, it has learnt them by heart.</summary>
    public required TrainScore Train { get; init; }

    /// <summary>The validation rows as scored; null where there were none.</summary>
    public ScoredRows? ValidationScores { get; init; }

    /// <summary>The test rows as scored; null where there were none.</summary>
    public ScoredRows? TestScores { get; init; }

    /// <summary>Some of the texts, for a profile of what the model was trained on.</summary>
    public required TextSample Texts { get; init; }

    /// <summary>Where the time went.</summary>
    public required TrainingSeconds Seconds { get; init; }

    /// <summary>The most memory that the process held so far, in MB of 1,000,000 bytes.</summary>
    public required double PeakMemoryMb { get; init; }

    /// <summary>The rows of a side by class name, in column order.</summary>
    public IReadOnlyDictionary<string, int> RowsByClass(Split split) => Classifier.Classes.ToDictionary(ClassColumns.NameOf, label => Data.Rows[split, label]);
}

/// <summary>A data file and how its rows were used.</summary>
/// <param name="FileName">Name without folder.</param>
/// <param name="Digest">SHA-256 of the file's bytes, in lower-case hexadecimal.</param>
/// <param name="Shape">What the file was recognised as.</param>
/// <param name="Report">What the reading met with.</param>
/// <param name="Rows">Rows of each side and label.</param>
/// <param name="Interleaved">Whether a recipe that learns row by row took the classes by turns, because the file's training rows are sorted by label.</param>
public sealed record DataUse(string FileName, string Digest, FileShape Shape, TweetReadReport Report, SplitCounts Rows, bool Interleaved)
{
    /// <summary>Where further rows came from that were learnt from; null for none.</summary>
    public string? Besides { get; init; }
}

/// <summary>Texts evenly spread over the rows of their side; at most 20,000 of each.</summary>
/// <param name="Train">Training texts.</param>
/// <param name="TrainLabels">Class column of each.</param>
/// <param name="Validation">Validation texts.</param>
public sealed record TextSample(IReadOnlyList<string> Train, byte[] TrainLabels, IReadOnlyList<string> Validation);

/// <summary>Accuracy on training rows.</summary>
/// <param name="Accuracy">Share decided rightly.</param>
/// <param name="Rows">How many were looked at, evenly spread over all of them.</param>
public sealed record TrainScore(double Accuracy, int Rows);

/// <summary>Where the time of a training went, in seconds.</summary>
/// <param name="Read">Reading the file; for a recipe that learns from a stream, counting its rows.</param>
/// <param name="Fit">Vectorising, fitting, calibrating, choosing the threshold; for a stream, reading it again too.</param>
/// <param name="CpuFit">The same, counted in processor time of all threads.</param>
/// <param name="Evaluate">Scoring, figures and their intervals, single predictions.</param>
public sealed record TrainingSeconds(double Read, double Fit, double CpuFit, double Evaluate);
