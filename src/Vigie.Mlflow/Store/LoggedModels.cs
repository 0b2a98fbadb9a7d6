using System.Buffers;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;

namespace Vigie.Mlflow;

/// <summary>Models of MLflow 3 in the database.</summary>
public sealed class LoggedModels
{
    /// <summary>Columns in the order that <see cref="Read"/> expects.</summary>
    internal const string Columns = "model_id, experiment_id, name, creation_time, last_update_time, artifact_uri, status, creator_id, model_type, source_run_id, status_message";

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("/:.%\"'");

    private readonly Database database;
    private readonly TimeProvider clock;

    internal LoggedModels(Database database, TimeProvider clock)
    {
        this.database = database;
        this.clock = clock;
    }

    /// <summary>Makes a model, pending until <see cref="FinalizeAsync"/>.</summary>
    /// <param name="experimentId">An active experiment.</param>
    /// <param name="name">Not unique; by default one drawn at random. May not hold <c>/ : . % " '</c>.</param>
    /// <param name="modelType">As the client says.</param>
    /// <param name="sourceRunId">The run that makes it.</param>
    /// <param name="parameters">May be none.</param>
    /// <param name="tags">May be none.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    /// <exception cref="MlflowException">There is no such active experiment, or a value is not allowed.</exception>
    public async Task<LoggedModel> CreateAsync(string experimentId, string? name = null, string? modelType = null, string? sourceRunId = null, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default)
    {
        long experiment = Check.ExperimentId(experimentId);
        string called = string.IsNullOrEmpty(name) ? RunNames.Draw() : name;
        Check.Length("Model name", called, 500);
        if (called.AsSpan().IndexOfAny(NotInNames) is int at and >= 0)
            throw MlflowException.Invalid($"model name '{Check.Shown(called)}' is invalid: it holds '{called[at]}'; a logged model's name may not hold / : . % \" or '");
        CheckAll(parameters ?? [], tags ?? []);
        string id = "m-" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        return await database.WriteAsync(
            async session =>
            {
                string root = await Experiments.RequireActiveAsync(session, experiment);
                long now = Now();
                await session.ExecuteAsync(
                    """
                    INSERT INTO logged_models (model_id, experiment_id, name, artifact_uri, status, model_type, source_run_id, creation_time, last_update_time, lifecycle_stage)
                    VALUES (@id, @experiment, @name, @uri, @status, @type, @run, @now, @now, 'active')
                    """,
                    ("@id", id), ("@experiment", experiment), ("@name", called), ("@uri", $"{root.TrimEnd('/')}/models/{id}/artifacts"), ("@status", LoggedModelStatus.Pending),
                    ("@type", modelType), ("@run", sourceRunId), ("@now", now));
                await PutParamsAsync(session, id, parameters ?? []);
                await PutTagsAsync(session, id, tags ?? []);
                return await FindAsync(session, id);
            },
            cancellation);
    }

    /// <summary>The model with its tags, params and every metric that runs logged of it.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="allowDeleted">Whether a deleted one is answered too.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="MlflowException">There is none, or it is deleted.</exception>
    public Task<LoggedModel> GetAsync(string modelId, bool allowDeleted = false, CancellationToken cancellation = default) =>
        database.ReadAsync(session => FindAsync(session, modelId, allowDeleted), cancellation);

    /// <summary>Says what came of a model.</summary>
    /// <param name="modelId">The model.</param>
    /// <param name="status">One of <see cref="LoggedModelStatus"/>.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    public async Task<LoggedModel> FinalizeAsync(string modelId, string status, CancellationToken cancellation = default)
    {
        if (status is not (LoggedModelStatus.Pending or LoggedModelStatus.Ready or LoggedModelStatus.UploadFailed))
            throw MlflowException.Invalid($"status '{Check.Shown(status)}' is unknown; expected {LoggedModelStatus.Ready} or {LoggedModelStatus.UploadFailed}");
        return await database.WriteAsync(
            async session =>
            {
                await RequireAsync(session, modelId);
                await session.ExecuteAsync("UPDATE logged_models SET status = @status, last_update_time = @now WHERE model_id = @id", ("@status", status), ("@now", Now()), ("@id", modelId));
                return await FindAsync(session, modelId);
            },
            cancellation);
    }

    /// <summary>Hides a model for good; its files stay.</summary>
    public Task DeleteAsync(string modelId, CancellationToken cancellation = default) => database.WriteAsync(
        async session =>
        {
            await RequireAsync(session, modelId);
            await session.ExecuteAsync("UPDATE logged_models SET lifecycle_stage = 'deleted', last_update_time = @now WHERE model_id = @id", ("@now", Now()), ("@id", modelId));
        },
        cancellation);

    /// <summary>Models of some experiments that a filter takes, in the order asked for.</summary>
    /// <param name="experimentIds">Where to search.</param>
    /// <param name="search">Filter, order, data sets and page.</param>
    /// <param name="cancellation">Ends the search.</param>
    public Task<Page<LoggedModel>> SearchAsync(IReadOnlyList<string> experimentIds, LoggedModelSearch search, CancellationToken cancellation = default) => LoggedModelFinder.SearchAsync(database, experimentIds, search, cancellation);

    /// <summary>Sets tags.</summary>
    public async Task SetTagsAsync(string modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation = default)
    {
        CheckAll([], tags);
        await ChangeAsync(modelId, session => PutTagsAsync(session, modelId, tags), cancellation);
    }

    /// <summary>Removes a tag.</summary>
    /// <exception cref="MlflowException">There is no such model or tag.</exception>
    public Task DeleteTagAsync(string modelId, string key, CancellationToken cancellation = default) => ChangeAsync(
        modelId,
        async session =>
        {
            if (await session.ExecuteAsync("DELETE FROM logged_model_tags WHERE model_id = @id AND key = @key", ("@id", modelId), ("@key", key)) == 0)
                throw MlflowException.Missing($"No tag with key '{Check.Shown(key)}' in model {modelId}");
        },
        cancellation);

    /// <summary>Logs params. The same value may be logged again, another may not.</summary>
    public async Task LogParamsAsync(string modelId, IReadOnlyList<Param> parameters, CancellationToken cancellation = default)
    {
        CheckAll(parameters, []);
        await ChangeAsync(modelId, session => PutParamsAsync(session, modelId, parameters), cancellation);
    }

    /// <summary>Keeps a metric that a run measured on a model.</summary>
    internal static async Task PutMetricAsync(Session session, Metric metric, string runId)
    {
        await RequireAsync(session, metric.ModelId!);
        MetricValue value = MetricValue.Of(metric.Value);
        await session.ExecuteAsync(
            """
            INSERT INTO logged_model_metrics (model_id, key, step, timestamp, value, is_nan, run_id, dataset_name, dataset_digest)
            VALUES (@model, @key, @step, @timestamp, @value, @nan, @run, @dataset, @digest) ON CONFLICT DO NOTHING
            """,
            ("@model", metric.ModelId), ("@key", metric.Key), ("@step", metric.Step), ("@timestamp", metric.Timestamp), ("@value", value.Value), ("@nan", value.IsNaN ? 1 : 0),
            ("@run", runId), ("@dataset", metric.DatasetName ?? ""), ("@digest", metric.DatasetDigest ?? ""));
    }

    /// <summary>Reads whole models, in the order of the ids given; each must exist. One query for each kind of thing that a model holds.</summary>
    internal static async Task<IReadOnlyList<LoggedModel>> LoadAsync(Session session, IReadOnlyList<string> ids)
    {
        if (ids.Count == 0) return [];
        string among = session.Dialect.Among("@models");
        (string, object?) models = ("@models", session.Dialect.Texts(ids));
        Dictionary<string, LoggedModelInfo> infos = (await session.QueryAsync($"SELECT {Columns} FROM logged_models WHERE model_id {among}", Read, models)).ToDictionary(info => info.ModelId);
        ILookup<string, Tag> tags = (await session.QueryAsync(
            $"SELECT model_id, key, value FROM logged_model_tags WHERE model_id {among} ORDER BY model_id, key",
            reader => (Id: reader.GetString(0), Tag: new Tag(reader.GetString(1), reader.GetString(2))), models)).ToLookup(row => row.Id, row => row.Tag);
        ILookup<string, Param> parameters = (await session.QueryAsync(
            $"SELECT model_id, key, value FROM logged_model_params WHERE model_id {among} ORDER BY model_id, key",
            reader => (Id: reader.GetString(0), Param: new Param(reader.GetString(1), reader.GetString(2))), models)).ToLookup(row => row.Id, row => row.Param);
        ILookup<string, Metric> metrics = (await session.QueryAsync(
            $"""
            SELECT model_id, key, value, is_nan, timestamp, step, run_id, dataset_name, dataset_digest FROM logged_model_metrics
            WHERE model_id {among} ORDER BY model_id, key, timestamp, step, value
            """,
            reader => new Metric(reader.GetString(1), MetricValue.Read(reader, 2), reader.GetInt64(4), reader.GetInt64(5))
            {
                ModelId = reader.GetString(0),
                RunId = reader.GetString(6),
                DatasetName = reader.GetString(7) is { Length: > 0 } dataset ? dataset : null,
                DatasetDigest = reader.GetString(8) is { Length: > 0 } digest ? digest : null,
            },
            models)).ToLookup(metric => metric.ModelId!);
        return [.. ids.Select(id => new LoggedModel(infos[id] with { Tags = [.. tags[id]] }, new LoggedModelData([.. parameters[id]], [.. metrics[id]])))];
    }

    private static LoggedModelInfo Read(DbDataReader reader) => new()
    {
        ModelId = reader.GetString(0),
        ExperimentId = reader.GetInt64(1).ToString(CultureInfo.InvariantCulture),
        Name = reader.GetString(2),
        CreationTimestampMs = reader.GetInt64(3),
        LastUpdatedTimestampMs = reader.GetInt64(4),
        ArtifactUri = reader.GetString(5),
        Status = reader.GetString(6),
        CreatorId = reader.TextOrNull(7),
        ModelType = reader.TextOrNull(8),
        SourceRunId = reader.TextOrNull(9),
        StatusMessage = reader.TextOrNull(10),
    };

    private static void CheckAll(IReadOnlyList<Param> parameters, IReadOnlyList<Tag> tags)
    {
        foreach (Param param in parameters) Check.Param(param);
        foreach (Tag tag in tags) Check.Tag(tag);
    }

    private static async Task<LoggedModel> FindAsync(Session session, string modelId, bool allowDeleted = false)
    {
        await RequireAsync(session, modelId, allowDeleted);
        return (await LoadAsync(session, [modelId]))[0];
    }

    private static async Task RequireAsync(Session session, string modelId, bool allowDeleted = false)
    {
        if (string.IsNullOrEmpty(modelId)) throw MlflowException.Invalid("model_id is missing");
        if (await session.ScalarAsync<long>("SELECT COUNT(*) FROM logged_models WHERE model_id = @id AND (lifecycle_stage = 'active' OR @deleted = 1)", ("@id", modelId), ("@deleted", allowDeleted ? 1L : 0L)) == 0)
            throw MlflowException.Missing($"Logged model with ID '{Check.Shown(modelId)}' not found");
    }

    private static async Task PutParamsAsync(Session session, string modelId, IReadOnlyList<Param> parameters)
    {
        foreach (Param param in parameters.OrderBy(param => param.Key, StringComparer.Ordinal))
        {
            if (await session.ExecuteAsync(
                "INSERT INTO logged_model_params (model_id, key, value) VALUES (@id, @key, @value) ON CONFLICT (model_id, key) DO NOTHING",
                ("@id", modelId), ("@key", param.Key), ("@value", param.Value)) == 1) continue;
            string? kept = await session.ScalarAsync<string>("SELECT value FROM logged_model_params WHERE model_id = @id AND key = @key", ("@id", modelId), ("@key", param.Key));
            if (kept != param.Value)
                throw MlflowException.Invalid($"Changing param values is not allowed. Param '{param.Key}' of model {modelId} was logged as '{Check.Shown(kept ?? "")}', and cannot become '{Check.Shown(param.Value)}'");
        }
    }

    private static async Task PutTagsAsync(Session session, string modelId, IReadOnlyList<Tag> tags)
    {
        foreach (Tag tag in tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            await session.ExecuteAsync(
                "INSERT INTO logged_model_tags (model_id, key, value) VALUES (@id, @key, @value) ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
                ("@id", modelId), ("@key", tag.Key), ("@value", tag.Value));
        }
    }

    private Task ChangeAsync(string modelId, Func<Session, Task> change, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            await RequireAsync(session, modelId);
            await change(session);
            await session.ExecuteAsync("UPDATE logged_models SET last_update_time = @now WHERE model_id = @id", ("@now", Now()), ("@id", modelId));
        },
        cancellation);

    private long Now() => clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>What a search for logged models asks for: its ordering names a field, and for a metric the data set.</summary>
public sealed record LoggedModelSearch(string? Filter, IReadOnlyList<LoggedModelOrder> OrderBy, IReadOnlyList<Dataset> Datasets, int MaxResults = 100, string? PageToken = null);

/// <summary>One key of the ordering.</summary>
public sealed record LoggedModelOrder(string FieldName, bool Ascending = true, string? DatasetName = null, string? DatasetDigest = null);
