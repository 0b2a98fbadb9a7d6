using System.Runtime.CompilerServices;
using Vigie.Models;

namespace Vigie.Server;

/// <summary>One <see cref="RequestBatcher"/> for each model that gains from batches; it goes with its model.</summary>
internal sealed class RequestBatchers(ModelOptions options)
{
    private readonly ConditionalWeakTable<TextClassifier, RequestBatcher> batchers = [];

    /// <summary>The batcher of a model; null where a request is best predicted alone.</summary>
    public RequestBatcher? Of(ServedModel model)
    {
        if (!model.Classifier.Model.GainsFromBatches) return null;
        return batchers.GetValue(model.Classifier, classifier => new RequestBatcher(texts => Predict(classifier, texts), options.Workers, options.NetworkQueue));
    }

    private static Prediction[] Predict(TextClassifier classifier, IReadOnlyList<string> texts) => texts.Count == 1 ? [classifier.Predict(texts[0])] : classifier.PredictTogether(texts);
}
