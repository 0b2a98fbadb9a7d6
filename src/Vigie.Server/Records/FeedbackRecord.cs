using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>One correction, as it is kept.</summary>
internal sealed record FeedbackRecord
{
    /// <summary>Its own number.</summary>
    public required PredictionId Id { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The prediction it is about; null where the caller sent text and label instead.</summary>
    public PredictionId? Prediction { get; init; }

    /// <summary>The tweet; null where <see cref="Prediction"/> names it.</summary>
    public string? Text { get; init; }

    /// <summary>What had been predicted; null where <see cref="Prediction"/> names it.</summary>
    public Sentiment? Predicted { get; init; }

    /// <summary>What would have been right.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>Who says so, as the caller named them; kept as a keyed hash only.</summary>
    public string? Reporter { get; init; }

    /// <summary>Why.</summary>
    public string? Comment { get; init; }

    /// <summary>Whether it is a reviewer's judgement: <see cref="Reporter"/> then names the reviewer, whose name is kept.</summary>
    public bool IsReview { get; init; }

    /// <summary>Whether the judgement ends a disagreement of other reviewers.</summary>
    public bool Settles { get; init; }
}
