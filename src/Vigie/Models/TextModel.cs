using System.Collections.Concurrent;
using Vigie.Text;

namespace Vigie.Models;

/// <summary>What a model found in a text to go by.</summary>
/// <param name="Unknown">The text has nothing that the model has ever seen; its scores then mean nothing.</param>
/// <param name="UnknownShare">Share of the text's words that the model has never seen, in [0, 1].</param>
public readonly record struct Evidence(bool Unknown, double UnknownShare);

/// <summary>
/// From raw text to scores: everything of a classifier but calibration and threshold. Two classes have one score, the log-odds (or margin)
/// of the second class; k &gt; 2 classes have k. Immutable and safe for any number of threads.
/// </summary>
public abstract class TextModel
{
    private readonly Rested<TextScorer> idle = new();

    /// <summary>Number of scores: 1 for two classes, else the number of classes.</summary>
    public abstract int ScoreCount { get; }

    /// <summary>How k scores become probabilities; two classes always take the sigmoid.</summary>
    public virtual Link Link => Link.Softmax;

    /// <summary>How the model cuts texts into tokens.</summary>
    public abstract TextPipeline Text { get; }

    /// <summary>Number of features, words or n-grams, that the model tells apart.</summary>
    public abstract int FeatureCount { get; }

    /// <summary>Whether texts scored together (<see cref="ScoreTogether"/>) cost less than one after another: so for networks, whose matrix products grow into their name.</summary>
    public virtual bool GainsFromBatches => false;

    /// <summary>A scorer for use by one thread at a time.</summary>
    public abstract TextScorer NewScorer();

    /// <summary>Scores one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="scores">Receives <see cref="ScoreCount"/> scores.</param>
    public Evidence Score(string text, Span<double> scores)
    {
        TextScorer scorer = Rent();
        Evidence evidence = scorer.Score(text, scores);
        Return(scorer);
        return evidence;
    }

    /// <summary>Scores many texts on all processors.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="scores">Receives texts × <see cref="ScoreCount"/>, row by row.</param>
    /// <param name="evidence">Receives what was found in each text.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public virtual void Score(IReadOnlyList<string> texts, Memory<double> scores, Memory<Evidence> evidence, CancellationToken cancellation = default)
    {
        if (texts.Count == 0) return;
        Parallel.ForEach(Partitioner.Create(0, texts.Count), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            TextScorer scorer = Rent();
            for (int i = range.Item1; i < range.Item2; i++)
                evidence.Span[i] = scorer.Score(texts[i], scores.Span.Slice(i * ScoreCount, ScoreCount));
            Return(scorer);
        });
    }

    /// <summary>Scores some texts on the thread that calls, together where that is cheaper: for servers, whose requests come on several threads already. Gives what <see cref="Score(string, Span{double})"/> gives.</summary>
    /// <param name="texts">Any texts; some dozens.</param>
    /// <param name="scores">Receives texts × <see cref="ScoreCount"/>, row by row.</param>
    /// <param name="evidence">Receives what was found in each text.</param>
    public virtual void ScoreTogether(IReadOnlyList<string> texts, Span<double> scores, Span<Evidence> evidence)
    {
        TextScorer scorer = Rent();
        for (int i = 0; i < texts.Count; i++) evidence[i] = scorer.Score(texts[i], scores.Slice(i * ScoreCount, ScoreCount));
        Return(scorer);
    }

    /// <summary>Says which words of a text moved its decision.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="prediction">What the classifier said of it.</param>
    /// <param name="explained">The score to explain: 0 where there is one, else the column of the class decided for.</param>
    /// <param name="classOf">The class that score speaks for.</param>
    internal virtual Explanation Explain(string text, Prediction prediction, int explained, Tweets.Sentiment classOf)
    {
        var explainer = new OcclusionExplainer(this, text);
        explainer.Score();
        return explainer.Conclude(prediction, explained, classOf);
    }

    private protected TextScorer Rent() => idle.Take() ?? NewScorer();

    private protected void Return(TextScorer scorer)
    {
        if (!scorer.IsOversized) idle.Put(scorer);
    }
}

/// <summary>Scores texts one after another, reusing its buffers. For one thread at a time.</summary>
public abstract class TextScorer
{
    /// <summary>True once a text far longer than any tweet has passed: such a scorer is not worth keeping.</summary>
    public virtual bool IsOversized => false;

    /// <summary>Scores one text.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="scores">Receives <see cref="TextModel.ScoreCount"/> scores.</param>
    public abstract Evidence Score(string text, Span<double> scores);
}
