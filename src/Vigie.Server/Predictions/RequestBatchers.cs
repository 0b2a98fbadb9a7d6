using System.Runtime.CompilerServices;
using Vigie.Models;

namespace Vigie.Server;

/// <summary>One <see cref="RequestBatcher"/> for each model that gains from batches, round all that it is asked; it goes with its model.</summary>
internal sealed class RequestBatchers(ModelOptions options)
{
    /// <summary>Tweets of a turn: about 8 ms of a bidirectional LSTM of 128 units, at 58 µs each; 64 would cost 75 µs each, and 256 take 15 ms.</summary>
    private const int TurnTexts = 128;

    private readonly ConditionalWeakTable<TextClassifier, RequestBatcher> batchers = [];

    /// <summary>The batcher of a model; null where a request is best predicted alone.</summary>
    public RequestBatcher? Of(ServedModel model)
    {
        if (!model.Classifier.Model.GainsFromBatches) return null;
        return batchers.GetValue(model.Classifier, classifier => new RequestBatcher(texts => Predict(classifier, texts), options.Workers, options.NetworkQueue));
    }

    /// <summary>Predicts texts that nobody waits for one by one: on the thread that calls, or in turns with others who ask a network.</summary>
    public async ValueTask<Prediction[]> PredictAsync(ServedModel model, string[] texts, CancellationToken cancellation)
    {
        if (Of(model) is not { } batcher) return model.Classifier.PredictTogether(texts);
        var predictions = new Prediction[texts.Length];
        for (int done = 0; done < texts.Length; done += TurnTexts)
        {
            var some = new ArraySegment<string>(texts, done, Math.Min(TurnTexts, texts.Length - done));
            (await batcher.RunAsync(() => model.Classifier.PredictTogether(some), cancellation)).CopyTo(predictions, done);
        }

        return predictions;
    }

    /// <summary>Explains a text: on the thread that calls, or step by step in turns with others who ask a network, of which the first words are explained only.</summary>
    public async ValueTask<Explanation> ExplainAsync(ServedModel model, string text, CancellationToken cancellation)
    {
        if (Of(model) is not { } batcher) return model.Classifier.Explain(text);
        SteppedExplanation steps = model.Classifier.ExplainInSteps(text, ExplanationAnswer.MostWordsOfNetworks);
        while (true)
        {
            if (await batcher.RunAsync(steps.Step, cancellation) is { } explanation) return explanation;
        }
    }

    private static Prediction[] Predict(TextClassifier classifier, IReadOnlyList<string> texts) => texts.Count == 1 ? [classifier.Predict(texts[0])] : classifier.PredictTogether(texts);
}
