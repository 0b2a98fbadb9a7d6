using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>What a training is doing, and how far it is.</summary>
/// <param name="Phase">A few words for people.</param>
/// <param name="Share">From 0 to 1; null where it is not known.</param>
public readonly record struct TrainingProgress(string Phase, double? Share)
{
    /// <summary>Where <see cref="Loss"/> was taken: after so many passes or iterations; where texts are learnt from one by one, after so many texts.</summary>
    public long? Step { get; init; }

    /// <summary>The training loss, as <see cref="FitProgress.Loss"/>; of a stream, the mean of the texts since the report before, each just before it was learnt from.</summary>
    public double? Loss { get; init; }

    /// <summary>The mean loss over validation rows at <see cref="Step"/>, where they are watched.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>All figures of an epoch of a network that has just ended.</summary>
    public NetworkEpoch? Epoch { get; init; }
}

/// <summary>A classifier, and how its threshold was chosen where the recipe wanted a precision.</summary>
/// <param name="Classifier">Ready for use.</param>
/// <param name="Threshold">How the threshold was chosen, or null where it is one half.</param>
public sealed record TrainedClassifier(TextClassifier Classifier, ThresholdChoice? Threshold);

/// <summary>Carries out a recipe: fits on training rows, calibrates and chooses the threshold on validation rows. Same recipe, seed, rows and order → same classifier.</summary>
public sealed class TextTrainer(Recipe recipe)
{
    /// <summary>Seeds whatever is drawn by chance.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>A folder where a long training keeps what it needs to go on after a stop; null for none.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Rows to learn from besides those given: of another file, or labelled by another model.</summary>
    public TweetSet Besides { get; init; } = TweetSet.Empty;

    /// <summary>Trains networks; needed where <see cref="TextLearner.TrainsNetwork"/>.</summary>
    public INetworkTrainer? Networks { get; init; }

    /// <summary>Trains on rows in memory.</summary>
    /// <param name="train">Vocabulary and weights are learnt from these alone.</param>
    /// <param name="validation">Calibration and threshold are chosen on these, and learners that stop early stop by them; may be empty where the recipe needs neither.</param>
    /// <param name="classes">The classes in column order, two or more; each occurs in <paramref name="train"/>.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Ends the training with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, a class has no rows, or validation rows are needed and missing.</exception>
    public TrainedClassifier Train(
        TweetSet train, TweetSet validation, IReadOnlyList<Sentiment> classes, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (Besides.Count > 0) train = new TweetSet([.. train.Texts, .. Besides.Texts], [.. train.Labels, .. Besides.Labels]);
        byte[] labels = ClassColumns.Of(train.Labels, classes);
        var counts = new long[classes.Count];
        foreach (byte label in labels) counts[label]++;
        double[] prior = Prior(counts, classes);
        TweetSet stopping = recipe.Learner.LooksAtValidation ? validation : TweetSet.Empty;
        var rows = new LearningRows(classes, train.Texts, labels, stopping.Texts, ClassColumns.Of(stopping.Labels, classes));
        return Finish(new TextClassifier(classes, recipe.Learner.Fit(rows, Context(progress, cancellation)), prior), validation, cancellation);
    }

    /// <summary>Trains on a stream, in one pass, constant memory and the order of the stream; only for recipes with a <see cref="StreamLearner"/>.</summary>
    /// <inheritdoc cref="Train(TweetSet, TweetSet, IReadOnlyList{Sentiment}, IProgress{TrainingProgress}?, CancellationToken)"/>
    public TrainedClassifier Train(
        IEnumerable<(string Text, Sentiment Label)> train, TweetSet validation, IReadOnlyList<Sentiment> classes,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (recipe.Learner is not StreamLearner learner) throw new InvalidInputException($"recipe {recipe.Name} does not learn from a stream");
        (LinearTextModel model, long[] counts) = learner.Fit(train.Concat(Besides.Texts.Zip(Besides.Labels)), classes, Context(progress, cancellation));
        return Finish(new TextClassifier(classes, model, Prior(counts, classes)), validation, cancellation);
    }

    private FitContext Context(IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        new() { Seed = Seed, Progress = progress, Cancellation = cancellation, Checkpoints = Checkpoints, Networks = Networks };

    private TrainedClassifier Finish(TextClassifier classifier, TweetSet validation, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (recipe.Calibration != CalibrationMethod.None) classifier = Calibrate(classifier, validation, cancellation);
        if (recipe.WantedPrecision is not double wanted) return new TrainedClassifier(classifier, null);
        if (classifier.Classes.Count != 2) throw new InvalidInputException($"wanted_precision chooses the threshold of a two-class model; the data has {classifier.Classes.Count} classes");
        byte[] labels = Needed(validation, classifier.Classes, "wanted_precision");
        double[] positive = ClassColumns.Column(classifier.PredictProbabilities(validation.Texts, cancellation), 2, 1);
        ThresholdChoice choice = new PrecisionTarget(wanted).Choose(RankedScores.Of(positive, labels));
        // Out of reach is reported, never replaced by something else: the caller sees Reached false and the threshold stays one half.
        return new TrainedClassifier(choice.Threshold is double threshold ? classifier.WithThreshold(Math.Clamp(threshold, 1e-12, 1 - 1e-12)) : classifier, choice);
    }

    private TextClassifier Calibrate(TextClassifier classifier, TweetSet validation, CancellationToken cancellation)
    {
        int scoreCount = classifier.Model.ScoreCount;
        if (scoreCount > 1 && classifier.Model.Link == Link.Softmax)
            throw new InvalidInputException($"calibration={recipe.Calibration.ToString().ToLowerInvariant()} calibrates each score by itself; the scores of {recipe.Name} with {scoreCount} classes are one softmax");
        byte[] labels = Needed(validation, classifier.Classes, "calibration");
        double[] scores = classifier.Decide(validation.Texts, cancellation);
        var calibrations = new Calibration[scoreCount];
        for (int s = 0; s < scoreCount; s++)
        {
            int column = scoreCount == 1 ? 1 : s;
            double[] own = ClassColumns.Column(scores, scoreCount, s);
            byte[] target = Array.ConvertAll(labels, label => (byte)(label == column ? 1 : 0));
            calibrations[s] = recipe.Calibration switch
            {
                CalibrationMethod.Platt => PlattScaling.Fit(own, target),
                CalibrationMethod.Isotonic => IsotonicRegression.Fit(own, target),
                _ => TemperatureScaling.Fit(own, target),
            };
        }
        return classifier.WithCalibrations(calibrations);
    }

    private byte[] Needed(TweetSet validation, IReadOnlyList<Sentiment> classes, string why)
    {
        if (validation.Count > 0) return ClassColumns.Of(validation.Labels, classes);
        throw new InvalidInputException($"recipe {recipe.Name} needs validation rows for {why}, and there are none: give more rows, or set {why}=none");
    }

    private static double[] Prior(long[] counts, IReadOnlyList<Sentiment> classes)
    {
        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] == 0) throw new InvalidInputException($"no training row is {ClassColumns.NameOf(classes[c])}: every class needs some");
        }
        double all = counts.Sum();
        return Array.ConvertAll(counts, count => count / all);
    }
}
