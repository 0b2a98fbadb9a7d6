using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
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
}

/// <summary>A classifier, and how its threshold was chosen where the recipe wanted a precision.</summary>
/// <param name="Classifier">Ready for use.</param>
/// <param name="Threshold">How the threshold was chosen, or null where it is one half.</param>
public sealed record TrainedClassifier(TextClassifier Classifier, ThresholdChoice? Threshold);

/// <summary>Carries out a recipe: fits on training rows, calibrates and chooses the threshold on validation rows. Same recipe, rows and order → same classifier.</summary>
public sealed class TextTrainer(Recipe recipe)
{
    /// <summary>Trains on rows in memory.</summary>
    /// <param name="train">Vocabulary and weights are learnt from these alone.</param>
    /// <param name="validation">Calibration and threshold are chosen on these; may be empty where the recipe needs neither.</param>
    /// <param name="classes">The classes in column order, two or more; each occurs in <paramref name="train"/>.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellation">Ends the training with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, a class has no rows, or validation rows are needed and missing.</exception>
    public TrainedClassifier Train(
        TweetSet train, TweetSet validation, IReadOnlyList<Sentiment> classes, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (recipe.Online is not null) return Train(InOrder(train), validation, classes, progress, cancellation);
        byte[] labels = ClassColumns.Of(train.Labels, classes);
        double[] prior = Prior(labels, classes);
        ILinearEstimator estimator = recipe.Estimator ?? throw new InvalidInputException($"recipe {recipe.Name} has neither estimator nor online");
        (FittedVectorizer vectorizer, NgramMatrix matrix) = recipe.Vectorizer.Fit(train.Texts, labels, Phase(progress, "vectorising"), cancellation);
        LinearModel model = estimator.Fit(vectorizer, matrix, labels, classes.Count, Fitting(progress), cancellation);
        return Finish(new TextClassifier(classes, vectorizer, model, prior), validation, cancellation);
    }

    /// <summary>Trains on a stream, in one pass, constant memory and the order of the stream; only for recipes with <see cref="Recipe.Online"/>.</summary>
    /// <inheritdoc cref="Train(TweetSet, TweetSet, IReadOnlyList{Sentiment}, IProgress{TrainingProgress}?, CancellationToken)"/>
    public TrainedClassifier Train(
        IEnumerable<(string Text, Sentiment Label)> train, TweetSet validation, IReadOnlyList<Sentiment> classes,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (recipe.Online is null) throw new InvalidInputException($"recipe {recipe.Name} does not learn from a stream");
        FittedVectorizer vectorizer = recipe.Vectorizer.Hashed();
        OnlineLogisticRegression.Learner learner = recipe.Online.Start(vectorizer, classes.Count);
        var column = new int[(int)Enum.GetValues<Sentiment>().Max() + 1];
        Array.Fill(column, -1);
        for (int c = 0; c < classes.Count; c++) column[(int)classes[c]] = c;
        var counts = new double[classes.Count];
        foreach ((string text, Sentiment label) in train)
        {
            int own = column[(int)label];
            if (own < 0) throw new InvalidInputException($"a row is labelled {ClassColumns.NameOf(label)}, which is none of the classes {string.Join(", ", classes.Select(ClassColumns.NameOf))}");
            learner.Learn(text, (byte)own);
            counts[own]++;
            if ((learner.Count & 1023) != 0) continue;
            cancellation.ThrowIfCancellationRequested();
            if ((learner.Count & 16383) == 0) progress?.Report(new TrainingProgress("learning", null) { Step = learner.Count, Loss = learner.TakeLoss() });
        }
        if (learner.TakeLoss() is { } last) progress?.Report(new TrainingProgress("learning", 1) { Step = learner.Count, Loss = last });
        CheckEachClassOccurs(counts, classes);
        return Finish(new TextClassifier(classes, vectorizer, learner.ToModel(), Array.ConvertAll(counts, count => count / learner.Count)), validation, cancellation);
    }

    private static IEnumerable<(string Text, Sentiment Label)> InOrder(TweetSet train)
    {
        var counts = new SplitCounts();
        foreach (Sentiment label in train.Labels) counts.Add(Split.Train, label);
        IEnumerable<(string Text, Sentiment Label)> rows = train.Texts.Zip(train.Labels);
        return ClassInterleaving.Suits(counts, Split.Train) ? ClassInterleaving.Of(counts.ByLabel(Split.Train), label => rows.Where(row => row.Label == label)) : rows;
    }

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

    private static double[] Prior(byte[] labels, IReadOnlyList<Sentiment> classes)
    {
        var counts = new double[classes.Count];
        foreach (byte label in labels) counts[label]++;
        CheckEachClassOccurs(counts, classes);
        return Array.ConvertAll(counts, count => count / labels.Length);
    }

    private static void CheckEachClassOccurs(double[] counts, IReadOnlyList<Sentiment> classes)
    {
        for (int c = 0; c < counts.Length; c++)
        {
            if (counts[c] == 0) throw new InvalidInputException($"no training row is {ClassColumns.NameOf(classes[c])}: every class needs some");
        }
    }

    private static Renamed? Phase(IProgress<TrainingProgress>? progress, string phase) => progress is null ? null : new Renamed(progress, phase);

    private static FitReports? Fitting(IProgress<TrainingProgress>? progress) => progress is null ? null : new FitReports(progress);

    private sealed class FitReports(IProgress<TrainingProgress> progress) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => progress.Report(new TrainingProgress("fitting", value.Share) { Step = value.Iteration, Loss = value.Loss });
    }

    private sealed class Renamed(IProgress<TrainingProgress> progress, string phase) : IProgress<double>
    {
        public void Report(double share) => progress.Report(new TrainingProgress(phase, share));
    }
}
