using Vigie.Corpus;
using Vigie.Features;
using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Real models, small enough to be trained in a moment.</summary>
public static class SmallModels
{
    private static readonly Lazy<ServedModel> Both = new(() => Train(neutralShare: 0));
    private static readonly Lazy<ServedModel> Three = new(() => Train(neutralShare: 0.3));

    /// <summary>Negative and positive.</summary>
    public static ServedModel TwoClasses => Both.Value;

    /// <summary>Negative, neutral and positive.</summary>
    public static ServedModel ThreeClasses => Three.Value;

    private static ServedModel Train(double neutralShare)
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 6_000, NeutralShare = neutralShare })];
        Sentiment[] classes = [.. tweets.Select(tweet => tweet.Label!.Value).Distinct().Order()];
        byte[] labels = [.. tweets.Select(tweet => (byte)Array.IndexOf(classes, tweet.Label!.Value))];
        var vectorizer = new NgramVectorizer { Ngrams = new Ngrams { WordMax = 2 }, MinDf = 2, SublinearTf = true };
        (FittedVectorizer fitted, NgramMatrix counts) = vectorizer.Fit([.. tweets.Select(tweet => tweet.Text)], labels);
        LinearModel linear = new LogisticRegression { C = 4 }.Fit(fitted, counts, labels, classes.Length);
        double[] prior = [.. classes.Select((_, c) => labels.Count(label => label == c) / (double)labels.Length)];
        return new ServedModel(
            new TextClassifier(classes, fitted, linear, prior), "air-paradis", "3", "tfidf-lr", new string('5', 64),
            new Dictionary<string, double> { ["f1_macro"] = 0.871, ["accuracy"] = 0.872 });
    }
}
