using System.Data.Common;
using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Reads whole runs: one query for each kind of thing that a run holds, however many runs are asked for.</summary>
internal static class RunRows
{
    /// <summary>Columns in the order that <see cref="Read(DbDataReader)"/> expects.</summary>
    public const string Columns = "run_id, name, experiment_id, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage";

    /// <summary>A row of <see cref="Columns"/>.</summary>
    public static RunInfo Read(DbDataReader reader) => Read(reader, 0);

    /// <summary>The runs of these numbers, in the order of the numbers given; each must exist.</summary>
    public static async Task<IReadOnlyList<Run>> LoadAsync(Session session, IReadOnlyList<long> ids, CancellationToken cancellation)
    {
        if (ids.Count == 0) return [];
        string among = session.Dialect.Among("@runs");
        (string, object?) runs = ("@runs", session.Dialect.Numbers(ids));
        Dictionary<long, RunInfo> infos = (await session.QueryAsync($"SELECT id, {Columns} FROM runs WHERE id {among}", reader => (Id: reader.GetInt64(0), Info: Read(reader, 1)), runs))
            .ToDictionary(row => row.Id, row => row.Info);
        cancellation.ThrowIfCancellationRequested();
        ILookup<long, Metric> metrics = await GroupsAsync(
            session,
            $"SELECT l.run, k.name, l.value, l.is_nan, l.timestamp, l.step FROM latest_metrics l JOIN metric_keys k ON k.id = l.key_id WHERE l.run {among} ORDER BY l.run, k.name",
            reader => new Metric(reader.GetString(1), MetricValue.Read(reader, 2), reader.GetInt64(4), reader.GetInt64(5)), runs);
        ILookup<long, Param> parameters = await GroupsAsync(
            session, $"SELECT run, key, value FROM params WHERE run {among} ORDER BY run, key", reader => new Param(reader.GetString(1), reader.GetString(2)), runs);
        ILookup<long, Tag> tags = await GroupsAsync(
            session, $"SELECT run, key, value FROM tags WHERE run {among} ORDER BY run, key", reader => new Tag(reader.GetString(1), reader.GetString(2)), runs);
        cancellation.ThrowIfCancellationRequested();
        ILookup<long, DatasetInput> datasets = await DatasetsAsync(session, among, runs);
        ILookup<long, (string Direction, string ModelId, long Step)> models = await GroupsAsync(
            session, $"SELECT run, direction, model_id, step FROM run_models WHERE run {among} ORDER BY run, step, model_id", reader => (reader.GetString(1), reader.GetString(2), reader.GetInt64(3)), runs);
        return
        [
            .. ids.Select(id => new Run(
                infos[id],
                new RunData([.. metrics[id]], [.. parameters[id]], [.. tags[id]]),
                new RunInputs([.. datasets[id]], [.. models[id].Where(model => model.Direction == "input").Select(model => new ModelInput(model.ModelId))]),
                new RunOutputs([.. models[id].Where(model => model.Direction == "output").Select(model => new ModelOutput(model.ModelId, model.Step))]))),
        ];
    }

    private static async Task<ILookup<long, DatasetInput>> DatasetsAsync(Session session, string among, (string, object?) runs)
    {
        List<(long Run, long Id, Dataset Dataset)> used = await session.QueryAsync(
            $"""
            SELECT r.run, d.id, d.name, d.digest, d.source_type, d.source, d.schema, d.profile
            FROM run_datasets r JOIN datasets d ON d.id = r.dataset_id WHERE r.run {among} ORDER BY r.run, d.id
            """,
            reader => (reader.GetInt64(0), reader.GetInt64(1),
                new Dataset(reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.TextOrNull(6), reader.TextOrNull(7))),
            runs);
        if (used.Count == 0) return used.ToLookup(row => row.Run, row => new DatasetInput([], row.Dataset));
        ILookup<(long, long), Tag> tags = (await session.QueryAsync(
            $"SELECT run, dataset_id, key, value FROM run_dataset_tags WHERE run {among} ORDER BY run, dataset_id, key",
            reader => (Key: (reader.GetInt64(0), reader.GetInt64(1)), Tag: new Tag(reader.GetString(2), reader.GetString(3))), runs)).ToLookup(row => row.Key, row => row.Tag);
        return used.ToLookup(row => row.Run, row => new DatasetInput([.. tags[(row.Run, row.Id)]], row.Dataset));
    }

    private static async Task<ILookup<long, T>> GroupsAsync<T>(Session session, string sql, Func<DbDataReader, T> map, (string, object?) runs) =>
        (await session.QueryAsync(sql, reader => (Run: reader.GetInt64(0), Row: map(reader)), runs)).ToLookup(row => row.Run, row => row.Row);

    private static RunInfo Read(DbDataReader reader, int first) => new()
    {
        RunId = reader.GetString(first),
        RunName = reader.TextOrNull(first + 1),
        ExperimentId = reader.GetInt64(first + 2).ToString(CultureInfo.InvariantCulture),
        UserId = reader.TextOrNull(first + 3),
        Status = reader.GetString(first + 4),
        StartTime = reader.GetInt64(first + 5),
        EndTime = reader.NumberOrNull(first + 6),
        ArtifactUri = reader.GetString(first + 7),
        LifecycleStage = reader.GetString(first + 8),
    };
}
