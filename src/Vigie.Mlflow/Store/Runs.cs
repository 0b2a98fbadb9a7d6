using System.Security.Cryptography;

namespace Vigie.Mlflow;

/// <summary>Runs in the database, and what they log.</summary>
public sealed partial class Runs
{
    /// <summary>The tag that is a run's name.</summary>
    internal const string NameTag = "mlflow.runName";

    private readonly Database database;
    private readonly TimeProvider clock;
    private readonly MetricKeys metricKeys = new();
    private readonly RunSearch runSearch;

    internal Runs(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
        runSearch = new RunSearch(database);
    }

    /// <summary>Starts a run.</summary>
    /// <param name="experimentId">An active experiment.</param>
    /// <param name="name">By default the tag <c>mlflow.runName</c>, or one drawn at random.</param>
    /// <param name="userId">Who started it.</param>
    /// <param name="startTime">Milliseconds since the epoch; by default now.</param>
    /// <param name="tags">May be none.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    /// <exception cref="MlflowException">There is no such active experiment, or a value is not allowed.</exception>
    public async Task<Run> CreateAsync(string experimentId, string? name = null, string? userId = null, long? startTime = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default)
    {
        long experiment = Check.ExperimentId(experimentId);
        if (startTime < 0) throw MlflowException.Invalid($"start_time {startTime} is invalid; expected milliseconds since the epoch, 0 or more");
        IReadOnlyList<Tag> all = WithName(name, tags ?? []);
        string id = RandomNumberGenerator.GetHexString(32, lowercase: true);
        RunInfo info = await database.WriteAsync(
            async session =>
            {
                string root = await Experiments.RequireActiveAsync(session, experiment);
                var created = new RunInfo
                {
                    RunId = id,
                    RunName = all.First(tag => tag.Key == NameTag).Value,
                    ExperimentId = experimentId,
                    UserId = userId,
                    Status = RunStatus.Running,
                    StartTime = startTime ?? clock.GetUtcNow().ToUnixTimeMilliseconds(),
                    ArtifactUri = $"{root.TrimEnd('/')}/{id}/artifacts",
                    LifecycleStage = LifecycleStage.Active,
                };
                long run = await InsertAsync(session, created);
                await PutTagsAsync(session, run, all);
                return created;
            },
            cancellation);
        return new Run(info, new RunData([], [], all), new RunInputs([], []), new RunOutputs([]));
    }

    /// <summary>The run with all that it logged, deleted or not.</summary>
    /// <exception cref="MlflowException">There is none.</exception>
    public async Task<Run> GetAsync(string runId, CancellationToken cancellation = default) => await database.ReadAsync(
        async session =>
        {
            RunRow row = await FindAsync(session, runId);
            return (await RunRows.LoadAsync(session, [row.Id], cancellation))[0];
        },
        cancellation);

    /// <summary>Changes what is given of an active run.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="status">One of <see cref="RunStatus"/>. A run that goes on again has no end.</param>
    /// <param name="endTime">Milliseconds since the epoch.</param>
    /// <param name="name">Also sets the tag <c>mlflow.runName</c>.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    public async Task<RunInfo> UpdateAsync(string runId, string? status = null, long? endTime = null, string? name = null, CancellationToken cancellation = default)
    {
        if (status is not null) Check.Status(status);
        if (endTime < 0) throw MlflowException.Invalid($"end_time {endTime} is invalid; expected milliseconds since the epoch, 0 or more");
        if (!string.IsNullOrEmpty(name)) Check.Tag(new Tag(NameTag, name));
        return await database.WriteAsync(
            async session =>
            {
                RunRow row = await FindActiveAsync(session, runId);
                bool again = status is RunStatus.Running or RunStatus.Scheduled;
                await session.ExecuteAsync(
                    $"UPDATE runs SET status = COALESCE(@status, status), end_time = {(again ? "CAST(@end AS BIGINT)" : "COALESCE(@end, end_time)")} WHERE id = @run",
                    ("@status", status), ("@end", endTime), ("@run", row.Id));
                if (!string.IsNullOrEmpty(name)) await PutTagsAsync(session, row.Id, [new Tag(NameTag, name)]);
                return (await session.FirstAsync($"SELECT {RunRows.Columns} FROM runs WHERE id = @run", RunRows.Read, ("@run", row.Id)))!;
            },
            cancellation);
    }

    /// <summary>Hides a run. Deleting a deleted run changes nothing.</summary>
    public Task DeleteAsync(string runId, CancellationToken cancellation = default) => SetStageAsync(runId, LifecycleStage.Deleted, cancellation);

    /// <summary>Brings a deleted run back. Restoring an active run changes nothing.</summary>
    public Task RestoreAsync(string runId, CancellationToken cancellation = default) => SetStageAsync(runId, LifecycleStage.Active, cancellation);

    /// <summary>Runs of some experiments that a filter takes, in the order asked for.</summary>
    /// <param name="experimentIds">Where to search; none finds none.</param>
    /// <param name="search">Filter, order and page.</param>
    /// <param name="viewType">ACTIVE_ONLY, DELETED_ONLY or ALL.</param>
    /// <param name="cancellation">Ends the search.</param>
    public Task<Page<Run>> SearchAsync(IReadOnlyList<string> experimentIds, Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default) => runSearch.SearchAsync(experimentIds, search, viewType, cancellation);

    /// <summary>All runs of some experiments that a filter takes, by their place in the order asked for; page and number of results are not looked at.</summary>
    /// <param name="experimentIds">Where to search; none finds none.</param>
    /// <param name="search">Filter and order.</param>
    /// <param name="viewType">ACTIVE_ONLY, DELETED_ONLY or ALL.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async Task<RunList> ListAsync(IReadOnlyList<string> experimentIds, Search search, string viewType = "ACTIVE_ONLY", CancellationToken cancellation = default) =>
        new(database, await runSearch.ListAsync(experimentIds, search, viewType, cancellation));

    /// <summary>The run's number and state.</summary>
    private static async Task<RunRow> FindAsync(Session session, string runId)
    {
        if (string.IsNullOrEmpty(runId)) throw MlflowException.Invalid("run_id is missing");
        return await session.FirstAsync(
            "SELECT id, experiment_id, lifecycle_stage FROM runs WHERE run_id = @id", reader => new RunRow(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2)), ("@id", runId))
            ?? throw MlflowException.Missing($"Run with id={Check.Shown(runId)} not found");
    }

    private static async Task<RunRow> FindActiveAsync(Session session, string runId)
    {
        RunRow row = await FindAsync(session, runId);
        return row.LifecycleStage == LifecycleStage.Active
            ? row
            : throw MlflowException.Invalid($"The run {runId} must be in the 'active' state. Current state is {row.LifecycleStage}.");
    }

    private static Task<long> InsertAsync(Session session, RunInfo info) => session.ScalarAsync<long>(
        """
        INSERT INTO runs (run_id, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
        VALUES (@id, @experiment, @name, @user, @status, @start, @end, @uri, @stage) RETURNING id
        """,
        ("@id", info.RunId), ("@experiment", Check.ExperimentId(info.ExperimentId)), ("@name", info.RunName), ("@user", info.UserId), ("@status", info.Status),
        ("@start", info.StartTime), ("@end", info.EndTime), ("@uri", info.ArtifactUri), ("@stage", info.LifecycleStage));

    /// <summary>The tags with the run's name among them: the argument, else the tag, else a drawn one. In the order of their keys; the last of a key counts.</summary>
    private static List<Tag> WithName(string? name, IReadOnlyList<Tag> tags)
    {
        var all = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Tag tag in tags)
        {
            Check.Tag(tag);
            all[tag.Key] = tag.Value;
        }

        if (!all.TryGetValue(NameTag, out string? tagged) || tagged.Length == 0) all[NameTag] = string.IsNullOrEmpty(name) ? RunNames.Draw() : name;
        else if (!string.IsNullOrEmpty(name) && name != tagged)
            throw MlflowException.Invalid($"run_name is '{Check.Shown(name)}' and the tag {NameTag} is '{Check.Shown(tagged)}'; give one of them, or the same twice");
        Check.Tag(new Tag(NameTag, all[NameTag]));
        return [.. all.Select(pair => new Tag(pair.Key, pair.Value))];
    }

    private Task SetStageAsync(string runId, string stage, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            RunRow row = await FindAsync(session, runId);
            if (row.LifecycleStage == stage) return;
            long? deleted = stage == LifecycleStage.Deleted ? clock.GetUtcNow().ToUnixTimeMilliseconds() : null;
            await session.ExecuteAsync("UPDATE runs SET lifecycle_stage = @stage, deleted_time = @deleted WHERE id = @run", ("@stage", stage), ("@deleted", deleted), ("@run", row.Id));
        },
        cancellation);

    private sealed record RunRow(long Id, long ExperimentId, string LifecycleStage);
}
