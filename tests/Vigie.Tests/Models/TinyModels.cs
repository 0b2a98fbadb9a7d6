using Vigie.Bundles;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Models.Trees;
using Vigie.Tweets;

namespace Vigie.Tests.Models;

/// <summary>Every recipe, and what else its settings can make of it, trained in a blink on a few hundred made-up tweets.</summary>
internal static class TinyModels
{
    private static readonly Dictionary<Sentiment, string[]> Phrases = new()
    {
        [Sentiment.Negative] =
        [
            "worst flight ever", "lost my luggage again :(", "not happy at all", "never again", "3 hours late", "\U0001F621", "so rude", "retard inadmissible",
            "pas un mot d'excuse", "#fail", "@airparis shame", "waiting for nothing", "no refund", "&lt;/3", "nuuuul", "the \\o/ crew is a joke",
        ],
        [Sentiment.Neutral] =
        [
            "gate B12", "boarding at 10:45", "flying to Rome tomorrow", "http://t.co/x1", "who knows the bag limit ?", "vol AF123", "checked in",
            "RT @airparis", "is this seat taken", "window or aisle", "l'embarquement commence", "two bags",
        ],
        [Sentiment.Positive] =
        [
            "thank you so much", "best crew ever", "great service \U0001F600", "not bad at all", "on time", "merci l'équipage", "love it <3", "so kind",
            "can't wait", "smooth landing :)", "#happyToFly", "@airparis bravo", "\U0001F44D\U0001F3FD", "vraiment génial", "yaaaay",
        ],
    };

    /// <summary>The shipped recipes as they are, then with settings that take other ways through the code.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. RecipeCatalog.All.Where(recipe => !recipe.Learner.TrainsNetwork).Select(recipe => recipe.Name), // networks take libtorch, which stands apart
        "bow-lr binary=true l2=true stop_words=english",
        "tfidf-lr penalty=l1 C=8 form=lemma hashtags=split tokens=tweet",
        "tfidf-lr class_weight=balanced sublinear_tf=true calibration=temperature wanted_precision=0.9",
        "tfidf-nb kind=complement weighting=count l2=false",
        "tfidf-nb kind=bernoulli binary=true weighting=count l2=false",
        "tfidf-svm calibration=isotonic form=stem_french stop_words=french",
        "tfidf-svm calibration=none weighting=count l2=false tokens=whitespace",
        "linear-best word_max=0 char_min=2 char_max=3 char_boundary=word negation_scope=0",
        "tfidf-rf max_bin=16 max_depth=40 max_split_features=9 bootstrap=false binary=true weighting=count l2=false word_max=2",
        "tfidf-xgboost n_estimators=20 tree_method=exact subsample=0.8 max_depth=6 early_stopping_rounds=3",
        "tfidf-lightgbm n_estimators=40 num_leaves=7 colsample_bytree=0.6 reg_lambda=1 early_stopping_rounds=8",
        "linear-fast hash_bits=12 char_max=3",
        "fasttext minn=2 maxn=4 word_ngrams=1 min_count=1 dim=9 bucket=100003 form=stem",
    ];

    /// <summary>Rows: a name, and the number of classes. A softmax takes no calibration, and a wanted precision is that of two classes.</summary>
    public static IEnumerable<TheoryDataRow<string, int>> Rows =>
        from name in Names
        from classes in new[] { 2, 3 }
        where classes == 2 || !name.Contains("wanted_precision", StringComparison.Ordinal)
        select new TheoryDataRow<string, int>(name, classes);

    /// <summary>Made-up tweets and their labels, the same for the same seed.</summary>
    public static TweetSet Tweets(int classes, int rows = 400, int seed = 7)
    {
        Sentiment[] columns = Classes(classes);
        var random = new Random(seed);
        Sentiment[] labels = [.. Enumerable.Range(0, rows).Select(i => columns[i % classes])];
        return new TweetSet([.. labels.Select(label => Text(random, label))], labels);
    }

    public static Sentiment[] Classes(int classes) => classes == 3 ? [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive] : [Sentiment.Negative, Sentiment.Positive];

    /// <summary>Trains a recipe given by name and settings, <c>tfidf-lr C=4</c>.</summary>
    public static TextClassifier Fit(string name, int classes, CancellationToken cancellation = default)
    {
        string[] parts = name.Split(' ');
        if (parts[0] == "tfidf-xgboost") SparseRows.SkipUnlessInstalled(NativeTreeLibrary.Xgboost);
        if (parts[0] == "tfidf-lightgbm") SparseRows.SkipUnlessInstalled(NativeTreeLibrary.LightGbm);
        Recipe recipe = RecipeParameter.Set(RecipeCatalog.Find(parts[0]), [.. parts.Skip(1).Select(setting => setting.Split('=')).Select(setting => (setting[0], setting[1]))]);
        return new TextTrainer(recipe).Train(Tweets(classes), Tweets(classes, 120, seed: 8), Classes(classes), null, cancellation).Classifier;
    }

    /// <summary>What a bundle says of such a model.</summary>
    public static BundleInfo Info(string recipe = "tfidf-lr") => new()
    {
        Name = "tiny",
        Recipe = recipe,
        Settings = new Dictionary<string, string> { ["min_df"] = "1", ["C"] = "1" },
        Seed = 7,
        Data = new TrainingData("tweets.csv", new string('a', 64), [new SplitRows(Split.Train, new Dictionary<string, int> { ["negative"] = 210, ["positive"] = 190 })]),
    };

    // Three phrases of the own kind and one of any: separable enough to learn, too mixed to be certain.
    private static string Text(Random random, Sentiment own)
    {
        var parts = new string[4];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] phrases = Phrases[i == 0 ? (Sentiment)random.Next(3) : own];
            parts[i] = phrases[random.Next(phrases.Length)];
        }
        random.Shuffle(parts);
        return string.Join(" ", parts);
    }
}
