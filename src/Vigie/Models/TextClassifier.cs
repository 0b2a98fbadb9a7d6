using System.Collections.Concurrent;
using Vigie.Features;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>
/// A fitted classifier that takes raw text: cleaning, vocabulary, weights, calibration and threshold in one value, so that nothing
/// can be mismatched. Immutable and safe for any number of threads.
/// </summary>
public sealed class TextClassifier
{
    private readonly ConcurrentBag<FeatureRow> idle = [];
    private readonly bool knowsWords;

    /// <summary>Puts the parts together.</summary>
    /// <param name="classes">The classes in column order.</param>
    /// <param name="vectorizer">From text to features.</param>
    /// <param name="model">From features to scores.</param>
    /// <param name="prior">Share of each class in training: the answer to a text without a known feature.</param>
    /// <param name="calibrations">From each score to a probability, one for each; null takes scores as log-odds. A softmax takes none.</param>
    /// <param name="threshold">A two-class model says positive from this probability on; in (0, 1).</param>
    /// <exception cref="InvalidInputException">The parts do not fit together.</exception>
    public TextClassifier(
        IReadOnlyList<Sentiment> classes, FittedVectorizer vectorizer, LinearModel model, double[] prior, IReadOnlyList<Calibration>? calibrations = null, double threshold = 0.5)
    {
        if (classes.Count != model.ClassCount || prior.Length != classes.Count)
            throw new InvalidInputException($"{classes.Count} classes, a model of {model.ClassCount} and priors of {prior.Length}: they must be as many");
        if (model.Coefficients.Any(row => row.Length != vectorizer.FeatureCount))
            throw new InvalidInputException($"coefficients of {model.Coefficients[0].Length} features for a vectoriser of {vectorizer.FeatureCount}");
        if (threshold is not (> 0 and < 1)) throw new InvalidInputException($"threshold {threshold}: expected a probability between 0 and 1");
        Classes = classes;
        Vectorizer = vectorizer;
        Model = model;
        Prior = prior;
        Calibrations = calibrations ?? [.. Enumerable.Repeat(new IdentityCalibration(), model.ScoreCount)];
        if (Calibrations.Count != model.ScoreCount) throw new InvalidInputException($"{Calibrations.Count} calibrations for {model.ScoreCount} scores");
        Threshold = threshold;
        knowsWords = vectorizer.Vocabulary is not null && vectorizer.Options.Ngrams is { WordMin: 1, WordMax: > 0 };
    }

    /// <summary>The classes in column order: negative, (neutral,) positive.</summary>
    public IReadOnlyList<Sentiment> Classes { get; }

    /// <summary>From text to features.</summary>
    public FittedVectorizer Vectorizer { get; }

    /// <summary>From features to scores.</summary>
    public LinearModel Model { get; }

    /// <summary>Share of each class in training.</summary>
    public double[] Prior { get; }

    /// <summary>From each score to a probability.</summary>
    public IReadOnlyList<Calibration> Calibrations { get; }

    /// <summary>A two-class model says positive from this probability on.</summary>
    public double Threshold { get; }

    /// <summary>The same classifier with another threshold.</summary>
    public TextClassifier WithThreshold(double threshold) => new(Classes, Vectorizer, Model, Prior, Calibrations, threshold);

    /// <summary>The same classifier with other calibrations.</summary>
    public TextClassifier WithCalibrations(IReadOnlyList<Calibration> calibrations) => new(Classes, Vectorizer, Model, Prior, calibrations, Threshold);

    /// <summary>Classifies one text. Any text is accepted.</summary>
    public Prediction Predict(string text)
    {
        FeatureRow row = Rent();
        Prediction prediction = Predict(text, row);
        Return(row);
        return prediction;
    }

    /// <summary>Classifies many texts on all processors, in their order.</summary>
    public Prediction[] Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        var predictions = new Prediction[texts.Count];
        Each(texts, (i, row) => predictions[i] = Predict(texts[i], row), cancellation);
        return predictions;
    }

    /// <summary>Class probabilities of many texts, on all processors: texts × classes, row by row.</summary>
    public double[] PredictProbabilities(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        var probabilities = new double[texts.Count * Classes.Count];
        Each(texts, (i, row) => Probabilities(texts[i], row, probabilities.AsSpan(i * Classes.Count, Classes.Count)), cancellation);
        return probabilities;
    }

    /// <summary>Scores before calibration, texts × <see cref="LinearModel.ScoreCount"/>, row by row; the intercept for a text without a known feature.</summary>
    public double[] Decide(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        var scores = new double[texts.Count * Model.ScoreCount];
        Each(texts, (i, row) =>
        {
            Vectorizer.Transform(texts[i], row);
            Model.Decide(row.Columns, row.Values, scores.AsSpan(i * Model.ScoreCount, Model.ScoreCount));
        }, cancellation);
        return scores;
    }

    /// <summary>Classifies one text and says which words moved the decision.</summary>
    public Explanation Explain(string text)
    {
        FeatureRow row = Rent();
        Prediction prediction = Predict(text, row);
        row.Ngrams.Fill(text, locate: true);
        Explanation explanation = new LinearExplainer(this).Explain(prediction, row);
        Return(row);
        return explanation;
    }

    private Prediction Predict(string text, FeatureRow row)
    {
        var probabilities = new double[Classes.Count];
        bool unknown = !Probabilities(text, row, probabilities);
        return new Prediction(Classes[Choose(probabilities)], probabilities, unknown, UnknownShare(row));
    }

    private bool Probabilities(string text, FeatureRow row, Span<double> probabilities)
    {
        Vectorizer.Transform(text, row);
        if (row.Columns.IsEmpty)
        {
            Prior.CopyTo(probabilities);
            return false;
        }
        Span<double> scores = stackalloc double[Model.ScoreCount];
        Model.Decide(row.Columns, row.Values, scores);
        Model.Probabilities(scores, Calibrations, probabilities);
        return true;
    }

    private int Choose(ReadOnlySpan<double> probabilities)
    {
        if (probabilities.Length == 2) return probabilities[1] >= Threshold ? 1 : 0;
        int best = 0;
        for (int c = 1; c < probabilities.Length; c++)
        {
            if (probabilities[c] > probabilities[best]) best = c;
        }
        return best;
    }

    private double UnknownShare(FeatureRow row)
    {
        ReadOnlySpan<ulong> tokens = row.Ngrams.TokenFingerprints;
        if (tokens.IsEmpty || !knowsWords) return row.Columns.IsEmpty ? 1 : 0;
        int unknown = 0;
        foreach (ulong token in tokens)
        {
            if (Vectorizer.Column(token) < 0) unknown++;
        }
        return (double)unknown / tokens.Length;
    }

    private void Return(FeatureRow row)
    {
        if (!row.Ngrams.IsOversized) idle.Add(row);
    }

    private FeatureRow Rent() => idle.TryTake(out FeatureRow? row) ? row : Vectorizer.NewRow();

    private void Each(IReadOnlyList<string> texts, Action<int, FeatureRow> act, CancellationToken cancellation) =>
        Parallel.ForEach(Partitioner.Create(0, Math.Max(1, texts.Count)), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            FeatureRow row = Rent();
            for (int i = range.Item1; i < Math.Min(range.Item2, texts.Count); i++) act(i, row);
            Return(row);
        });
}
