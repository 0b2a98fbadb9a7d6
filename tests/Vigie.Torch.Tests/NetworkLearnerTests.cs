using Vigie.Bundles;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Recipes;
using Vigie.Tweets;

namespace Vigie.Torch.Tests;

public class NetworkLearnerTests
{
    private static readonly string[] Good = ["thank you so much", "best crew ever", "great flight :)", "love the food"], Bad = ["lost my bag", "late again !", "worst crew ever", "hate the food"];

    [Theory]
    [InlineData("word2vec-dense")]
    [InlineData("word2vec-lstm")]
    [InlineData("fasttext-dense")]
    [InlineData("fasttext-lstm")]
    [InlineData("sentence-dense")]
    public void A_recipe_learns_tweets_and_scores_them_as_libtorch_does(string name)
    {
        var learner = (NetworkLearner)Small(name).Learner;
        TrainedOnce trainer = new();
        LearningRows rows = Rows(320, 80);
        var model = (NetworkTextModel)learner.Fit(rows, new FitContext { Networks = trainer });

        double[] scores = Scores(model, rows.ValidationTexts);
        Assert.True(scores.Zip(rows.ValidationLabels).Count(row => row.First > 0 == (row.Second == 1)) > 76, "more than three texts are wrong");
        using var scorer = new TorchNetworkScorer(trainer.Network!.Weights);
        float[] expected = scorer.Score(model.Vocabulary.Encode(rows.ValidationTexts));
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i], 1e-5);
    }

    [Fact]
    public void Pairs_of_words_share_rows_of_their_own()
    {
        var learner = (NetworkLearner)RecipeParameter.Set(Small("word2vec-lstm"), "bigram_buckets", "50").Learner;
        TrainedOnce trainer = new();
        LearningRows rows = Rows(320, 80);
        var model = (NetworkTextModel)learner.Fit(rows, new FitContext { Networks = trainer });
        using var scorer = new TorchNetworkScorer(trainer.Network!.Weights);
        float[] expected = scorer.Score(model.Vocabulary.Encode(rows.ValidationTexts));
        double[] scores = Scores(model, rows.ValidationTexts);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], scores[i], 1e-5);
    }

    [Fact]
    public void The_best_joins_a_network_and_n_grams_and_is_saved_whole()
    {
        Recipe recipe = Small("best-neural");
        Assert.Equal("16", RecipeParameter.ValuesOf(recipe)["units"]);
        LearningRows rows = Rows(320, 80);
        TextModel model = recipe.Learner.Fit(rows, new FitContext { Networks = new TorchNetworkTrainer() });
        EnsembleMember[] members = [.. ((EnsembleModel)model).Members];
        Assert.IsType<NetworkTextModel>(members[0].Classifier.Model);
        Assert.IsType<LinearTextModel>(members[1].Classifier.Model);
        double[] scores = Scores(model, rows.ValidationTexts);
        Assert.True(scores.Zip(rows.ValidationLabels).Count(row => row.First > 0 == (row.Second == 1)) > 76, "more than three texts are wrong");

        string folder = Directory.CreateTempSubdirectory("vigie-best-").FullName;
        try
        {
            var info = new BundleInfo { Name = "best", Recipe = recipe.Name, Seed = 1, Data = new TrainingData("t.csv", new string('a', 64), []) };
            Bundle.Save(Path.Combine(folder, "m"), new TextClassifier(rows.Classes, model, [0.5, 0.5]), info);
            Assert.Equal(scores, Scores(Bundle.Load(Path.Combine(folder, "m")).Classifier.Model, rows.ValidationTexts));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        var alone = rows with { ValidationTexts = [], ValidationLabels = [] };
        Assert.Contains("joined on validation rows", Assert.Throws<InvalidInputException>(() => recipe.Learner.Fit(alone, new FitContext { Networks = new TorchNetworkTrainer() })).Message);
    }

    [Fact]
    public void Published_vectors_are_read_for_the_words_there_are()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, ["thank 1 0 0", "crew 0 1 0", "worst 0 0 1", "zebra 1 1 1"]);
            var learner = (NetworkLearner)RecipeParameter.Set(Small("glove-lstm"), [("vectors_file", file), ("tune_embeddings", "false")]).Learner;
            var trainer = new TrainedOnce();
            var model = (NetworkTextModel)learner.Fit(Rows(320, 80), new FitContext { Networks = trainer });
            float[] table = trainer.Network!.Weights["embedding"].Values;
            int worst = model.Vocabulary.Words.ToList().IndexOf("worst") + TokenVocabulary.FirstWord;
            Assert.Equal([0, 0, 1], table[(worst * 3)..(worst * 3 + 3)]);
            Assert.DoesNotContain("zebra", model.Vocabulary.Words);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Published_vectors_that_are_not_there_are_asked_for() =>
        Assert.Contains("vectors_file=PATH", Assert.Throws<InvalidInputException>(() => Small("glove-lstm").Learner.Fit(Rows(40, 8), new FitContext { Networks = new TorchNetworkTrainer() })).Message);

    [Fact]
    public void Each_epoch_is_reported()
    {
        var epochs = new List<NetworkEpoch>();
        Small("word2vec-dense").Learner.Fit(Rows(320, 80), new FitContext { Networks = new TorchNetworkTrainer(), Progress = new Listener(progress => epochs.AddRange(progress.Epoch is { } epoch ? [epoch] : [])) });
        Assert.Equal(Enumerable.Range(1, 12), epochs.Select(epoch => epoch.Number));
    }

    private static Recipe Small(string name)
    {
        Recipe recipe = RecipeCatalog.Find(name);
        List<(string, string)> settings = [("units", "16"), ("epochs", "12"), ("patience", "12"), ("batch_size", "16"), ("learning_rate", "0.01"), ("dropout", "0.1")];
        if (name != "glove-lstm") settings.AddRange([("dimension", "12"), ("vector_epochs", "2")]);
        return RecipeParameter.Set(recipe, settings);
    }

    private static LearningRows Rows(int train, int validation)
    {
        var random = new Xoshiro256(4);
        (List<string> texts, List<byte> labels) = ([], []);
        for (int i = 0; i < train + validation; i++)
        {
            bool good = random.Chance(0.5);
            string[] own = good ? Good : Bad;
            texts.Add($"{own[random.Next(own.Length)]} {(random.Chance(0.5) ? "@air" : "flight " + random.Next(3))}");
            labels.Add((byte)(good ? 1 : 0));
        }
        return new LearningRows([Sentiment.Negative, Sentiment.Positive], texts[..train], [.. labels[..train]], texts[train..], [.. labels[train..]]);
    }

    private static double[] Scores(TextModel model, IReadOnlyList<string> texts)
    {
        double[] scores = new double[texts.Count];
        model.Score(texts, scores, new Evidence[texts.Count]);
        return scores;
    }

    /// <summary>Keeps the network that it handed out.</summary>
    private sealed class TrainedOnce : INetworkTrainer
    {
        public TrainedNetwork? Network { get; private set; }

        public TrainedNetwork Fit(NetworkOptions options, NetworkRows rows, NetworkFitContext context) => Network = new TorchNetworkTrainer().Fit(options, rows, context);
    }

    private sealed class Listener(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
