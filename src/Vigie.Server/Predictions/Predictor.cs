using Vigie.Models;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>From a request to its answer.</summary>
internal sealed class Predictor(ServedModel served)
{
    private readonly TextClassifier classifier = served.Classifier;

    /// <summary>Whether a caller may choose the threshold.</summary>
    public bool TakesThreshold => classifier.Classes.Count == 2;

    /// <summary>Answers one request.</summary>
    public PredictionAnswer Answer(PredictionRequest request)
    {
        if (request.Explain != true) return Answer(request, classifier.Predict(request.Text), null);
        Explanation explanation = classifier.Explain(request.Text);
        return Answer(request, explanation.Prediction, explanation);
    }

    /// <summary>Answers many, on all processors.</summary>
    public PredictionAnswer[] Answer(IReadOnlyList<PredictionRequest> requests, CancellationToken cancellation)
    {
        if (requests.Any(request => request.Explain == true))
        {
            var explained = new PredictionAnswer[requests.Count];
            Parallel.For(0, requests.Count, new ParallelOptions { CancellationToken = cancellation }, i => explained[i] = Answer(requests[i]));
            return explained;
        }

        Prediction[] predictions = classifier.Predict([.. requests.Select(request => request.Text)], cancellation);
        return [.. predictions.Select((prediction, i) => Answer(requests[i], prediction, null))];
    }

    private PredictionAnswer Answer(PredictionRequest request, Prediction prediction, Explanation? explanation)
    {
        Sentiment label = request.Threshold is { } threshold
            ? classifier.Classes[prediction.ProbabilityPositive >= threshold ? 1 : 0]
            : prediction.Label;
        return new PredictionAnswer
        {
            Id = request.Id,
            Label = label,
            Probabilities = ClassProbabilities.Of(classifier.Classes, prediction.Probabilities),
            ProbabilityPositive = prediction.ProbabilityPositive,
            Confidence = prediction.Probabilities[IndexOf(label)],
            Unknown = prediction.Unknown,
            UnknownShare = prediction.UnknownShare,
            Explain = explanation is null ? null : ExplanationAnswer.Of(explanation),
        };
    }

    private int IndexOf(Sentiment label)
    {
        int c = 0;
        while (classifier.Classes[c] != label) c++;
        return c;
    }
}
