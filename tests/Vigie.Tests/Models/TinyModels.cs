using Vigie.Bundles;
using Vigie.Features;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Tests.Models;

/// <summary>Every kind of classifier, fitted in a blink to a few hundred tweets of a fixed set of phrases.</summary>
internal static class TinyModels
{
    /// <summary>Fits a classifier to texts and their class columns.</summary>
    public delegate TextClassifier Trainer(IReadOnlyList<string> texts, byte[] labels, IReadOnlyList<Sentiment> classes, CancellationToken cancellation);

    private static readonly NgramVectorizer Presence = new() { Binary = true, MinDf = 2, Ngrams = new Ngrams { WordMax = 2, SkipMax = 1, CharMin = 2, CharMax = 4 } };

    private static readonly Dictionary<Sentiment, string[]> Phrases = new()
    {
        [Sentiment.Negative] = ["worst flight ever", "lost my luggage again :(", "not happy at all", "never again", "3 hours late", "\U0001F621", "so rude", "retard inadmissible", "pas un mot d0027excuse", "#fail", "@airparis shame", "waiting for nothing", "no refund", "&lt;/3", "nuuuul"],
        [Sentiment.Neutral] = ["gate B12", "boarding at 10:45", "flying to Rome tomorrow", "http://t.co/x1", "who knows the bag limit ?", "vol AF123", "checked in", "RT @airparis", "is this seat taken", "window or aisle", "l0027embarquement commence", "two bags"],
        [Sentiment.Positive] = ["thank you so much", "best crew ever", "great service \U0001F600", "not bad at all", "on time", "merci l0027équipage", "love it <3", "so kind", "can0027t wait", "smooth landing :)", "#happy", "@airparis bravo", "\U0001F44D\U0001F3FD", "vraiment génial", "yaaaay"],
    };

    public static IReadOnlyDictionary<string, Trainer> All { get; } = new Dictionary<string, Trainer>
    {
        ["bow-lr"] = Linear(new NgramVectorizer { Weighting = Weighting.Count, L2 = false }, new LogisticRegression { C = 0.1 }),
        ["tfidf-lr"] = Linear(new NgramVectorizer { MaxFeatures = 500 }, new LogisticRegression()),
        ["tfidf-lr-l1"] = Linear(new NgramVectorizer { SublinearTf = true }, new LogisticRegression { Penalty = Penalty.L1, C = 4 }),
        ["tfidf-nb"] = Linear(new NgramVectorizer(), new NaiveBayes()),
        ["complement-nb"] = Linear(new NgramVectorizer { Weighting = Weighting.Count, L2 = false }, new NaiveBayes { Kind = NaiveBayesKind.Complement }),
        ["bernoulli-nb"] = Linear(new NgramVectorizer { Weighting = Weighting.Count, Binary = true, L2 = false }, new NaiveBayes { Kind = NaiveBayesKind.Bernoulli }),
        ["tfidf-svm"] = Calibrated(Linear(new NgramVectorizer(), new LinearSvc())),
        ["count-svm"] = Linear(new NgramVectorizer { Weighting = Weighting.Count, L2 = false }, new LinearSvc { C = 0.01 }),
        ["nb-svm"] = Linear(Presence with { Weighting = Weighting.NaiveBayes }, new DualLogisticRegression()),
        ["chars"] = Linear(new NgramVectorizer { Binary = true, Ngrams = new Ngrams { WordMax = 0, CharMin = 1, CharMax = 3, CharBoundary = CharBoundary.Text } }, new DualLogisticRegression { Epochs = 2 }),
        ["online"] = Online(new NgramVectorizer { HashBits = 14, Weighting = Weighting.Count, Binary = true, Ngrams = new Ngrams { WordMax = 2 } }),
    };

    /// <summary>Rows: the classifier's name and the number of classes.</summary>
    public static IEnumerable<TheoryDataRow<string, int>> Rows => from name in All.Keys from classes in new[] { 2, 3 } select new TheoryDataRow<string, int>(name, classes);

    /// <summary>The tweets that the models are fitted to.</summary>
    public static (IReadOnlyList<string> Texts, byte[] Labels, IReadOnlyList<Sentiment> Classes) Tweets(int classes, int rows = 400, ulong seed = 7)
    {
        Sentiment[] columns = classes == 3 ? [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive] : [Sentiment.Negative, Sentiment.Positive];
        var random = new Random((int)seed);
        byte[] labels = [.. Enumerable.Range(0, rows).Select(i => (byte)(i % classes))];
        return ([.. labels.Select(label => Tweet(random, columns[label]))], labels, columns);
    }

    // Three phrases of the own kind and one of any: separable enough to learn, too mixed to be certain.
    private static string Tweet(Random random, Sentiment own)
    {
        var parts = new string[4];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] phrases = Phrases[(i == 0 ? (Sentiment)random.Next(3) : own)];
            parts[i] = phrases[random.Next(phrases.Length)];
        }
        random.Shuffle(parts);
        return string.Join(" ", parts);
    }

    public static TextClassifier Fit(string name, int classes, CancellationToken cancellation = default)
    {
        (IReadOnlyList<string> texts, byte[] labels, IReadOnlyList<Sentiment> columns) = Tweets(classes);
        return All[name](texts, labels, columns, cancellation);
    }

    /// <summary>What a bundle says of such a model.</summary>
    public static BundleInfo Info(string recipe = "tfidf-lr") => new()
    {
        Name = "tiny",
        Recipe = recipe,
        Settings = new Dictionary<string, string> { ["min_df"] = "1", ["c"] = "1" },
        Seed = 7,
        Data = new TrainingData("tweets.csv", new string('a', 64), [new SplitRows(Split.Train, new Dictionary<string, int> { ["negative"] = 210, ["positive"] = 190 })]),
    };

    private static Trainer Linear(NgramVectorizer options, ILinearEstimator estimator) => (texts, labels, classes, cancellation) =>
    {
        (FittedVectorizer vectorizer, NgramMatrix matrix) = options.Fit(texts, labels, null, cancellation);
        return new TextClassifier(classes, vectorizer, estimator.Fit(vectorizer, matrix, labels, classes.Count, null, cancellation), Prior(labels, classes.Count));
    };

    private static Trainer Calibrated(Trainer trainer) => (texts, labels, classes, cancellation) =>
    {
        TextClassifier raw = trainer(texts, labels, classes, cancellation);
        return classes.Count == 2 ? raw.WithCalibrations([PlattScaling.Fit(raw.Decide(texts, cancellation), labels)]).WithThreshold(0.55) : raw;
    };

    private static Trainer Online(NgramVectorizer options) => (texts, labels, classes, cancellation) =>
    {
        FittedVectorizer vectorizer = options.Hashed();
        OnlineLogisticRegression.Learner learner = new OnlineLogisticRegression().Start(vectorizer, classes.Count);
        for (int i = 0; i < texts.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            learner.Learn(texts[i], labels[i]);
        }
        return new TextClassifier(classes, vectorizer, learner.ToModel(), Prior(labels, classes.Count));
    };

    private static double[] Prior(byte[] labels, int classes) => [.. Enumerable.Range(0, classes).Select(c => labels.Count(label => label == c) / (double)labels.Length)];
}
