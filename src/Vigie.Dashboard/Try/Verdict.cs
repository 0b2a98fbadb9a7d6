using Vigie.Dashboard.Reading;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Try;

/// <summary>What one model says of one tweet.</summary>
public sealed record Verdict
{
    /// <summary>The tweet.</summary>
    public required string Text { get; init; }

    /// <summary>What people call the model.</summary>
    public required string Model { get; init; }

    /// <summary>What it decided for.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>The probability of that.</summary>
    public required double Confidence { get; init; }

    /// <summary>The probability of each of its classes.</summary>
    public required IReadOnlyList<(Sentiment Label, double Share)> Shares { get; init; }

    /// <summary>Whether it knows nothing of the text.</summary>
    public required bool Unknown { get; init; }

    /// <summary>The share of words that it has never seen.</summary>
    public required double UnknownShare { get; init; }

    /// <summary>Why; null where that was not asked.</summary>
    public Reasons? Why { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>The prediction, as corrections name it.</summary>
    public required string PredictionId { get; init; }

    internal static Verdict Of(string text, ServedModel model, PredictionAnswer answer) => new()
    {
        Text = text,
        Model = KeptRecords.NameOf(model.Name, model.Version),
        Label = answer.Label,
        Confidence = answer.Confidence,
        Shares = [.. model.Classifier.Classes.Select(label => (label, answer.Probabilities.Of(label)))],
        Unknown = answer.Unknown,
        UnknownShare = answer.UnknownShare,
        Why = Reasons.Of(answer.Explain, text),
        Took = answer.LatencyMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null,
        PredictionId = answer.PredictionId.ToString(),
    };
}

/// <summary>How sentiments are called.</summary>
internal static class SentimentNames
{
    /// <summary>In the reader's language.</summary>
    public static string Name(this Viewer viewer, Sentiment label) => label switch
    {
        Sentiment.Negative => viewer.T("Negative", "Négatif"),
        Sentiment.Neutral => viewer.T("Neutral", "Neutre"),
        _ => viewer.T("Positive", "Positif"),
    };

    /// <summary>The name of its colours: <c>negative</c>.</summary>
    public static string Tone(this Sentiment label) => Labels.Of(label);

    /// <summary>A sign that tells it without a colour.</summary>
    public static string Sign(this Sentiment label) => label switch { Sentiment.Negative => "−", Sentiment.Neutral => "○", _ => "+" };

    /// <summary>A pull with its sign.</summary>
    public static string Signed(this Viewer viewer, double pull) => (pull < 0 ? "−" : "+") + viewer.Number(Math.Abs(pull), 2);

    /// <summary>A probability: whole percents, but for one that would be rounded to certainty.</summary>
    public static string Sure(this Viewer viewer, double share) => viewer.Percent(share, share is > 0.995 and < 1 ? 1 : 0);
}
