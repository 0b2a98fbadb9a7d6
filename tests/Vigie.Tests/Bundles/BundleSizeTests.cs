using Vigie.Bundles;
using Vigie.Features;
using Vigie.Models;
using Vigie.Tests.Features;
using Vigie.Tests.Models;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Bundles;

public sealed class BundleSizeTests
{
    [Fact]
    public void A_million_features_take_sixteen_bytes_each()
    {
        const int features = 1_000_000;
        using var temp = new TempFolder();
        var random = new Random(5);
        var fingerprints = new ulong[features];
        var weights = new double[features];
        var coefficients = new double[features];
        for (int i = 0; i < features; i++)
            (fingerprints[i], weights[i], coefficients[i]) = ((ulong)random.NextInt64() << 1, random.NextSingle(), random.NextSingle() - 0.5f);
        var vocabulary = new Vocabulary(fingerprints, FeatureNamesTests.Of(Enumerable.Range(0, features).Select(i => $"some three {i}")));
        var vectorizer = new FittedVectorizer(new NgramVectorizer { Binary = true, Weighting = Weighting.NaiveBayes }, vocabulary, weights);
        var saved = new TextClassifier(TinyModels.Classes(2), new LinearTextModel(vectorizer, new LinearModel([coefficients], [0.1])), [0.5, 0.5]);
        Bundle.Save(temp["m"], saved, TinyModels.Info(), cancellation: TestContext.Current.CancellationToken);

        var loaded = (LinearTextModel)Bundle.Load(temp["m"], TestContext.Current.CancellationToken).Classifier.Model;

        Assert.Equal(coefficients, loaded.Linear.Coefficients[0]);
        Assert.Equal("some three 999", loaded.Vectorizer.Vocabulary!.Names[999]);
        // 16 bytes of numbers a feature: single precision where nothing is lost by it.
        Assert.InRange(new FileInfo(Path.Combine(temp["m"], "weights.safetensors")).Length, 16L * features, 16L * features + 1_000);
    }
}
