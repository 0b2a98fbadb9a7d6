namespace Vigie.Server;

/// <summary>A wish to forget, as it is kept until it is carried out.</summary>
/// <param name="Id">Its own number.</param>
/// <param name="At">When it came.</param>
/// <param name="TweetId">The caller's identifier of the tweet, written as a string or as a number; null where an author is to be forgotten.</param>
/// <param name="Author">The author's hash; null where a tweet is to be forgotten.</param>
internal sealed record ErasureRecord(PredictionId Id, DateTimeOffset At, string? TweetId, long? Author);

/// <summary>What an erasure took away.</summary>
/// <param name="Predictions">Predictions.</param>
/// <param name="Corrections">Corrections, those among them whose reporter alone was taken away.</param>
internal readonly record struct ErasureCounts(int Predictions, int Corrections);

/// <summary>What is being forgotten, for those who keep copies of it, such as caches.</summary>
/// <param name="Texts">The texts; each may have been predicted in several ways.</param>
/// <param name="AnyText">Whether there are texts that are not known, because none are kept: then every copy has to go.</param>
internal sealed record Erased(IReadOnlyList<string> Texts, bool AnyText)
{
    /// <summary>The predictions that are forgotten.</summary>
    public IReadOnlyList<PredictionId> Predictions { get; init; } = [];
}
