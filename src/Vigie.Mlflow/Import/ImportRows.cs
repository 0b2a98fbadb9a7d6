namespace Vigie.Mlflow.Import;

/// <summary>Rows whose ids and numbers the source gives, which the store's own methods would choose themselves. None of them replaces a row.</summary>
internal static class ImportRows
{
    /// <summary>Adds a run without what it logged, and says whether it was missing.</summary>
    public static Task<bool> AddRunAsync(Database database, RunInfo run, CancellationToken cancellation) => database.WriteAsync(
        async session => await session.ExecuteAsync(
            """
            INSERT INTO runs (run_id, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)
            VALUES (@run, @experiment, @name, @user, @status, @start, @end, @uri, 'active') ON CONFLICT (run_id) DO NOTHING
            """,
            ("@run", run.RunId), ("@experiment", Id(run.ExperimentId)), ("@name", run.RunName), ("@user", run.UserId), ("@status", run.Status), ("@start", run.StartTime),
            ("@end", run.EndTime), ("@uri", run.ArtifactUri)) > 0,
        cancellation);

    /// <summary>Adds a logged model, its params, tags and metrics, and says whether it was missing.</summary>
    public static Task<bool> AddLoggedModelAsync(Database database, LoggedModel model, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            LoggedModelInfo info = model.Info;
            bool added = await session.ExecuteAsync(
                """
                INSERT INTO logged_models (model_id, experiment_id, name, artifact_uri, status, status_message, model_type, creator_id, source_run_id, creation_time, last_update_time, lifecycle_stage)
                VALUES (@model, @experiment, @name, @uri, @status, @message, @type, @creator, @run, @created, @updated, 'active') ON CONFLICT (model_id) DO NOTHING
                """,
                ("@model", info.ModelId), ("@experiment", Id(info.ExperimentId)), ("@name", info.Name), ("@uri", info.ArtifactUri), ("@status", info.Status),
                ("@message", info.StatusMessage), ("@type", info.ModelType), ("@creator", info.CreatorId), ("@run", info.SourceRunId),
                ("@created", info.CreationTimestampMs), ("@updated", info.LastUpdatedTimestampMs)) > 0;
            foreach (Param param in model.Data.Params)
            {
                await session.ExecuteAsync("INSERT INTO logged_model_params (model_id, key, value) VALUES (@model, @key, @value) ON CONFLICT DO NOTHING",
                    ("@model", info.ModelId), ("@key", param.Key), ("@value", param.Value));
            }

            foreach (Tag tag in info.Tags)
            {
                await session.ExecuteAsync("INSERT INTO logged_model_tags (model_id, key, value) VALUES (@model, @key, @value) ON CONFLICT DO NOTHING",
                    ("@model", info.ModelId), ("@key", tag.Key), ("@value", tag.Value));
            }

            foreach (Metric metric in model.Data.Metrics)
            {
                await session.ExecuteAsync(
                    """
                    INSERT INTO logged_model_metrics (model_id, key, step, timestamp, value, is_nan, run_id, dataset_name, dataset_digest)
                    VALUES (@model, @key, @step, @time, @value, @nan, @run, @dataset, @digest) ON CONFLICT DO NOTHING
                    """,
                    ("@model", info.ModelId), ("@key", metric.Key), ("@step", metric.Step), ("@time", metric.Timestamp),
                    ("@value", double.IsNaN(metric.Value) ? 0 : Math.Clamp(metric.Value, double.MinValue, double.MaxValue)), ("@nan", double.IsNaN(metric.Value) ? 1 : 0),
                    ("@run", metric.RunId ?? info.SourceRunId ?? ""), ("@dataset", metric.DatasetName ?? ""), ("@digest", metric.DatasetDigest ?? ""));
            }

            return added;
        },
        cancellation);

    /// <summary>Adds a version in stage None under the number that it has, and says whether it was missing; the numbers to come lie above it.</summary>
    public static Task<bool> AddVersionAsync(Database database, ModelVersion version, long number, CancellationToken cancellation) => database.WriteAsync(
        async session =>
        {
            long model = await session.ScalarAsync<long?>("SELECT id FROM registered_models WHERE name = @name", ("@name", version.Name))
                ?? throw MlflowException.Missing($"there is no registered model '{version.Name}'");
            bool added = await session.ExecuteAsync(
                """
                INSERT INTO model_versions (registered_model_id, version, stage, description, user_id, source, run_id, run_link, model_id, status, status_message, creation_time, last_update_time)
                VALUES (@id, @version, 'None', @description, @user, @source, @run, @link, @model, @status, @message, @created, @updated) ON CONFLICT DO NOTHING
                """,
                ("@id", model), ("@version", number), ("@description", version.Description), ("@user", version.UserId), ("@source", version.Source), ("@run", version.RunId),
                ("@link", version.RunLink), ("@model", version.ModelId), ("@status", version.Status), ("@message", version.StatusMessage),
                ("@created", version.CreationTimestamp), ("@updated", version.LastUpdatedTimestamp)) > 0;
            await session.ExecuteAsync("UPDATE registered_models SET last_version = @version WHERE id = @id AND last_version < @version", ("@id", model), ("@version", number));
            return added;
        },
        cancellation);

    private static long Id(string experimentId) => long.Parse(experimentId, System.Globalization.CultureInfo.InvariantCulture);
}
