using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Evaluation;

/// <summary>Which rows of a file a model is measured on.</summary>
public enum EvaluatedRows
{
    /// <summary>The file's own test rows where it has a <c>split</c> column, else all rows.</summary>
    Default,

    /// <summary>Every row.</summary>
    All,

    /// <summary>Training rows, by the file's column or else by text hash.</summary>
    Train,

    /// <summary>Validation rows, likewise.</summary>
    Validation,

    /// <summary>Test rows, likewise.</summary>
    Test,
}

/// <summary>Measures a classifier on the labelled rows of a file, in one pass that keeps probabilities and no texts.</summary>
/// <param name="Classifier">The classifier to measure.</param>
public sealed record FileEvaluation(TextClassifier Classifier)
{
    /// <summary>A second classifier to compare it with on the same rows; null for none.</summary>
    public TextClassifier? Against { get; init; }

    /// <summary>Which rows.</summary>
    public EvaluatedRows Rows { get; init; }

    /// <summary>How intervals are drawn.</summary>
    public Bootstrap Bootstrap { get; init; } = new();

    /// <summary>Measures the time of a prediction.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Measures.</summary>
    /// <param name="path">A tweet file with labels; one class alone is enough.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="progress">Told how far the reading is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidInputException">The file cannot be used, or has no row of the kind asked for with a label that the model knows.</exception>
    public FileEvaluationResult Run(string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? progress = null, CancellationToken cancellation = default)
    {
        using TweetReader reader = TweetReader.Open(path, (options ?? new TweetReaderOptions()) with { RequireLabels = true }, progress, cancellation);
        EvaluatedRows rows = Rows != EvaluatedRows.Default ? Rows : reader.Shape.HasSplit ? EvaluatedRows.Test : EvaluatedRows.All;
        var scorer = new RowScorer(Classifier);
        RowScorer? other = Against is null ? null : new RowScorer(Against);
        long elsewhere = 0, unknown = 0;
        foreach ((string text, Sentiment label, Split split) in LabelledTweets.Rows(reader, options?.Sample))
        {
            if (rows != EvaluatedRows.All && split != SideOf(rows))
            {
                elsewhere++;
                continue;
            }
            if (!scorer.Knows(label) || other?.Knows(label) == false)
            {
                unknown++;
                continue;
            }
            scorer.Add(text, label, cancellation);
            other?.Add(text, label, cancellation);
        }
        ScoredRows scored = scorer.Finish(cancellation);
        if (scored.Count == 0) throw new InvalidInputException(Nothing(path, rows, elsewhere, unknown));
        EvaluationReport report = scored.Report(Classifier.Threshold, Bootstrap, cancellation) with
        {
            LatencyMs = LatencySummary.Measure(Classifier, scored.FirstTexts, Clock, cancellation),
            McNemar = other is null ? null : Compare(scored, other.Finish(cancellation)),
        };
        return new FileEvaluationResult(report, scored, rows, elsewhere, unknown, reader.Shape, reader.Report, reader.Digest);
    }

    private static Split SideOf(EvaluatedRows rows) => rows switch { EvaluatedRows.Train => Split.Train, EvaluatedRows.Validation => Split.Validation, _ => Split.Test };

    // Compared by label, not by column: one of the two may have three classes.
    private McNemarTest Compare(ScoredRows scored, ScoredRows other) =>
        McNemarTest.Of(Labels(scored.Truth, scored.Classes), Labels(scored.Decide(Classifier.Threshold), scored.Classes), Labels(other.Decide(Against!.Threshold), other.Classes));

    private static byte[] Labels(byte[] columns, IReadOnlyList<Sentiment> classes) => Array.ConvertAll(columns, column => (byte)classes[column]);

    private string Nothing(string path, EvaluatedRows rows, long elsewhere, long unknown)
    {
        string known = string.Join(", ", Classifier.Classes.Select(ClassColumns.NameOf));
        if (unknown > 0) return $"{path}: none of the {unknown} rows has a label that the model knows ({known}); evaluate a model that has the file's classes";
        return $"{path}: no {rows.ToString().ToLowerInvariant()} row among {elsewhere}; --split all takes every row";
    }
}

/// <summary>What measuring a classifier on a file gave.</summary>
/// <param name="Report">The figures, with the time of one prediction on one thread.</param>
/// <param name="Scores">The rows as scored.</param>
/// <param name="Rows">Which rows were measured; never <see cref="EvaluatedRows.Default"/>.</param>
/// <param name="RowsOfOtherSides">Rows left out because they are on another side.</param>
/// <param name="RowsOfUnknownClasses">Rows left out because a model has no class for their label.</param>
/// <param name="Shape">What the file was recognised as.</param>
/// <param name="Reading">What the reading met with.</param>
/// <param name="Digest">SHA-256 of the file's bytes, in lower-case hexadecimal.</param>
public sealed record FileEvaluationResult(
    EvaluationReport Report, ScoredRows Scores, EvaluatedRows Rows, long RowsOfOtherSides, long RowsOfUnknownClasses, FileShape Shape, TweetReadReport Reading, string Digest);
