using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>Labelled rows to train on and to score afterwards.</summary>
internal interface ITrainingRows
{
    TrainedClassifier Train(TextTrainer trainer, IProgress<TrainingProgress>? progress, CancellationToken cancellation);

    void Score(SideScorers scorers, IProgress<TrainingProgress>? progress, CancellationToken cancellation);
}

/// <summary>Sorts rows to the scorer of their side: all of validation and test, a sample of train.</summary>
internal sealed class SideScorers
{
    private const int SampleSize = 20_000;

    private readonly RowScorer train, validation, test;
    private readonly int trainStep, validationStep;
    private readonly List<string> trainTexts = [], validationTexts = [];
    private int trainRows, validationRows;

    public SideScorers(TextClassifier classifier, SplitCounts rows)
    {
        (train, validation, test) = (new RowScorer(classifier), new RowScorer(classifier), new RowScorer(classifier));
        // Every k-th row, not the first ones: a file may be sorted by label.
        (trainStep, validationStep) = (Step(rows[Split.Train]), Step(rows[Split.Validation]));
    }

    public void Add(string text, Sentiment label, Split split, CancellationToken cancellation)
    {
        switch (split)
        {
            case Split.Train:
                if (trainRows++ % trainStep != 0) return;
                trainTexts.Add(text);
                train.Add(text, label, cancellation);
                break;
            case Split.Validation:
                if (validationRows++ % validationStep == 0) validationTexts.Add(text);
                validation.Add(text, label, cancellation);
                break;
            default:
                test.Add(text, label, cancellation);
                break;
        }
    }

    public ScoredSides Finish(CancellationToken cancellation)
    {
        ScoredRows scored = train.Finish(cancellation);
        return new ScoredSides(scored, validation.Finish(cancellation), test.Finish(cancellation), new TextSample(trainTexts, scored.Truth, validationTexts));
    }

    private static int Step(int rows) => Math.Max(1, (rows + SampleSize - 1) / SampleSize);
}

internal sealed record ScoredSides(ScoredRows TrainSample, ScoredRows Validation, ScoredRows Test, TextSample Texts);

/// <summary>Rows that were read once.</summary>
internal sealed class RowsInMemory : ITrainingRows
{
    private readonly LabelledTweets tweets;

    public RowsInMemory(LabelledTweets tweets)
    {
        this.tweets = tweets;
        for (int i = 0; i < tweets.Splits.Length; i++) Counts.Add(tweets.Splits[i], tweets.All.Labels[i]);
    }

    public SplitCounts Counts { get; } = new();

    public TrainedClassifier Train(TextTrainer trainer, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        trainer.Train(tweets[Split.Train], tweets[Split.Validation], tweets.Classes, progress, cancellation);

    public void Score(SideScorers scorers, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        for (int i = 0; i < tweets.Splits.Length; i++)
        {
            scorers.Add(tweets.All.Texts[i], tweets.All.Labels[i], tweets.Splits[i], cancellation);
            if ((i & 4095) == 0) progress?.Report(new TrainingProgress("evaluating", (double)i / tweets.Splits.Length));
        }
    }
}

/// <summary>Rows that are read again for each step and never held: a file of any length in constant memory.</summary>
internal sealed class StreamedRows : ITrainingRows
{
    private readonly string path;
    private readonly TweetReaderOptions options;
    private readonly TweetSet validation;

    public StreamedRows(string path, TweetReaderOptions? options, bool keepValidation, IProgress<ReadProgress>? reading, CancellationToken cancellation)
    {
        this.path = path;
        this.options = (options ?? new TweetReaderOptions()) with { RequireLabels = true };
        Survey = TweetSurvey.Read(path, options, reading, cancellation);
        Interleaved = ClassInterleaving.Suits(Survey.Rows, Split.Train);
        (string Text, Sentiment Label)[] kept = keepValidation ? [.. Side(Rows("reading validation rows", null, cancellation), Split.Validation)] : [];
        validation = new TweetSet([.. kept.Select(row => row.Text)], [.. kept.Select(row => row.Label)]);
    }

    public TweetSurvey Survey { get; }

    /// <summary>Whether the training rows are sorted by label, so that the classes have to be taken by turns.</summary>
    public bool Interleaved { get; }

    public TrainedClassifier Train(TextTrainer trainer, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        trainer.Train(Interleaved ? Turns(progress, cancellation) : Side(Rows("learning", progress, cancellation), Split.Train), validation, Survey.Classes, progress, cancellation);

    public void Score(SideScorers scorers, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        foreach ((string text, Sentiment label, Split split) in Rows("evaluating", progress, cancellation)) scorers.Add(text, label, split, cancellation);
    }

    // One reader for each class, side by side: memory stays constant, and a file sorted by label is read once more for each class at most.
    private IEnumerable<(string Text, Sentiment Label)> Turns(IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        const string phase = "learning, classes by turns";
        // A sample by text hash is in memory anyway, and once is enough.
        IEnumerable<(string, Sentiment Label, Split)> rows = options.Sample is not null && !Survey.Shape.HasRank ? [.. Rows(phase, null, cancellation)] : Rows(phase, null, cancellation);
        int taken = 0;
        foreach ((string, Sentiment) row in ClassInterleaving.Of(Survey.Rows.ByLabel(Split.Train), label => Side(rows.Where(row => row.Label == label), Split.Train)))
        {
            yield return row;
            if ((++taken & 4095) == 0) progress?.Report(new TrainingProgress(phase, (double)taken / Survey.Rows[Split.Train]));
        }
    }

    private static IEnumerable<(string Text, Sentiment Label)> Side(IEnumerable<(string Text, Sentiment Label, Split Split)> rows, Split side) =>
        rows.Where(row => row.Split == side).Select(row => (row.Text, row.Label));

    private IEnumerable<(string Text, Sentiment Label, Split Split)> Rows(string phase, IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        using TweetReader reader = TweetReader.Open(path, options, null, cancellation);
        int row = 0;
        foreach ((string, Sentiment, Split) next in LabelledTweets.Rows(reader, options.Sample))
        {
            yield return next;
            if ((++row & 4095) == 0) progress?.Report(new TrainingProgress(phase, (double)row / Survey.Rows.Total));
        }
        if (row != Survey.Rows.Total) throw new InvalidInputException($"{path}: has {row} rows now and had {Survey.Rows.Total} when they were counted: it changed while it was read");
    }
}
