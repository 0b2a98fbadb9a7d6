namespace Vigie.Client;

/// <summary>What would have been right, as it is sent.</summary>
internal sealed record CorrectionRequest
{
    public string? PredictionId { get; init; }

    public string? Text { get; init; }

    public Sentiment? Predicted { get; init; }

    public required Sentiment Label { get; init; }

    public string? Reporter { get; init; }

    public string? Comment { get; init; }
}

/// <summary>A correction that the server has on its disk.</summary>
/// <param name="FeedbackId">Names the correction.</param>
public sealed record Correction(string FeedbackId);
