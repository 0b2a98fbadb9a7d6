using Vigie.Bundles;
using Vigie.Models;
using Vigie.Networks;
using Vigie.Tests.Models;
using Vigie.Tests.Networks;
using Vigie.Tests.Tweets;
using Vigie.Tweets;

namespace Vigie.Tests.Bundles;

/// <summary>A network in a bundle: the same answers to the bit, other programs told what it is, and no file of another model or of nobody's.</summary>
public sealed class NetworkBundleTests : IDisposable
{
    private static readonly string[] Texts = [.. SmallNetworks.Texts(100), .. NaughtyStrings.Texts.Take(100), ""];

    private readonly TempFolder temp = new();
    private readonly TextClassifier classifier;

    public NetworkBundleTests()
    {
        TokenVocabulary vocabulary = SmallNetworks.Vocabulary(bigramBuckets: 32);
        var model = new NetworkTextModel(vocabulary, SmallNetworks.Draw(SmallNetworks.Shapes[7], vocabulary.Rows));
        classifier = new TextClassifier([Sentiment.Negative, Sentiment.Positive], model, [0.25, 0.75]);
        Bundle.Save(temp["m"], classifier, TinyModels.Info("word2vec-lstm"));
    }

    public static TheoryData<string, Func<byte[], byte[]>, string> Damages => new()
    {
        { "network.onnx", bytes => bytes[..(bytes.Length / 2)], "network.onnx: no ONNX file, or cut off" },
        { "network.onnx", bytes => [.. bytes, .. bytes], "network.onnx" },
        { "network.onnx", bytes => [8, 8], "holds no ONNX graph" },
        { "vocabulary.txt", bytes => [.. bytes, .. "more\n"u8], "the vocabulary has 52 rows" },
        { "vocabulary.txt", bytes => [.. bytes, .. "you\n"u8], "'you' stands twice" },
        { "tokens.json", bytes => bytes.AsSpan().IndexOf("32"u8) is var at && at > 0 ? [.. bytes[..at], .. "31"u8, .. bytes[(at + 2)..]] : bytes, "the vocabulary has 50 rows" },
        { "tokens.json", bytes => bytes.AsSpan().IndexOf("true"u8) is var at && at > 0 ? [.. bytes[..at], .. "false"u8, .. bytes[(at + 4)..]] : bytes, "other features" },
    };

    public void Dispose() => temp.Dispose();

    [Fact]
    public void It_answers_the_same_after_saving_and_loading_and_saving_again()
    {
        Bundle loaded = Bundle.Load(temp["m"]);
        Assert.Equal(classifier.PredictProbabilities(Texts), loaded.Classifier.PredictProbabilities(Texts));
        Assert.Equal(loaded.Digest, Bundle.Save(temp["again"], loaded.Classifier, loaded.Info));
        Assert.Equal(["MLmodel", "README.md", "manifest.json", "metrics.json", "model.json", "network.onnx", "tokens.json", "vocabulary.txt"], Directory.GetFiles(temp["m"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Other_programs_are_told_where_the_graph_stands()
    {
        var yaml = (Dictionary<object, object>)new YamlDotNet.Serialization.Deserializer().Deserialize(File.ReadAllText(Path.Combine(temp["m"], "MLmodel")))!;
        var flavors = (Dictionary<object, object>)yaml["flavors"];
        Assert.Equal("network", ((Dictionary<object, object>)flavors["vigie"])["classifier"]);
        var onnx = (Dictionary<object, object>)flavors["onnx"];
        Assert.Equal("network.onnx", onnx["data"]);
        Assert.Equal(["CPUExecutionProvider"], (List<object>)onnx["providers"]);
        Assert.Null(onnx["code"] as string is { Length: > 0 } ? onnx["code"] : null);
        Assert.True(yaml.ContainsKey("model_uuid"));
    }

    [Fact]
    public void A_model_card_says_what_it_knows() => Assert.Contains("17, and pairs of them hashed to 32 rows", File.ReadAllText(Path.Combine(temp["m"], "README.md")), StringComparison.Ordinal);

    [Theory, MemberData(nameof(Damages))]
    public void A_file_that_does_not_fit_is_refused_even_with_a_manifest_that_agrees(string name, Func<byte[], byte[]> damage, string complaint)
    {
        string path = Path.Combine(temp["m"], name);
        byte[] bytes = File.ReadAllBytes(path), damaged = damage(bytes);
        Assert.NotEqual(bytes, damaged);
        File.WriteAllBytes(path, damaged);
        TamperedBundleTests.Sign(temp["m"]);
        string message = Assert.Throws<BundleException>(() => Bundle.Load(temp["m"])).Message;
        Assert.Contains(temp["m"], message, StringComparison.Ordinal);
        Assert.Contains(complaint, message, StringComparison.Ordinal);
    }
}
