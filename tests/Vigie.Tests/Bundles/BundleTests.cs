using System.Text;
using System.Text.Json;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Features;
using Vigie.Models;
using Vigie.Recipes;
using Vigie.Tests.Models;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private static readonly Lazy<TextClassifier> Model = new(() => TinyModels.Fit("linear-best", 2));

    private readonly TempFolder temp = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Fact]
    public void What_describes_a_bundle_is_read_without_its_weights_and_only_as_it_was_saved()
    {
        string digest = Bundle.Save(temp["m"], Model.Value, TinyModels.Info("linear-best"), cancellation: Cancel);
        Bundle whole = Bundle.Load(temp["m"], Cancel);

        var read = BundleDescription.Read(temp["m"], Cancel);

        Assert.Equal((digest, whole.Info.Name, whole.Info.Recipe, whole.Classifier.Threshold, whole.Classifier.Model.FeatureCount), (read.Digest, read.Info.Name, read.Info.Recipe, read.Threshold, read.Features));
        Assert.Equal(whole.Classifier.Classes, read.Classes);
        Assert.Equal(whole.Info.Settings.OrderBy(one => one.Key), read.Info.Settings.OrderBy(one => one.Key));
        Assert.StartsWith($"# {whole.Info.Name}\n", read.Card, StringComparison.Ordinal);
        File.AppendAllText(Path.Combine(temp["m"], "README.md"), "x");
        Assert.Contains("README.md", Assert.Throws<BundleException>(() => BundleDescription.Read(temp["m"], Cancel)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(temp["m"], "metrics.json"));
        Assert.Contains("metrics.json", Assert.Throws<BundleException>(() => BundleDescription.Read(temp["m"], Cancel)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(TinyModels.Rows), MemberType = typeof(TinyModels))]
    public void What_is_loaded_is_what_was_saved_to_the_last_bit(string name, int classes)
    {
        TextClassifier saved = TinyModels.Fit(name, classes, Cancel);
        string digest = Bundle.Save(temp["m"], saved, TinyModels.Info(name), cancellation: Cancel);

        Bundle bundle = Bundle.Load(temp["m"], Cancel);

        TextClassifier loaded = bundle.Classifier;
        Assert.IsType(saved.Model.GetType(), loaded.Model);
        SameModel(saved.Model, loaded.Model);
        Assert.Equal((saved.Threshold, saved.Model.Link), (loaded.Threshold, loaded.Model.Link));
        Assert.Equal(saved.Calibrations, loaded.Calibrations);
        Assert.Equal(saved.Classes, loaded.Classes);
        Assert.Equal(saved.Prior, loaded.Prior);
        Assert.Equal(digest, bundle.Digest);
        Assert.Equal(digest, Bundle.Verify(temp["m"], Cancel));
    }

    private static void SameModel(TextModel saved, TextModel loaded)
    {
        switch (saved)
        {
            case FastTextModel fastText:
                var read = (FastTextModel)loaded;
                Assert.Equal(fastText.Input, read.Input);
                Assert.Equal(fastText.Places, read.Places);
                Assert.Equal(fastText.Embeddings, read.Embeddings);
                Assert.Equal(fastText.Output, read.Output);
                Assert.Equal(fastText.Intercepts, read.Intercepts);
                break;
            case ForestTextModel { Forest: var forest, Vectorizer: var vectorizer }:
                Forest same = ((ForestTextModel)loaded).Forest;
                SameVectorizer(vectorizer, ((ForestTextModel)loaded).Vectorizer);
                Assert.Equal(forest.Nodes, same.Nodes);
                Assert.Equal(forest.Roots, same.Roots);
                Assert.Equal(forest.Targets, same.Targets);
                Assert.Equal(forest.Leaves, same.Leaves);
                Assert.Equal(forest.Intercepts, same.Intercepts);
                Assert.Equal((forest.Kind, forest.ClassCount, forest.FeatureCount), (same.Kind, same.ClassCount, same.FeatureCount));
                break;
            default:
                (LinearTextModel before, LinearTextModel after) = ((LinearTextModel)saved, (LinearTextModel)loaded);
                SameVectorizer(before.Vectorizer, after.Vectorizer);
                Assert.Equal(Bits(before.Linear.Coefficients), Bits(after.Linear.Coefficients));
                Assert.Equal(before.Linear.Intercepts, after.Linear.Intercepts);
                break;
        }
    }

    private static void SameVectorizer(FittedVectorizer before, FittedVectorizer after)
    {
        Assert.Equal(before.Options, after.Options);
        Assert.Equal(before.Vocabulary?.Names, after.Vocabulary?.Names);
        Assert.Equal(before.Weights, after.Weights);
    }

    [Theory]
    [InlineData("linear-best")]
    [InlineData("linear-fast")]
    [InlineData("tfidf-rf")]
    [InlineData("tfidf-xgboost")]
    [InlineData("tfidf-lightgbm")]
    [InlineData("fasttext")]
    public void The_same_seed_gives_the_same_bundle_byte_for_byte(string recipe)
    {
        foreach (string folder in new[] { "a", "b" })
            Bundle.Save(temp[folder], TinyModels.Fit(recipe, 2, Cancel), Full(TinyModels.Fit(recipe, 2, Cancel)), cancellation: Cancel);

        string[] files = [.. Directory.GetFiles(temp["a"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(files, Directory.GetFiles(temp["b"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Contains(ManifestFile.Name, files);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(temp["a"], file)), File.ReadAllBytes(Path.Combine(temp["b"], file))));
    }

    [Fact]
    public void What_is_known_of_a_model_comes_back()
    {
        BundleInfo saved = Full(Model.Value) with { Name = "été \"<b>\"\nx", Data = new TrainingData("/data/some/tweets.csv", new string('b', 64), TinyModels.Info().Data.Splits) };
        Bundle.Save(temp["m"], Model.Value, saved, cancellation: Cancel);

        BundleInfo loaded = Bundle.Load(temp["m"], Cancel).Info;

        Assert.Equal((saved.Name, saved.Recipe, saved.Seed, saved.VigieVersion), (loaded.Name, loaded.Recipe, loaded.Seed, loaded.VigieVersion));
        Assert.Equal(saved.Settings, loaded.Settings);
        Assert.Equal(("tweets.csv", saved.Data.Sha256), (loaded.Data.FileName, loaded.Data.Sha256));
        Assert.Equal(400, Assert.Single(loaded.Data.Splits).Rows);
        Assert.Equal(saved.Test!.ToJson(), loaded.Test!.ToJson());
        Assert.Null(loaded.Validation!.LatencyMs);
        Assert.Equal(saved.Profile!.TopWords, loaded.Profile!.TopWords);
        Assert.Equal(saved.Profile.Confidence.Counts, loaded.Profile.Confidence.Counts);
    }

    [Fact]
    public void A_training_is_saved_with_all_that_is_known_of_it()
    {
        string data = temp.Write("tweets.csv", "label,text\n" + string.Concat(TinyModels.Tweets(2).Texts.Zip(TinyModels.Tweets(2).Labels).Select(row => $"{row.Second},\"{row.First.Replace("\"", "\"\"", StringComparison.Ordinal)}\"\n")));
        TrainingResult trained = new TrainingRun(RecipeCatalog.Find("tfidf-lr")) { Seed = 9 }.Run(data, cancellation: Cancel);
        string digest = Bundle.Save(temp["m"], trained, cancellation: Cancel);

        Bundle bundle = Bundle.Load(temp["m"], Cancel);

        Assert.Equal((digest, "tfidf-lr", "tfidf-lr on tweets.csv", 9), (bundle.Digest, bundle.Info.Recipe, bundle.Info.Name, bundle.Info.Seed));
        Assert.Equal(RecipeParameter.ValuesOf(trained.Recipe), bundle.Info.Settings);
        Assert.Equal(Enum.GetValues<Split>(), bundle.Info.Data.Splits.Select(split => split.Split));
        Assert.All(bundle.Info.Data.Splits, split => Assert.Equal(trained.Data.Rows[split.Split], split.Rows));
        Assert.Equal(trained.Texts.Train.Count, bundle.Info.Profile!.Texts);
        Assert.Equal((trained.Validation!.Accuracy, trained.Test!.Accuracy, null), (bundle.Info.Validation!.Accuracy, bundle.Info.Test!.Accuracy, bundle.Info.Test.LatencyMs));
    }

    [Fact]
    public void The_model_card_says_what_the_bundle_holds_and_no_date()
    {
        Bundle.Save(temp["m"], Model.Value, Full(Model.Value) with { Name = "# two\nlines" }, cancellation: Cancel);

        string card = File.ReadAllText(Path.Combine(temp["m"], "README.md"));

        Assert.StartsWith("# # two lines\n", card, StringComparison.Ordinal);
        Assert.Contains("| train | 400 | negative 52.5 %, positive 47.5 % |", card, StringComparison.Ordinal);
        Assert.Matches(@"\| macro F1 \| [01]\.\d{4} \([01]\.\d{4}–[01]\.\d{4}\) \| [01]\.\d{4} \(", card);
        Assert.DoesNotMatch(@"\b20\d\d-", card);
    }

    [Fact]
    public void An_mlflow_reader_finds_flavor_identity_and_signature()
    {
        Bundle.Save(temp["m"], Model.Value, TinyModels.Info(), cancellation: Cancel);

        var yaml = (Dictionary<object, object>)new YamlDotNet.Serialization.Deserializer().Deserialize(File.ReadAllText(Path.Combine(temp["m"], "MLmodel")))!;

        Assert.Equal(["flavors", "model_uuid", "signature"], yaml.Keys);
        Assert.Equal(["vigie"], ((Dictionary<object, object>)yaml["flavors"]).Keys);
        Assert.Matches("^[0-9a-f]{32}$", (string)yaml["model_uuid"]);
        var signature = (Dictionary<object, object>)yaml["signature"];
        using JsonDocument inputs = JsonDocument.Parse((string)signature["inputs"]), outputs = JsonDocument.Parse((string)signature["outputs"]);
        Assert.Equal("text", Assert.Single(inputs.RootElement.EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(["label string", "probability_positive double"], outputs.RootElement.EnumerateArray().Select(output => $"{output.GetProperty("name")} {output.GetProperty("type")}"));
    }

    [Fact]
    public void Another_model_has_another_identity()
    {
        Bundle.Save(temp["a"], Model.Value, TinyModels.Info(), cancellation: Cancel);
        Bundle.Save(temp["b"], Model.Value.WithThreshold(0.6), TinyModels.Info(), cancellation: Cancel);

        Assert.NotEqual(File.ReadAllText(Path.Combine(temp["a"], "MLmodel")), File.ReadAllText(Path.Combine(temp["b"], "MLmodel")));
        Assert.NotEqual(Bundle.Verify(temp["a"], Cancel), Bundle.Verify(temp["b"], Cancel));
    }

    [Fact]
    public void Plots_are_part_of_the_bundle()
    {
        Bundle.Save(temp["m"], Model.Value, TinyModels.Info(), plots: folder => File.WriteAllText(Path.Combine(folder, "roc.svg"), "<svg/>"), Cancel);

        Assert.Contains("plots/roc.svg", File.ReadAllText(Path.Combine(temp["m"], "manifest.json")), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(temp["m"], "plots", "roc.svg"), "<svg>");
        Assert.Contains("roc.svg", Assert.Throws<BundleException>(() => Bundle.Load(temp["m"], Cancel)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_not_saved()
    {
        var whole = (LinearTextModel)Model.Value.Model;
        LinearModel broken = new([[.. whole.Linear.Coefficients[0].Select((w, i) => i == 3 ? double.NaN : w)]], whole.Linear.Intercepts);

        var error = Assert.Throws<InvalidInputException>(() => Bundle.Save(temp["m"], new TextClassifier(Model.Value.Classes, new LinearTextModel(whole.Vectorizer, broken), Model.Value.Prior), TinyModels.Info(), cancellation: Cancel));

        Assert.Contains("coefficients", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(temp.Path));
    }

    [Fact]
    public void Files_are_what_they_are_said_to_be()
    {
        Bundle.Save(temp["m"], Model.Value, Full(Model.Value), cancellation: Cancel);

        string[] expected = ["MLmodel", "README.md", "manifest.json", "metrics.json", "model.json", "training_profile.json", "vectorizer.json", "vocabulary.txt", "weights.safetensors"];
        Assert.Equal(expected, Directory.GetFiles(temp["m"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Contains("\"char_boundary\": \"text\"", File.ReadAllText(Path.Combine(temp["m"], "vectorizer.json")), StringComparison.Ordinal);
        Assert.Equal(Model.Value.Model.FeatureCount, File.ReadAllLines(Path.Combine(temp["m"], "vocabulary.txt"), Encoding.UTF8).Length);
    }

    private static long[][] Bits(double[][] rows) => Array.ConvertAll(rows, row => Array.ConvertAll(row, BitConverter.DoubleToInt64Bits));

    private static BundleInfo Full(TextClassifier model)
    {
        var train = TinyModels.Tweets(2);
        var test = TinyModels.Tweets(2, 100, seed: 9);
        EvaluationReport report = EvaluationReport.Measure(test.Labels, model.PredictProbabilities(test.Texts), model.Classes, new DecisionRule(model.Threshold), new Bootstrap(50));
        return TinyModels.Info() with
        {
            Validation = report with { LatencyMs = new LatencySummary(1, 2, 3) },
            Test = report,
            Profile = TrainingProfile.Measure(model, train.Texts, ClassColumns.Of(train.Labels, model.Classes), test.Texts),
        };
    }
}
