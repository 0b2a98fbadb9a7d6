using Vigie.Features;
using Vigie.Models;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>The recipes that come with Vigie.</summary>
public static class RecipeCatalog
{
    private static readonly NgramVectorizer Baseline = new() { Text = TextPipeline.ScikitLearn, MaxFeatures = 10_000 };

    private static readonly NgramVectorizer EverythingInReach = new()
    {
        Ngrams = new Ngrams { WordMax = 3, SkipMax = 2, CharMin = 4, CharMax = 5, CharBoundary = CharBoundary.Text },
        MinDf = 2,
        Binary = true,
        Weighting = Weighting.NaiveBayes,
    };

    private static readonly LinearLearner BestLinear = new(new DualLogisticRegression()) { Vectorizer = EverythingInReach };

    /// <summary>All recipes, plainest first.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("bow-lr", "word counts, logistic regression", new LinearLearner(new LogisticRegression { C = 0.1 }) { Vectorizer = Baseline with { Weighting = Weighting.Count, L2 = false } }),
        new("tfidf-lr", "TF-IDF of 10,000 words, logistic regression: the reference baseline", new LinearLearner(new LogisticRegression()) { Vectorizer = Baseline }),
        new("tfidf-nb", "TF-IDF of 10,000 words, naive Bayes", new LinearLearner(new NaiveBayes()) { Vectorizer = Baseline }),
        new("tfidf-svm", "TF-IDF of 10,000 words, linear support vector machine, calibrated", new LinearLearner(new LinearSvc { C = 0.1 }) { Vectorizer = Baseline })
        {
            Calibration = CalibrationMethod.Platt,
        },
        new("nb-svm", "words and pairs weighed by naive Bayes, linear support vector machine, calibrated (Wang and Manning 2012)", new LinearLearner(new LinearSvc())
        {
            Vectorizer = new NgramVectorizer
            {
                Ngrams = new Ngrams { WordMax = 2 },
                MinDf = 2,
                Binary = true,
                Weighting = Weighting.NaiveBayes,
                NaiveBayes = new NaiveBayesWeights { Power = 1, Floor = 0.01 },
            },
        })
        {
            Calibration = CalibrationMethod.Platt,
        },
        new(
            "linear-best", "words, phrases, word pairs at a distance and characters weighed by naive Bayes, logistic regression: the most accurate linear model",
            BestLinear),
        new("tfidf-rf", "TF-IDF of 10,000 words, random forest of 100 trees", new ForestLearner(new RandomForest { MinSamplesLeaf = 2 }) { Vectorizer = Baseline }),
        new(
            "tfidf-xgboost", "TF-IDF of 10,000 words, 200 boosted trees grown by the XGBoost library, which must be installed",
            new ForestLearner(new Xgboost { MaxDepth = 30, MinChildWeight = 2, ColsampleByTree = 0.1, MaxBin = 2 }) { Vectorizer = Baseline }),
        new(
            "tfidf-lightgbm", "TF-IDF of 10,000 words, 200 boosted trees grown by the LightGBM library",
            new ForestLearner(new LightGbm { LeafCount = 127, MinChildSamples = 10, Lambda = 1, MaxBin = 3 }) { Vectorizer = Baseline }),
        new("linear-fast", "hashed words and phrases, one pass over the file in constant memory", new StreamLearner(new OnlineLogisticRegression())
        {
            Vectorizer = new NgramVectorizer { Ngrams = new Ngrams { WordMax = 2 }, Binary = true, Weighting = Weighting.Count, HashBits = 22 },
        }),
        new("fasttext", "fastText's classifier: embeddings of words and phrases, their scaled sum, a linear layer; little memory, less time", new FastTextLearner(new FastTextTrainer())),
        .. NetworkRecipes.All,
        new(
            "best-neural", "wide and deep: a bidirectional LSTM over Word2Vec beside the n-grams of linear-best, under one last layer: the most accurate",
            new WideAndDeepLearner(NetworkRecipes.Word2vecLstm, BestLinear)),
    ];

    /// <summary>The recipe of that name.</summary>
    /// <exception cref="InvalidInputException">There is none; the message lists what there is.</exception>
    public static Recipe Find(string name) => All.FirstOrDefault(recipe => recipe.Name == name)
        ?? throw new InvalidInputException($"no recipe '{name}'; there are {string.Join(", ", All.Select(recipe => recipe.Name))}");
}
