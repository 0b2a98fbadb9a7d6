using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>From a request to its answer, which is recorded.</summary>
internal sealed class Predictor(Recorder recorder, RequestBatchers batchers, ShadowQueue shadows, ServerMetrics metrics, TimeProvider clock)
{
    /// <summary>Answers one request: at once where the model is linear, together with others where it is a network and busy.</summary>
    /// <param name="request">The tweet.</param>
    /// <param name="id">Under which the prediction is kept.</param>
    /// <param name="route">Which model answers.</param>
    /// <param name="arrived">The clock's timestamp when the request came.</param>
    /// <param name="cancellation">Ends the waiting for a busy network.</param>
    /// <exception cref="RequestException">503: too many wait for it already.</exception>
    public ValueTask<PredictionAnswer> AnswerAsync(PredictionRequest request, PredictionId id, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        if (request.Explain == true) return new(Finish(request, Explained(model, request, id), route, arrived));
        if (batchers.Of(model) is not { } batcher) return new(Finish(request, Answer(model, request, id, model.Classifier.Predict(request.Text), null), route, arrived));
        return AnswerAsync(batcher.PredictAsync(request.Text, cancellation), request, id, route, arrived);
    }

    private async ValueTask<PredictionAnswer> AnswerAsync(ValueTask<Prediction> prediction, PredictionRequest request, PredictionId id, ModelRoute route, long arrived) =>
        Finish(request, Answer(route.Model, request, id, await prediction, null), route, arrived);

    private PredictionAnswer Finish(PredictionRequest request, PredictionAnswer answer, ModelRoute route, long arrived)
    {
        TimeSpan latency = clock.GetElapsedTime(arrived);
        metrics.Predicted(route.Model, route.Part, answer, latency);
        if (route.Shadow is { } shadow) shadows.Add(RecordOf(request, answer, route, latency), shadow);
        else if (recorder.IsOn) recorder.Record(RecordOf(request, answer, route, latency));
        return answer with { Model = ModelReference.Of(route.Model), LatencyMs = Math.Round(latency.TotalMilliseconds, 3) };
    }

    /// <summary>Answers many by one model, on all processors.</summary>
    public PredictionAnswer[] Answer(IReadOnlyList<PredictionRequest> requests, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        var answers = new PredictionAnswer[requests.Count];
        if (requests.Any(request => request.Explain == true))
        {
            Parallel.For(0, answers.Length, new ParallelOptions { CancellationToken = cancellation }, i => answers[i] = requests[i].Explain == true
                ? Explained(model, requests[i], recorder.NextId())
                : Answer(model, requests[i], recorder.NextId(), model.Classifier.Predict(requests[i].Text), null));
        }
        else
        {
            Prediction[] predictions = model.Classifier.Predict([.. requests.Select(request => request.Text)], cancellation);
            for (int i = 0; i < answers.Length; i++) answers[i] = Answer(model, requests[i], recorder.NextId(), predictions[i], null);
        }

        TimeSpan latency = clock.GetElapsedTime(arrived);
        foreach (PredictionAnswer answer in answers) metrics.Predicted(model, route.Part, answer, latency);
        if (!recorder.IsOn) return answers;
        for (int i = 0; i < answers.Length; i++) recorder.Record(RecordOf(requests[i], answers[i], route, latency));
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

    private static PredictionAnswer Explained(ServedModel model, PredictionRequest request, PredictionId id)
    {
        Explanation explanation = model.Classifier.Explain(request.Text);
        return Answer(model, request, id, explanation.Prediction, explanation);
    }

    private static PredictionAnswer Answer(ServedModel model, PredictionRequest request, PredictionId id, Prediction prediction, Explanation? explanation)
    {
        IReadOnlyList<Sentiment> classes = model.Classifier.Classes;
        Sentiment label = request.Threshold is { } threshold ? classes[prediction.ProbabilityPositive >= threshold ? 1 : 0] : prediction.Label;
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
            Explain = explanation is null ? null : ExplanationAnswer.Of(explanation),
        };
    }

    private static int IndexOf(IReadOnlyList<Sentiment> classes, Sentiment label)
    {
        int c = 0;
        while (classes[c] != label) c++;
        return c;
    }
}
