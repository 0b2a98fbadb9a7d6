namespace Vigie.Mlflow;

/// <content>What a run logs: metrics, params and tags. One call is one transaction: all of it or nothing.</content>
public sealed partial class Runs
{
    /// <summary>Logs one value of a metric.</summary>
    /// <exception cref="MlflowException">There is no such active run, or the key or time is not allowed.</exception>
    public Task LogMetricAsync(string runId, Metric metric, CancellationToken cancellation = default) => LogBatchAsync(runId, [metric], [], [], cancellation);

    /// <summary>Logs one param. The same value may be logged again, another may not.</summary>
    /// <exception cref="MlflowException">There is no such active run, the param has another value, or key or value is not allowed.</exception>
    public Task LogParamAsync(string runId, Param param, CancellationToken cancellation = default) => LogBatchAsync(runId, [], [param], [], cancellation);

    /// <summary>Sets one tag.</summary>
    public Task SetTagAsync(string runId, Tag tag, CancellationToken cancellation = default) => LogBatchAsync(runId, [], [], [tag], cancellation);

    /// <summary>Logs metrics, params and tags together. The last of several tags of a key counts.</summary>
    /// <exception cref="MlflowException">There is no such active run; a param has another value; a limit of <see cref="Limits"/> is exceeded; a key is not allowed.</exception>
    public async Task LogBatchAsync(string runId, IReadOnlyList<Metric> metrics, IReadOnlyList<Param> parameters, IReadOnlyList<Tag> tags, CancellationToken cancellation = default)
    {
        CheckBatch(metrics, parameters, tags);
        MetricBatch batch = MetricBatch.Of(metrics);
        IReadOnlyDictionary<string, long> newKeys = await database.WriteAsync(
            async session =>
            {
                RunRow run = await FindActiveAsync(session, runId);
                await PutParamsAsync(session, run.Id, runId, parameters);
                await PutTagsAsync(session, run.Id, tags);
                return await batch.WriteAsync(session, run.Id, run.ExperimentId, runId, metricKeys);
            },
            cancellation);
        metricKeys.Remember(newKeys);
    }

    /// <summary>Removes one tag.</summary>
    /// <exception cref="MlflowException">There is no such active run or tag.</exception>
    public Task DeleteTagAsync(string runId, string key, CancellationToken cancellation = default) => database.WriteAsync(
        async session =>
        {
            RunRow run = await FindActiveAsync(session, runId);
            if (await session.ExecuteAsync("DELETE FROM tags WHERE run = @run AND key = @key", ("@run", run.Id), ("@key", key)) == 0)
                throw MlflowException.Missing($"No tag with name '{Check.Shown(key)}' in run {runId}");
        },
        cancellation);

    private static void CheckBatch(IReadOnlyList<Metric> metrics, IReadOnlyList<Param> parameters, IReadOnlyList<Tag> tags)
    {
        Check.Count("metrics", metrics.Count, Limits.BatchMetrics);
        Check.Count("params", parameters.Count, Limits.BatchParams);
        Check.Count("tags", tags.Count, Limits.BatchTags);
        Check.Count("metrics, params and tags together", metrics.Count + parameters.Count + tags.Count, Limits.BatchTotal);
        string? checkedKey = null;
        foreach (Metric metric in metrics)
        {
            if (metric is null || metric.Timestamp < 0 || !ReferenceEquals(metric.Key, checkedKey)) Check.Metric(metric);
            checkedKey = metric!.Key;
        }

        foreach (Param param in parameters) Check.Param(param);
        foreach (Tag tag in tags) Check.Tag(tag);
        if (parameters.GroupBy(param => param.Key, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw MlflowException.Invalid($"Duplicate parameter keys have been submitted: '{twice.Key}' is given {twice.Count()} times; give one value for each key");
    }

    private static async Task PutParamsAsync(Session session, long run, string runId, IReadOnlyList<Param> parameters)
    {
        // In the order of the keys: two writers that meet wait for each other in one direction only.
        foreach (Param param in parameters.OrderBy(param => param.Key, StringComparer.Ordinal))
        {
            if (await session.ExecuteAsync(
                "INSERT INTO params (run, key, value) VALUES (@run, @key, @value) ON CONFLICT (run, key) DO NOTHING", ("@run", run), ("@key", param.Key), ("@value", param.Value)) == 1) continue;
            string? kept = await session.ScalarAsync<string>("SELECT value FROM params WHERE run = @run AND key = @key", ("@run", run), ("@key", param.Key));
            if (kept != param.Value)
                throw MlflowException.Invalid($"Changing param values is not allowed. Param '{param.Key}' of run {runId} was logged as '{Check.Shown(kept ?? "")}', and cannot become '{Check.Shown(param.Value)}'");
        }
    }

    private static async Task PutTagsAsync(Session session, long run, IReadOnlyList<Tag> tags)
    {
        foreach (Tag tag in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            await session.ExecuteAsync(
                "INSERT INTO tags (run, key, value) VALUES (@run, @key, @value) ON CONFLICT (run, key) DO UPDATE SET value = excluded.value",
                ("@run", run), ("@key", tag.Key), ("@value", tag.Value));
            if (tag.Key == NameTag) await session.ExecuteAsync("UPDATE runs SET name = @name WHERE id = @run", ("@name", tag.Value), ("@run", run));
        }
    }
}
