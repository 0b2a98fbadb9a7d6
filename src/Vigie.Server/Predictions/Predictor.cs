using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>From a request to its answer, which is recorded.</summary>
internal sealed class Predictor(Recorder recorder, RequestBatchers batchers, ResultCache cache, ShadowQueue shadows, ServerMetrics metrics, TimeProvider clock)
{
    /// <summary>Answers one request: at once where the model is linear, together with others or in turns with them where it is a network.</summary>
    /// <param name="request">The tweet.</param>
    /// <param name="id">Under which the prediction is kept.</param>
    /// <param name="route">Which model answers.</param>
    /// <param name="arrived">The clock's timestamp when the request came.</param>
    /// <param name="cancellation">Ends the waiting for a busy network, or for somebody else's question about the same text.</param>
    /// <exception cref="RequestException">503: too many wait for the network already.</exception>
    public ValueTask<PredictionAnswer> AnswerAsync(PredictionRequest request, PredictionId id, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        bool explained = request.Explain == true;
        if (cache.Covers(model, explained)) return RememberedAsync(request, id, route, arrived, cancellation);
        if (batchers.Of(model) is not null) return InTurnAsync(request, id, route, arrived, cancellation);
        return new(Finish(request, id, Ask(model, request.Text, explained), cached: false, route, arrived));
    }

    private async ValueTask<PredictionAnswer> RememberedAsync(PredictionRequest request, PredictionId id, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        (Outcome outcome, bool cached) = await cache.GetAsync(
            route.Model, request.Text, request.Explain == true, (Self: this, route.Model, request, cancellation),
            static ask => ask.Self.AskAsync(ask.Model, ask.request.Text, ask.request.Explain == true, ask.cancellation), cancellation);
        return Finish(request, id, outcome, cached, route, arrived);
    }

    private async ValueTask<PredictionAnswer> InTurnAsync(PredictionRequest request, PredictionId id, ModelRoute route, long arrived, CancellationToken cancellation) =>
        Finish(request, id, await AskAsync(route.Model, request.Text, request.Explain == true, cancellation), cached: false, route, arrived);

    private async ValueTask<Outcome> AskAsync(ServedModel model, string text, bool explained, CancellationToken cancellation)
    {
        if (batchers.Of(model) is not { } batcher) return Ask(model, text, explained);
        if (!explained) return new Outcome(await batcher.PredictAsync(text, cancellation), null);
        using RequestBatcher.Place place = batcher.Enter();
        return Explained(await batchers.ExplainAsync(model, text, cancellation));
    }

    private PredictionAnswer Finish(PredictionRequest request, PredictionId id, Outcome outcome, bool cached, ModelRoute route, long arrived)
    {
        TimeSpan latency = clock.GetElapsedTime(arrived);
        PredictionAnswer answer = Answer(route.Model, request, id, outcome, new Alone(ModelReference.Of(route.Model), latency, cached));
        metrics.Predicted(route.Model, route.Part, answer, latency);
        if (!request.IsRecorded) return answer;
        if (route.Shadow is { } shadow) shadows.Add(RecordOf(request, answer, route, latency), shadow, request.Threshold);
        else if (recorder.IsOn) recorder.Record(RecordOf(request, answer, route, latency));
        return answer;
    }

    /// <summary>Answers a part of a batch by one model: on the thread that calls, since other parts come on other threads, or in turns with others who ask a network.</summary>
    public async ValueTask<PredictionAnswer[]> AnswerAsync(IReadOnlyList<PredictionRequest> requests, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        PredictionRequest[] plain = [.. requests.Where(request => request.Explain != true)];
        Prediction[] predictions = plain.Length == 0 ? [] : await batchers.PredictAsync(model, Array.ConvertAll(plain, request => request.Text), cancellation);
        var answers = new PredictionAnswer[requests.Count];
        for (int i = 0, next = 0; i < answers.Length; i++)
        {
            Outcome outcome = requests[i].Explain == true ? Explained(await batchers.ExplainAsync(model, requests[i].Text, cancellation)) : new Outcome(predictions[next++], null);
            answers[i] = Answer(model, requests[i], recorder.NextId(), outcome);
        }

        TimeSpan latency = clock.GetElapsedTime(arrived);
        foreach (PredictionAnswer answer in answers) metrics.Predicted(model, route.Part, answer, latency);
        if (!recorder.IsOn) return answers;
        for (int i = 0; i < answers.Length; i++)
        {
            if (requests[i].IsRecorded) recorder.Record(RecordOf(requests[i], answers[i], route, latency));
        }

        return answers;
    }

    private PredictionRecord RecordOf(PredictionRequest request, PredictionAnswer answer, ModelRoute route, TimeSpan latency) => new()
    {
        Id = answer.PredictionId,
        At = clock.GetUtcNow(),
        Model = route.Model,
        Part = route.Part,
        Text = request.Text,
        TweetId = request.Id,
        Author = request.Author,
        Language = request.Language,
        Label = answer.Label,
        ProbabilityPositive = answer.ProbabilityPositive,
        Confidence = answer.Confidence,
        UnknownShare = answer.UnknownShare,
        Latency = latency,
    };

    private static Outcome Ask(ServedModel model, string text, bool explained) =>
        explained ? Explained(model.Classifier.Explain(text)) : new Outcome(model.Classifier.Predict(text), null);

    private static Outcome Explained(Explanation explanation) => new(explanation.Prediction, ExplanationAnswer.Of(explanation));

    private static PredictionAnswer Answer(ServedModel model, PredictionRequest request, PredictionId id, Outcome outcome, Alone? alone = null)
    {
        Prediction prediction = outcome.Prediction;
        IReadOnlyList<Sentiment> classes = model.Classifier.Classes;
        Sentiment label = LabelOf(model, prediction, request.Threshold);
        return new PredictionAnswer
        {
            PredictionId = id,
            Id = request.Id,
            Label = label,
            Probabilities = ClassProbabilities.Of(classes, prediction.Probabilities),
            ProbabilityPositive = prediction.ProbabilityPositive,
            Confidence = prediction.Probabilities[IndexOf(classes, label)],
            Unknown = prediction.Unknown,
            UnknownShare = prediction.UnknownShare,
            Explain = outcome.Why,
            Model = alone?.Model,
            LatencyMs = alone is { } told ? Math.Round(told.Latency.TotalMilliseconds, 3) : null,
            Cached = alone is { Cached: true } ? true : null,
        };
    }

    /// <summary>What a model decides for by the caller's threshold; by its own where the caller has none, or it takes none.</summary>
    internal static Sentiment LabelOf(ServedModel model, Prediction prediction, double? threshold) =>
        threshold is { } least && model.TakesThreshold ? model.Classifier.Classes[prediction.ProbabilityPositive >= least ? 1 : 0] : prediction.Label;

    private static int IndexOf(IReadOnlyList<Sentiment> classes, Sentiment label)
    {
        int c = 0;
        while (classes[c] != label) c++;
        return c;
    }

    /// <summary>What is told with a tweet that came alone, and once or not at all with a batch.</summary>
    private readonly record struct Alone(ModelReference Model, TimeSpan Latency, bool Cached);
}
