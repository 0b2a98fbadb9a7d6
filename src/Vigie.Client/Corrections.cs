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

/// <summary>How far an erasure is.</summary>
/// <param name="ErasureId">Names the erasure.</param>
/// <param name="State"><c>done</c>: nothing of it is left; <c>waiting</c>: it is noted safely and follows.</param>
/// <param name="Predictions">Predictions whose texts and names were erased; null while waiting.</param>
/// <param name="Corrections">Corrections that were erased with them; null while waiting.</param>
/// <param name="Detail">What it waits for; null once done.</param>
public sealed record Erasure(string ErasureId, string State, int? Predictions = null, int? Corrections = null, string? Detail = null)
{
    /// <summary>Whether nothing is left. Where it is not, the same call tells later.</summary>
    public bool IsDone => State == "done";
}
