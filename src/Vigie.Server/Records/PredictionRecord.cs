using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>One prediction, as it is kept.</summary>
internal sealed record PredictionRecord
{
    /// <summary>Under which callers send corrections.</summary>
    public required PredictionId Id { get; init; }

    /// <summary>When it was answered.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The model that answered.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>In which part it answered.</summary>
    public required ModelPart Part { get; init; }

    /// <summary>The tweet; kept unless the settings say otherwise.</summary>
    public required string Text { get; init; }

    /// <summary>The caller's identifier of the tweet.</summary>
    public TweetId? TweetId { get; init; }

    /// <summary>The author as the caller named them; kept as a keyed hash only.</summary>
    public string? Author { get; init; }

    /// <summary>The tweet's language as the caller told it (BCP 47).</summary>
    public string? Language { get; init; }

    /// <summary>The class decided for.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>The probability of the positive class, in [0, 1].</summary>
    public required double ProbabilityPositive { get; init; }

    /// <summary>The probability of the label, in [0, 1].</summary>
    public required double Confidence { get; init; }

    /// <summary>Share of the text's words that the model has never seen, in [0, 1].</summary>
    public required double UnknownShare { get; init; }

    /// <summary>From the request's arrival to its answer.</summary>
    public required TimeSpan Latency { get; init; }

    /// <summary>What the shadow said of the same tweet; null where there is none.</summary>
    public ShadowPrediction? Shadow { get; init; }
}

/// <summary>What a shadow said of a tweet that the champion answered.</summary>
/// <param name="Model">The shadow.</param>
/// <param name="Label">The class it decided for.</param>
/// <param name="ProbabilityPositive">The probability of the positive class, in [0, 1].</param>
internal sealed record ShadowPrediction(ServedModel Model, Sentiment Label, double ProbabilityPositive);

/// <summary>The part in which a model answered.</summary>
internal enum ModelPart
{
    /// <summary>As the one that answers.</summary>
    Champion,

    /// <summary>As the one under trial, on its share of the traffic.</summary>
    Challenger,

    /// <summary>Because the caller asked for it by name.</summary>
    Named,

    /// <summary>As the champion, to a batch: all of it goes to one model, whatever trial is under way.</summary>
    Batch,
}
