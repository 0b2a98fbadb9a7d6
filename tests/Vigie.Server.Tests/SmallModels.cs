using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Real models, small enough to be trained in a moment.</summary>
public static class SmallModels
{
    private static readonly Lazy<ServedModel> Two = new(() => Train(6_000));
    private static readonly Lazy<ServedModel> Three = new(() => Train(6_000, neutralShare: 0.3));

    /// <summary>Negative and positive.</summary>
    public static ServedModel TwoClasses => Two.Value;

    /// <summary>Negative, neutral and positive.</summary>
    public static ServedModel ThreeClasses => Three.Value;

    /// <summary>Trains on five sixths of the rows and tests on the rest: words and pairs of words, logistic regression, unless a recipe is named.</summary>
    public static ServedModel Train(int rows, double neutralShare = 0, Recipe? named = null)
    {
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = rows, NeutralShare = neutralShare })];
        Sentiment[] classes = [.. tweets.Select(tweet => tweet.Label!.Value).Distinct().Order()];
        TweetSet train = Set(tweets[(rows / 6)..]), test = Set(tweets[..(rows / 6)]);
        Recipe recipe = named ?? new Recipe("tfidf-lr", "words and pairs", new LinearLearner(new LogisticRegression { C = 4 })
        {
            Vectorizer = new NgramVectorizer { Ngrams = new Ngrams { WordMax = 2 }, MinDf = 2, SublinearTf = true },
        });
        TextClassifier classifier = new TextTrainer(recipe).Train(train, Set([]), classes).Classifier;
        return new ServedModel(
            classifier,
            new BundleInfo
            {
                Name = "air-paradis",
                Recipe = recipe.Name,
                Settings = new Dictionary<string, string> { ["C"] = "4", ["word_max"] = "2" },
                Seed = 1,
                Data = new TrainingData("air-paradis.csv", new string('d', 64), [Rows(Split.Train, train), Rows(Split.Test, test)]),
                Test = EvaluationReport.Measure(test.Labels, classifier.PredictProbabilities(test.Texts), classes, bootstrap: new Bootstrap { Resamples = 50 }),
            },
            new string('5', 64),
            "3");
    }

    private static TweetSet Set(Tweet[] tweets) => new([.. tweets.Select(tweet => tweet.Text)], [.. tweets.Select(tweet => tweet.Label!.Value)]);

    private static SplitRows Rows(Split split, TweetSet set) =>
        new(split, Enum.GetValues<Sentiment>().Where(label => set.CountOf(label) > 0).ToDictionary(label => label.ToString().ToLowerInvariant(), set.CountOf));
}
