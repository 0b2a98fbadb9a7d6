using Vigie.Bundles;
using Vigie.Models;
using Vigie.Tests.Models;
using Vigie.Tests.Tweets;

namespace Vigie.Tests.Bundles;

public sealed class BundleTests : IDisposable
{
    private readonly TempFolder temp = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => temp.Dispose();

    [Theory, MemberData(nameof(TinyModels.Rows), MemberType = typeof(TinyModels))]
    public void What_is_loaded_answers_as_what_was_saved_to_the_last_bit(string name, int classes)
    {
        TextClassifier saved = TinyModels.Fit(name, classes, Cancel);
        string digest = Bundle.Save(temp["m"], saved, TinyModels.Info(name), cancellation: Cancel);

        Bundle bundle = Bundle.Load(temp["m"], Cancel);

        string[] texts = [.. TinyModels.Tweets(classes, 300, seed: 99).Texts, .. NaughtyStrings.Texts];
        Assert.Equal(saved.PredictProbabilities(texts, Cancel), bundle.Classifier.PredictProbabilities(texts, Cancel));
        Assert.Equal(saved.Vectorizer.Options, bundle.Classifier.Vectorizer.Options);
        Assert.Equal(saved.Vectorizer.Vocabulary?.Names, bundle.Classifier.Vectorizer.Vocabulary?.Names);
        Assert.Equal(saved.Vectorizer.Weights, bundle.Classifier.Vectorizer.Weights);
        Assert.Equal(saved.Model.Coefficients, bundle.Classifier.Model.Coefficients);
        Assert.Equal(saved.Model.Intercepts, bundle.Classifier.Model.Intercepts);
        Assert.Equal((saved.Threshold, saved.Model.Link), (bundle.Classifier.Threshold, bundle.Classifier.Model.Link));
        Assert.Equal(saved.Calibrations, bundle.Classifier.Calibrations);
        Assert.Equal(saved.Classes, bundle.Classifier.Classes);
        Assert.Equal(digest, bundle.Digest);
        Assert.Equal(digest, Bundle.Verify(temp["m"], Cancel));
    }
}
