using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Dashboard.Models;

/// <summary>A tweet on which two models differ.</summary>
/// <param name="Row">Where it stands in the file, counted from 1.</param>
/// <param name="Text">The tweet.</param>
/// <param name="Truth">Its label.</param>
/// <param name="First">What the first model says, and how sure it is.</param>
/// <param name="Second">What the second does.</param>
public sealed record Disagreement(long Row, string Text, Sentiment Truth, (Sentiment Label, double Probability) First, (Sentiment Label, double Probability) Second);

/// <summary>Two models on the same labelled rows.</summary>
public sealed record VersionComparison
{
    /// <summary>Most rows that are compared.</summary>
    public const long MostRows = 200_000;

    /// <summary>Most tweets that are listed.</summary>
    public const int Listed = 300;

    private const int RowsAtOnce = 4096;

    /// <summary>Rows that both answered.</summary>
    public required int Rows { get; init; }

    /// <summary>Which rows of the file.</summary>
    public required EvaluatedRows Side { get; init; }

    /// <summary>Rows left out because a model has no class for their label.</summary>
    public required long Unknown { get; init; }

    /// <summary>Accuracy of either.</summary>
    public required (double First, double Second) Accuracy { get; init; }

    /// <summary>Macro F1 of either, over the classes that occur.</summary>
    public required (double First, double Second) F1Macro { get; init; }

    /// <summary>How much better the second is, with intervals.</summary>
    public required PairedDifference Difference { get; init; }

    /// <summary>Whether they err at different rates.</summary>
    public required McNemarTest McNemar { get; init; }

    /// <summary>Rows on which they differ.</summary>
    public required long Differing { get; init; }

    /// <summary>The first of those, where one is right and the other wrong.</summary>
    public required IReadOnlyList<Disagreement> Disagreements { get; init; }

    /// <summary>SHA-256 of the file.</summary>
    public required string Digest { get; init; }

    /// <summary>Asks both models about the rows of a file.</summary>
    /// <param name="first">The model to compare with.</param>
    /// <param name="second">The model that is looked at.</param>
    /// <param name="path">A tweet file with labels.</param>
    /// <param name="side">Which rows.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidInputException">The file cannot be used, or has no such row with a label that both know.</exception>
    public static VersionComparison Run(TextClassifier first, TextClassifier second, string path, EvaluatedRows side, IProgress<ReadProgress>? progress, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { RequireLabels = true }, progress, cancellation);
        EvaluatedRows rows = side != EvaluatedRows.Default ? side : reader.Shape.HasSplit ? EvaluatedRows.Test : EvaluatedRows.All;
        var paired = new PairedRows(first, second);
        long unknown = 0, elsewhere = 0;
        foreach (Tweet tweet in reader)
        {
            if (rows != EvaluatedRows.All && (tweet.Split ?? TextHash.SplitOf(tweet.Text)) != SideOf(rows)) elsewhere++;
            else if (!first.Classes.Contains(tweet.Label!.Value) || !second.Classes.Contains(tweet.Label.Value)) unknown++;
            else paired.Add(reader.Row, tweet.Text, tweet.Label.Value, cancellation);
        }

        paired.Score(cancellation);
        if (paired.Truth.Count == 0)
            throw new InvalidInputException(unknown > 0 ? $"{path}: none of the {unknown} rows has a label that both models know" : $"{path}: none of its {elsewhere} rows is on the side {rows.ToString().ToLowerInvariant()}; take all rows");
        byte[] truth = [.. paired.Truth], one = [.. paired.First], other = [.. paired.Second];
        return new VersionComparison
        {
            Rows = truth.Length,
            Side = rows,
            Unknown = unknown,
            Accuracy = (AccuracyOf(truth, one), AccuracyOf(truth, other)),
            F1Macro = (F1Of(truth, one), F1Of(truth, other)),
            Difference = PairedDifference.Of(truth, one, other, PairedRows.Classes, cancel: cancellation),
            McNemar = McNemarTest.Of(truth, one, other),
            Differing = paired.Differing,
            Disagreements = paired.Disagreements,
            Digest = reader.Digest,
        };
    }

    private static Split SideOf(EvaluatedRows rows) => rows switch { EvaluatedRows.Train => Split.Train, EvaluatedRows.Validation => Split.Validation, _ => Split.Test };

    private static double AccuracyOf(byte[] truth, byte[] said) => truth.Zip(said).Count(pair => pair.First == pair.Second) / (double)truth.Length;

    private static double F1Of(byte[] truth, byte[] said)
    {
        var confusion = ConfusionMatrix.Of(truth, said, PairedRows.Classes);
        return Enumerable.Range(0, PairedRows.Classes).Where(label => confusion.Support(label) > 0).Average(label => confusion.F1(label)!.Value);
    }

    /// <summary>Rows as they come, answered by both in parts; labels are columns, the same for both whatever classes they have.</summary>
    private sealed class PairedRows(TextClassifier first, TextClassifier second)
    {
        public static readonly int Classes = Enum.GetValues<Sentiment>().Length;

        private readonly List<(long Row, string Text, Sentiment Truth)> waiting = new(RowsAtOnce);

        public List<byte> Truth { get; } = [];

        public List<byte> First { get; } = [];

        public List<byte> Second { get; } = [];

        public List<Disagreement> Disagreements { get; } = [];

        public long Differing { get; private set; }

        public void Add(long row, string text, Sentiment truth, CancellationToken cancellation)
        {
            if (Truth.Count + waiting.Count == MostRows) throw new InvalidInputException($"the file has more than {MostRows} rows to compare on, which is the most that is compared here; the command line takes more: vigie evaluate --model FOLDER --against FOLDER --data FILE");
            waiting.Add((row, text, truth));
            if (waiting.Count == RowsAtOnce) Score(cancellation);
        }

        public void Score(CancellationToken cancellation)
        {
            if (waiting.Count == 0) return;
            string[] texts = [.. waiting.Select(row => row.Text)];
            Prediction[] one = first.Predict(texts, cancellation), other = second.Predict(texts, cancellation);
            for (int i = 0; i < texts.Length; i++)
            {
                (long row, string text, Sentiment truth) = waiting[i];
                Truth.Add((byte)truth);
                First.Add((byte)one[i].Label);
                Second.Add((byte)other[i].Label);
                if (one[i].Label == other[i].Label) continue;
                Differing++;
                if (Disagreements.Count < Listed && (one[i].Label == truth || other[i].Label == truth)) Disagreements.Add(new Disagreement(row, text, truth, Of(first, one[i]), Of(second, other[i])));
            }

            waiting.Clear();
        }

        private static (Sentiment, double) Of(TextClassifier classifier, Prediction said) => (said.Label, said.Probabilities[classifier.Classes.ToList().IndexOf(said.Label)]);
    }
}
