using Vigie.Models;

namespace Vigie.Server;

/// <summary>Predictions that nobody asked for, on each path that a request can take: what is compiled, paged in or allocated with the first use is so before a caller waits. They also show that the model works.</summary>
internal static class Warming
{
    private static readonly string[] Texts =
    [
        "",
        "Thanks",
        "Three hours late and nobody at the desk 😡 @AirParadis #fail",
        string.Join(' ', Enumerable.Repeat("the crew was lovely but my bag is lost again, never late they say :(", 8)),
    ];

    /// <summary>Predicts singly, together, as a batch, and with an explanation.</summary>
    /// <exception cref="InvalidInputException">What comes out are no probabilities.</exception>
    public static ServedModel Warmed(ServedModel model)
    {
        TextClassifier classifier = model.Classifier;
        string[] many = [.. Enumerable.Range(0, 64).Select(i => Texts[i % Texts.Length])];
        foreach (string text in Texts) Check(model, classifier.Predict(text));
        if (classifier.Model.GainsFromBatches) Check(model, classifier.PredictTogether(many));
        Check(model, classifier.Predict(many));
        Check(model, classifier.Explain(Texts[2]).Prediction);
        return model;
    }

    private static void Check(ServedModel model, params ReadOnlySpan<Prediction> predictions)
    {
        foreach (Prediction prediction in predictions)
        {
            double sum = 0;
            foreach (double probability in prediction.Probabilities) sum += probability is >= 0 and <= 1 ? probability : double.NaN;
            if (!(Math.Abs(sum - 1) < 1e-6)) throw new InvalidInputException($"{model.Name} ({model.Digest}) gives {string.Join(", ", prediction.Probabilities)}, which are no probabilities");
        }
    }
}
