using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>From a request to its answer, which is recorded.</summary>
internal sealed class Predictor(Recorder recorder, ResultCache cache, ServerMetrics metrics, TimeProvider clock)
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The tweet.</param>
    /// <param name="id">Under which the prediction is kept.</param>
    /// <param name="route">Which model answers.</param>
    /// <param name="arrived">The clock's timestamp when the request came.</param>
    /// <param name="cancellation">The caller has gone.</param>
    public async ValueTask<PredictionAnswer> AnswerAsync(PredictionRequest request, PredictionId id, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        bool explained = request.Explain == true, cached = false;
        Outcome outcome;
        if (cache.Covers(model, explained)) (outcome, cached) = await cache.GetAsync(model, request.Text, explained, (model, request.Text, explained), static ask => new(Ask(ask.model, ask.Text, ask.explained)), cancellation);
        else outcome = Ask(model, request.Text, explained);
        PredictionAnswer answer = Answer(model, request, id, outcome);
        TimeSpan latency = clock.GetElapsedTime(arrived);
        metrics.Predicted(model, route.Part, answer, latency);
        if (recorder.IsOn) recorder.Record(RecordOf(request, answer, route, latency) with { Shadow = route.Shadow is { } shadow ? Ask(shadow, request) : null });
        return answer with { Cached = cached ? true : null, Model = ModelReference.Of(model), LatencyMs = Math.Round(latency.TotalMilliseconds, 3) };
    }

    /// <summary>Answers many by one model, on all processors.</summary>
    public PredictionAnswer[] Answer(IReadOnlyList<PredictionRequest> requests, ModelRoute route, long arrived, CancellationToken cancellation)
    {
        ServedModel model = route.Model;
        var answers = new PredictionAnswer[requests.Count];
        if (requests.Any(request => request.Explain == true))
        {
            Parallel.For(0, answers.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
                answers[i] = Answer(model, requests[i], recorder.NextId(), Ask(model, requests[i].Text, requests[i].Explain == true)));
        }
        else
        {
            Prediction[] predictions = model.Classifier.Predict([.. requests.Select(request => request.Text)], cancellation);
            for (int i = 0; i < answers.Length; i++) answers[i] = Answer(model, requests[i], recorder.NextId(), new Outcome(predictions[i], null));
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

    private static ShadowPrediction Ask(ServedModel shadow, PredictionRequest request)
    {
        Prediction prediction = shadow.Classifier.Predict(request.Text);
        return new ShadowPrediction(shadow, prediction.Label, prediction.ProbabilityPositive);
    }

    private static Outcome Ask(ServedModel model, string text, bool explained)
    {
        if (!explained) return new Outcome(model.Classifier.Predict(text), null);
        Explanation explanation = model.Classifier.Explain(text);
        return new Outcome(explanation.Prediction, ExplanationAnswer.Of(explanation));
    }

    private static PredictionAnswer Answer(ServedModel model, PredictionRequest request, PredictionId id, Outcome outcome)
    {
        Prediction prediction = outcome.Prediction;
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
            Explain = outcome.Why,
        };
    }

    private static int IndexOf(IReadOnlyList<Sentiment> classes, Sentiment label)
    {
        int c = 0;
        while (classes[c] != label) c++;
        return c;
    }
}
