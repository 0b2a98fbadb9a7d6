using Vigie.Models;
using Vigie.Networks;
using Vigie.Tests.Networks;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>A network with weights drawn by seed, as a model to be served.</summary>
internal static class SmallNetwork
{
    public static TextClassifier Classifier(ulong seed = 3)
    {
        TokenVocabulary vocabulary = SmallNetworks.Vocabulary();
        var model = new NetworkTextModel(vocabulary, SmallNetworks.Draw(new NetworkShape { Kind = NetworkKind.Bilstm, Dimension = 10, Units = 12, Layers = 1, Pooling = Pooling.Max }, vocabulary.Rows, seed));
        return new TextClassifier([Sentiment.Negative, Sentiment.Positive], model, [0.5, 0.5]);
    }

    public static ServedModel Served(char digest, List<WeakReference>? kept = null)
    {
        TextClassifier classifier = Classifier(digest);
        kept?.Add(new WeakReference(classifier.Model));
        return new ServedModel(classifier, SmallModels.TwoClasses.Info, new string(digest, 64));
    }
}
