using Vigie.Evaluation;
using Vigie.Networks;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>Trains a recipe on growing parts of the training rows, each holding the ones before it: would more data help?</summary>
/// <param name="Recipe">How to train.</param>
public sealed record LearningCurveRun(Recipe Recipe)
{
    private const int MostRowsScored = 20_000;

    private static readonly int[] Parts = [16, 8, 4, 2, 1];

    /// <summary>Seeds the estimator.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Trains networks; needed where <see cref="TextLearner.TrainsNetwork"/>.</summary>
    public INetworkTrainer? Networks { get; init; }

    /// <summary>Refuses rows that <see cref="Run"/> would refuse: to be asked before a training that comes first.</summary>
    /// <param name="tweets">The rows.</param>
    /// <exception cref="InvalidInputException">There are no validation rows, or a class is missing among them or in the smallest part of the training rows.</exception>
    public static void Check(LabelledTweets tweets) => Sides(tweets);

    /// <summary>Macro F1 on the rows trained on and on validation rows, for a sixteenth, an eighth, a quarter, half and all of the training rows.</summary>
    /// <param name="tweets">The rows; those of the smallest text hashes are taken first.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Ends the run.</param>
    /// <exception cref="InvalidInputException">As <see cref="Check"/>; a setting of the recipe is out of range.</exception>
    public IReadOnlyList<LearningCurvePoint> Run(LabelledTweets tweets, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        (TweetSet train, TweetSet validation) = Sides(tweets);
        var trainer = new TextTrainer(Recipe) { Seed = Seed, Networks = Networks };
        var points = new List<LearningCurvePoint>();
        int total = Parts.Sum(part => train.Count / part), done = 0;
        foreach (int part in Parts)
        {
            TweetSet rows = First(train, train.Count / part);
            TrainedClassifier trained = trainer.Train(rows, validation, tweets.Classes, null, cancellation);
            points.Add(new LearningCurvePoint(
                rows.Count, MacroF1(trained, Scored(rows), cancellation), MacroF1(trained, validation, cancellation)));
            progress?.Report(new TrainingProgress("learning curve", (double)(done += rows.Count) / total));
        }
        return points;
    }

    // Macro F1 is defined where every class occurs. Each part holds the smaller ones, so the smallest answers for all.
    private static (TweetSet Train, TweetSet Validation) Sides(LabelledTweets tweets)
    {
        TweetSet train = ByHash(tweets[Split.Train]), validation = tweets[Split.Validation];
        if (validation.Count == 0) throw new InvalidInputException("a learning curve is measured on validation rows, and there are none: give more rows, or a split column with some");
        TweetSet smallest = Scored(First(train, train.Count / Parts[0]));
        foreach (Sentiment label in tweets.Classes)
        {
            if (smallest.CountOf(label) == 0)
                throw new InvalidInputException($"a learning curve begins with a sixteenth of the {train.Count} training rows, and no {ClassColumns.NameOf(label)} row is among those {smallest.Count}; it takes more rows");
            if (validation.CountOf(label) == 0)
                throw new InvalidInputException($"a learning curve is measured on validation rows, and none of the {validation.Count} is {ClassColumns.NameOf(label)}; it takes more rows");
        }
        return (train, validation);
    }

    private static TweetSet Scored(TweetSet rows) => First(rows, Math.Min(rows.Count, MostRowsScored));

    private static double MacroF1(TrainedClassifier trained, TweetSet rows, CancellationToken cancellation)
    {
        var scorer = new RowScorer(trained.Classifier);
        for (int i = 0; i < rows.Count; i++) scorer.Add(rows.Texts[i], rows.Labels[i], cancellation);
        ScoredRows scored = scorer.Finish(cancellation);
        return ConfusionMatrix.Of(scored.Truth, scored.Decide(trained.Classifier.Threshold), scored.Classes.Count).F1Macro
            ?? throw new InvalidInputException($"macro F1 is not defined on {rows.Count} rows that lack a class");
    }

    private static TweetSet ByHash(TweetSet rows)
    {
        ulong[] hashes = Array.ConvertAll(rows.Texts, text => TextHash.Of(text));
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        Array.Sort(hashes, order);
        return new TweetSet(Array.ConvertAll(order, i => rows.Texts[i]), Array.ConvertAll(order, i => rows.Labels[i]));
    }

    private static TweetSet First(TweetSet rows, int count) => new(rows.Texts[..count], rows.Labels[..count]);
}
