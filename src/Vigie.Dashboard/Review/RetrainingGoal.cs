using Vigie.Mlflow;
using Vigie.Server;

namespace Vigie.Dashboard.Review;

/// <summary>How far it is to a retraining.</summary>
/// <param name="Model">The champion.</param>
/// <param name="Since">When it was trained; when it first answered here, where no registry tells. Null where it has not answered yet.</param>
/// <param name="IsRegistered">Whether a registry tells.</param>
/// <param name="Corrected">Predictions since then whose last correction says another label.</param>
internal sealed record RetrainingGoal(string Model, DateTimeOffset? Since, bool IsRegistered, long Corrected)
{
    /// <summary>With more corrections than this there is enough to learn from.</summary>
    public const long Needed = 500;

    /// <summary>Whether a retraining is allowed.</summary>
    public bool IsReached => Corrected > Needed;

    /// <summary>Counts.</summary>
    /// <exception cref="IOException">The records cannot be read.</exception>
    public static async Task<RetrainingGoal?> OfAsync(ModelHost host, TrackedStore tracked, ReviewRecords records, CancellationToken cancellation)
    {
        if (host.DutyIfReady?.Champion is not { } champion) return null;
        DateTimeOffset? trained = await TrainedAsync(champion, tracked, cancellation);
        DateTimeOffset? since = trained ?? await Asked.OfRecordsAsync(records.FirstAnswerAsync(champion.Digest, cancellation));
        long corrected = since is { } from ? await Asked.OfRecordsAsync(records.CorrectedAsync(from, cancellation)) : 0;
        return new RetrainingGoal(KeptRecords.NameOf(champion.Name, champion.Version), since, trained is not null, corrected);
    }

    private static async Task<DateTimeOffset?> TrainedAsync(ServedModel champion, TrackedStore tracked, CancellationToken cancellation)
    {
        if (champion.Version is not { } version || await tracked.OpenAsync(cancellation) is not { } store) return null;
        try
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((await store.Registry.GetVersionAsync(champion.Name, version, cancellation)).CreationTimestamp);
        }
        catch (MlflowException none) when (none.Code is ErrorCode.ResourceDoesNotExist or ErrorCode.InvalidParameterValue)
        {
            return null; // it came from elsewhere
        }
    }
}
