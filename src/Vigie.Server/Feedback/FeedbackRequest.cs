using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>What would have been right: about a prediction by its <c>prediction_id</c>, or about a <c>text</c> with what was <c>predicted</c>. Other fields are ignored.</summary>
internal sealed record FeedbackRequest
{
    /// <summary>The prediction it is about, as its answer named it; absent where <c>text</c> and <c>predicted</c> are sent.</summary>
    public string? PredictionId { get; init; }

    /// <summary>The tweet; absent where <c>prediction_id</c> is sent.</summary>
    public string? Text { get; init; }

    /// <summary>What was predicted of <c>text</c>.</summary>
    public Sentiment? Predicted { get; init; }

    /// <summary>What is right: one of the classes of a model that is served. The same as was predicted where the prediction was right.</summary>
    public required Sentiment Label { get; init; }

    /// <summary>Who says so, at most 200 characters. Kept as a keyed hash only.</summary>
    public string? Reporter { get; init; }

    /// <summary>Why, at most 1000 characters.</summary>
    public string? Comment { get; init; }
}

/// <summary>That a correction is kept.</summary>
/// <param name="FeedbackId">Names the correction.</param>
/// <param name="PredictionId">The prediction it is about; absent where it came with a text.</param>
internal sealed record FeedbackAnswer(PredictionId FeedbackId, PredictionId? PredictionId = null);
