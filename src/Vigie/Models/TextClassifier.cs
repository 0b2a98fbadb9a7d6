using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>
/// A fitted classifier that takes raw text: cleaning, vocabulary, weights, calibration and threshold in one value, so that nothing
/// can be mismatched. Immutable and safe for any number of threads.
/// </summary>
public sealed class TextClassifier
{
    /// <summary>Puts the parts together.</summary>
    /// <param name="classes">The classes in column order.</param>
    /// <param name="model">From text to scores.</param>
    /// <param name="prior">Share of each class in training: the answer to a text without a known feature.</param>
    /// <param name="calibrations">From each score to a probability, one for each; null takes scores as log-odds. A softmax takes none.</param>
    /// <param name="threshold">A two-class model says positive from this probability on; in (0, 1).</param>
    /// <exception cref="InvalidInputException">The parts do not fit together.</exception>
    public TextClassifier(IReadOnlyList<Sentiment> classes, TextModel model, double[] prior, IReadOnlyList<Calibration>? calibrations = null, double threshold = 0.5)
    {
        int expected = model.ScoreCount == 1 ? 2 : model.ScoreCount;
        if (classes.Count != expected || prior.Length != classes.Count)
            throw new InvalidInputException($"{classes.Count} classes, a model of {expected} and priors of {prior.Length}: they must be as many");
        if (threshold is not (> 0 and < 1)) throw new InvalidInputException($"threshold {threshold}: expected a probability between 0 and 1");
        Classes = classes;
        Model = model;
        Prior = prior;
        Calibrations = calibrations ?? [.. Enumerable.Repeat(new IdentityCalibration(), model.ScoreCount)];
        if (Calibrations.Count != model.ScoreCount) throw new InvalidInputException($"{Calibrations.Count} calibrations for {model.ScoreCount} scores");
        Threshold = threshold;
    }

    /// <summary>The classes in column order: negative, (neutral,) positive.</summary>
    public IReadOnlyList<Sentiment> Classes { get; }

    /// <summary>From text to scores.</summary>
    public TextModel Model { get; }

    /// <summary>Share of each class in training.</summary>
    public double[] Prior { get; }

    /// <summary>From each score to a probability.</summary>
    public IReadOnlyList<Calibration> Calibrations { get; }

    /// <summary>A two-class model says positive from this probability on.</summary>
    public double Threshold { get; }

    /// <summary>The same classifier with another threshold.</summary>
    public TextClassifier WithThreshold(double threshold) => new(Classes, Model, Prior, Calibrations, threshold);

    /// <summary>The same classifier with other calibrations.</summary>
    public TextClassifier WithCalibrations(IReadOnlyList<Calibration> calibrations) => new(Classes, Model, Prior, calibrations, Threshold);

    /// <summary>Classifies one text. Any text is accepted.</summary>
    public Prediction Predict(string text)
    {
        Span<double> scores = stackalloc double[Model.ScoreCount];
        Evidence evidence = Model.Score(text, scores);
        return Conclude(scores, evidence);
    }

    /// <summary>Classifies many texts on all processors, in their order.</summary>
    public Prediction[] Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        (double[] scores, Evidence[] evidence) = Score(texts, cancellation);
        var predictions = new Prediction[texts.Count];
        for (int i = 0; i < predictions.Length; i++) predictions[i] = Conclude(scores.AsSpan(i * Model.ScoreCount, Model.ScoreCount), evidence[i]);
        return predictions;
    }

    /// <summary>Classifies some dozens of texts on the thread that calls, together where the model gains from it; in their order, and to the last bit as <see cref="Predict(string)"/> does.</summary>
    public Prediction[] PredictTogether(IReadOnlyList<string> texts)
    {
        var scores = new double[texts.Count * Model.ScoreCount];
        var evidence = new Evidence[texts.Count];
        Model.ScoreTogether(texts, scores, evidence);
        var predictions = new Prediction[texts.Count];
        for (int i = 0; i < predictions.Length; i++) predictions[i] = Conclude(scores.AsSpan(i * Model.ScoreCount, Model.ScoreCount), evidence[i]);
        return predictions;
    }

    /// <summary>Class probabilities of many texts, on all processors: texts × classes, row by row.</summary>
    public double[] PredictProbabilities(IReadOnlyList<string> texts, CancellationToken cancellation = default) => Weigh(texts, cancellation).Probabilities;

    /// <summary>Scores before calibration, texts × <see cref="TextModel.ScoreCount"/>, row by row.</summary>
    public double[] Decide(IReadOnlyList<string> texts, CancellationToken cancellation = default) => Score(texts, cancellation).Scores;

    /// <summary>Classifies one text and says which words moved the decision: exactly for a linear model, else by leaving out each in turn.</summary>
    public Explanation Explain(string text)
    {
        Prediction prediction = Predict(text);
        (int column, Sentiment classOf) = Explained(prediction);
        return Model.Explain(text, prediction, column, classOf);
    }

    /// <summary>The same in steps, for a model that others wait for too.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="mostWords">Words beyond it are left out where each costs a run of the model, from 1; others are explained whole.</param>
    public SteppedExplanation ExplainInSteps(string text, int mostWords)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(mostWords, 1);
        return new SteppedExplanation(this, text, mostWords);
    }

    /// <summary>What comes of words that were left out in steps.</summary>
    internal Explanation Conclude(OcclusionExplainer steps)
    {
        Prediction prediction = Conclude(steps.Whole.Scores, steps.Whole.Evidence);
        (int column, Sentiment classOf) = Explained(prediction);
        return steps.Conclude(prediction, column, classOf);
    }

    /// <summary>Class probabilities of one text, and what they go by.</summary>
    internal Evidence Weigh(string text, Span<double> probabilities)
    {
        Span<double> scores = stackalloc double[Model.ScoreCount];
        Evidence evidence = Model.Score(text, scores);
        Probabilities(scores, evidence, probabilities);
        return evidence;
    }

    /// <summary>Class probabilities of many texts, texts × classes, and what they go by.</summary>
    internal (double[] Probabilities, Evidence[] Evidence) Weigh(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        (double[] scores, Evidence[] evidence) = Score(texts, cancellation);
        return (Probabilities(scores, evidence), evidence);
    }

    /// <summary>The same on the thread that calls, together where the model gains from it.</summary>
    internal (double[] Probabilities, Evidence[] Evidence) WeighTogether(IReadOnlyList<string> texts)
    {
        var scores = new double[texts.Count * Model.ScoreCount];
        var evidence = new Evidence[texts.Count];
        Model.ScoreTogether(texts, scores, evidence);
        return (Probabilities(scores, evidence), evidence);
    }

    private double[] Probabilities(double[] scores, Evidence[] evidence)
    {
        var probabilities = new double[evidence.Length * Classes.Count];
        for (int i = 0; i < evidence.Length; i++)
            Probabilities(scores.AsSpan(i * Model.ScoreCount, Model.ScoreCount), evidence[i], probabilities.AsSpan(i * Classes.Count, Classes.Count));
        return probabilities;
    }

    private (double[] Scores, Evidence[] Evidence) Score(IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        var scores = new double[texts.Count * Model.ScoreCount];
        var evidence = new Evidence[texts.Count];
        Model.Score(texts, scores, evidence, cancellation);
        return (scores, evidence);
    }

    private Prediction Conclude(ReadOnlySpan<double> scores, Evidence evidence)
    {
        var probabilities = new double[Classes.Count];
        Probabilities(scores, evidence, probabilities);
        return new Prediction(Classes[Choose(probabilities)], probabilities, evidence.Unknown, evidence.UnknownShare);
    }

    private void Probabilities(ReadOnlySpan<double> scores, Evidence evidence, Span<double> probabilities)
    {
        if (evidence.Unknown) Prior.CopyTo(probabilities);
        else Model.Link.Probabilities(scores, Calibrations, probabilities);
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

    // The score that speaks for a decision, and the class that it speaks for.
    private (int Column, Sentiment ClassOf) Explained(Prediction prediction) => Model.ScoreCount == 1 ? (0, Classes[^1]) : (ColumnOf(prediction.Label), prediction.Label);

    private int ColumnOf(Sentiment label)
    {
        for (int c = 0; c < Classes.Count; c++)
        {
            if (Classes[c] == label) return c;
        }
        throw new ArgumentException($"no class {label}", nameof(label));
    }
}
