using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>A data set that runs read, and how many did.</summary>
/// <param name="Dataset">The data set.</param>
/// <param name="Runs">Runs of one experiment that read it; deleted ones do not count.</param>
/// <param name="LastUsed">When the latest of them began, in milliseconds since the epoch.</param>
public sealed record UsedDataset(Dataset Dataset, long Runs, long LastUsed);

/// <content>The data sets that runs read, whichever run it was.</content>
public sealed partial class Runs
{
    /// <summary>The data sets that runs read, those of the latest runs first. One that several experiments used stands here once for each.</summary>
    /// <param name="maxResults">At most so many.</param>
    /// <param name="digest">Only those of this digest; null for all.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    public Task<IReadOnlyList<UsedDataset>> DatasetsAsync(int maxResults, string? digest = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxResults);
        if (digest is not null && digest.Contains('\0', StringComparison.Ordinal)) return Task.FromResult<IReadOnlyList<UsedDataset>>([]);
        return database.ReadAsync<IReadOnlyList<UsedDataset>>(
            async session => await session.QueryAsync(
                $"""
                SELECT d.name, d.digest, d.source_type, d.source, d.schema, d.profile, u.runs, u.latest
                FROM (SELECT x.dataset_id, COUNT(*) AS runs, MAX(r.start_time) AS latest FROM run_datasets x JOIN runs r ON r.id = x.run WHERE r.lifecycle_stage = @active GROUP BY x.dataset_id) u
                JOIN datasets d ON d.id = u.dataset_id {(digest is null ? "" : "WHERE d.digest = @digest")} ORDER BY u.latest DESC, d.id DESC LIMIT @max
                """,
                Read,
                [("@active", LifecycleStage.Active), ("@max", (long)maxResults), .. digest is null ? [] : new (string, object?)[] { ("@digest", digest) }]),
            cancellation);

        static UsedDataset Read(DbDataReader reader) => new(
            new Dataset(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.TextOrNull(4), reader.TextOrNull(5)), reader.GetInt64(6), reader.GetInt64(7));
    }
}
