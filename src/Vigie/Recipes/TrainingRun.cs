using System.Diagnostics;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>
/// The main job: from a file of labelled tweets to a trained and measured classifier. Learns from training rows, calibrates and chooses the
/// threshold on validation rows, looks at test rows once. The same recipe, seed and file give the same classifier and figures.
/// </summary>
/// <param name="Recipe">How to train.</param>
public sealed record TrainingRun(Recipe Recipe)
{
    /// <summary>Seeds the estimator and the bootstrap.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>A folder where a long training keeps what it needs to go on after a stop; null for none.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Rows to learn from besides the file's training rows; null for none.</summary>
    public RowsBesides? Besides { get; init; }

    /// <summary>Trains networks; needed where <see cref="TextLearner.TrainsNetwork"/>.</summary>
    public INetworkTrainer? Networks { get; init; }

    /// <summary>Measures the time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads a file and trains on it. A recipe that learns from a stream reads it three times, in constant memory, and where its rows are sorted by label takes the classes by turns; calibration or a wanted precision keep the validation rows.</summary>
    /// <param name="path">A tweet file with labels.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="reading">Told how far the reading is.</param>
    /// <param name="training">Told what is done then.</param>
    /// <param name="cancellation">Ends the run with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The file or a setting cannot be used; the message says why.</exception>
    public TrainingResult Run(
        string path, TweetReaderOptions? options = null, IProgress<ReadProgress>? reading = null, IProgress<TrainingProgress>? training = null, CancellationToken cancellation = default)
    {
        long start = Clock.GetTimestamp();
        if (Recipe.Learner is StreamLearner)
        {
            var streamed = new StreamedRows(path, options, Recipe.NeedsValidation, reading, cancellation);
            return Run(new DataUse(Path.GetFileName(path), streamed.Survey.Digest, streamed.Survey.Shape, streamed.Survey.Report, streamed.Survey.Rows, streamed.Interleaved), streamed, start, training, cancellation);
        }
        LabelledTweets tweets = LabelledTweets.Read(path, options, reading, cancellation);
        return Run(path, tweets, start, training, cancellation);
    }

    /// <summary>Trains on rows that were read before.</summary>
    /// <param name="path">Where they were read from.</param>
    /// <param name="tweets">The rows.</param>
    /// <param name="training">Told what is done.</param>
    /// <param name="cancellation">Ends the run with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">The rows or a setting cannot be used; the message says why.</exception>
    public TrainingResult Run(string path, LabelledTweets tweets, IProgress<TrainingProgress>? training = null, CancellationToken cancellation = default) =>
        Run(path, tweets, Clock.GetTimestamp(), training, cancellation);

    private TrainingResult Run(string path, LabelledTweets tweets, long start, IProgress<TrainingProgress>? training, CancellationToken cancellation)
    {
        var rows = new RowsInMemory(tweets);
        return Run(new DataUse(Path.GetFileName(path), tweets.Digest, tweets.Shape, tweets.Report, rows.Counts, Recipe.Learner is StreamLearner && ClassInterleaving.Suits(rows.Counts, Split.Train)), rows, start, training, cancellation);
    }

    private TrainingResult Run(DataUse data, ITrainingRows rows, long start, IProgress<TrainingProgress>? training, CancellationToken cancellation)
    {
        double read = Seconds(start);
        foreach (Sentiment needed in new[] { Sentiment.Negative, Sentiment.Positive })
        {
            if (data.Rows[needed] == 0) throw new InvalidInputException($"{data.FileName}: no row is {ClassColumns.NameOf(needed)}; a model tells positive from negative and needs both");
        }
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        start = Clock.GetTimestamp();
        var trainer = new TextTrainer(Recipe) { Seed = Seed, Checkpoints = Checkpoints, Besides = Besides?.Rows ?? TweetSet.Empty, Networks = Networks };
        (TextClassifier classifier, ThresholdChoice? threshold) = rows.Train(trainer, training, cancellation);
        (double fit, double cpuFit) = (Seconds(start), (Environment.CpuUsage.TotalTime - processor).TotalSeconds);
        // The training matrix outweighs all else and is garbage now; left alone, what follows would be piled on top of it.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);

        start = Clock.GetTimestamp();
        var scorers = new SideScorers(classifier, data.Rows);
        rows.Score(scorers, training, cancellation);
        ScoredSides scored = scorers.Finish(cancellation);
        training?.Report(new TrainingProgress("evaluating", 1));
        EvaluationReport? onTest = Report(classifier, scored.Test, cancellation);
        if (onTest is not null) onTest = onTest with { LatencyMs = LatencySummary.Measure(classifier, scored.Test.FirstTexts, Clock, cancellation) };
        var result = new TrainingResult
        {
            Classifier = classifier,
            Recipe = Recipe,
            Seed = Seed,
            Data = data with { Besides = Besides?.Origin },
            Threshold = threshold,
            Validation = Report(classifier, scored.Validation, cancellation),
            Test = onTest,
            Train = new TrainScore(scored.TrainSample.Accuracy(classifier.Threshold), scored.TrainSample.Count),
            ValidationScores = scored.Validation.Count > 0 ? scored.Validation : null,
            TestScores = scored.Test.Count > 0 ? scored.Test : null,
            Texts = scored.Texts,
            Seconds = new TrainingSeconds(read, fit, cpuFit, 0),
            PeakMemoryMb = PeakMemory(),
        };
        return result with { Seconds = result.Seconds with { Evaluate = Seconds(start) } };
    }

    private EvaluationReport? Report(TextClassifier classifier, ScoredRows rows, CancellationToken cancellation) =>
        rows.Count == 0 ? null : rows.Report(classifier.Threshold, new Bootstrap(Seed: Seed), cancellation);

    private double Seconds(long since) => Clock.GetElapsedTime(since).TotalSeconds;

    private static double PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64 / 1e6;
    }
}

/// <summary>Rows to learn from besides those of the data file.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Origin">Where they come from and who labelled them; one line.</param>
public sealed record RowsBesides(TweetSet Rows, string Origin);
