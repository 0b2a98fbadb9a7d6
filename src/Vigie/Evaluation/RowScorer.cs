using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Evaluation;

/// <summary>
/// Scores labelled rows as they come and keeps their probabilities, not their texts: 8 bytes a class and a row, however long the file. Not for use by several threads.
/// </summary>
/// <param name="classifier">The classifier to measure.</param>
public sealed class RowScorer(TextClassifier classifier)
{
    private const int RowsAtOnce = 8192;

    private readonly List<string> waiting = new(RowsAtOnce);
    private readonly List<string> firstTexts = [];
    private readonly List<byte> truth = [];
    private readonly List<double> probabilities = [];

    /// <summary>Whether the classifier has a class for this label.</summary>
    public bool Knows(Sentiment label) => classifier.Classes.Contains(label);

    /// <summary>Takes a row.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="label">One of the classifier's classes.</param>
    /// <param name="cancellation">Ends the scoring.</param>
    /// <exception cref="InvalidInputException">The classifier does not know the label.</exception>
    public void Add(string text, Sentiment label, CancellationToken cancellation = default)
    {
        truth.Add(ClassColumns.Of([label], classifier.Classes)[0]);
        waiting.Add(text);
        if (firstTexts.Count < LatencySummary.TextsTimed) firstTexts.Add(text);
        if (waiting.Count == RowsAtOnce) Score(cancellation);
    }

    /// <summary>The scores of all rows taken so far.</summary>
    public ScoredRows Finish(CancellationToken cancellation = default)
    {
        Score(cancellation);
        return new ScoredRows(classifier.Classes, [.. truth], [.. probabilities], firstTexts);
    }

    private void Score(CancellationToken cancellation)
    {
        if (waiting.Count == 0) return;
        probabilities.AddRange(classifier.PredictProbabilities(waiting, cancellation));
        waiting.Clear();
    }
}

/// <summary>What a classifier said of labelled rows.</summary>
/// <param name="Classes">The classes in column order.</param>
/// <param name="Truth">The true column of each row.</param>
/// <param name="Probabilities">Rows × classes, row by row.</param>
/// <param name="FirstTexts">The first texts, for timing.</param>
public sealed record ScoredRows(IReadOnlyList<Sentiment> Classes, byte[] Truth, double[] Probabilities, IReadOnlyList<string> FirstTexts)
{
    /// <summary>Number of rows.</summary>
    public int Count => Truth.Length;

    /// <summary>The positive class against the rest.</summary>
    public RankedScores Positive => RankedScores.Of(PositiveProbabilities, Truth, (byte)(Classes.Count - 1));

    /// <summary>Probability of the positive class of each row.</summary>
    public double[] PositiveProbabilities => ClassColumns.Column(Probabilities, Classes.Count, Classes.Count - 1);

    /// <summary>1 where the row is positive, else 0.</summary>
    public byte[] IsPositive => Array.ConvertAll(Truth, label => (byte)(label == Classes.Count - 1 ? 1 : 0));

    /// <summary>Decides each row as the classifier does.</summary>
    /// <param name="threshold">The threshold of a two-class model; others take the most probable class.</param>
    public byte[] Decide(double threshold) => Rule(threshold).DecideAll(Probabilities, Classes.Count);

    /// <summary>Share of rows that are decided rightly.</summary>
    /// <param name="threshold">As in <see cref="Decide"/>.</param>
    public double Accuracy(double threshold) => ConfusionMatrix.Of(Truth, Decide(threshold), Classes.Count).Accuracy ?? double.NaN;

    /// <summary>Everything there is to say of the rows.</summary>
    /// <param name="threshold">As in <see cref="Decide"/>.</param>
    /// <param name="bootstrap">How intervals are drawn.</param>
    /// <param name="cancellation">Stops between resamples.</param>
    /// <exception cref="InvalidInputException">There are no rows.</exception>
    public EvaluationReport Report(double threshold, Bootstrap? bootstrap = null, CancellationToken cancellation = default) =>
        EvaluationReport.Measure(Truth, Probabilities, [.. Classes.Select(ClassColumns.NameOf)], Rule(threshold), bootstrap, cancellation);

    private DecisionRule Rule(double threshold) => Classes.Count == 2 ? new DecisionRule(threshold) : DecisionRule.MostProbable;
}
