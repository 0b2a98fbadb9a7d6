namespace Vigie.Mlflow;

/// <content>The data sets and models that a run read, and the models that it made.</content>
public sealed partial class Runs
{
    private const int MostInputs = 1000;

    /// <summary>Adds data sets and models that the run read. What is there already stays as it is.</summary>
    /// <exception cref="MlflowException">There is no such active run, or a value is not allowed.</exception>
    public async Task LogInputsAsync(string runId, IReadOnlyList<DatasetInput> datasets, IReadOnlyList<ModelInput> models, CancellationToken cancellation = default)
    {
        Check.Count("datasets", datasets.Count, MostInputs);
        Check.Count("models", models.Count, MostInputs);
        foreach (DatasetInput input in datasets) Check.Dataset(input);
        foreach (ModelInput model in models) Check.Filled("model_id", model?.ModelId, Limits.Key);
        await database.WriteAsync(
            async session =>
            {
                RunRow run = await FindActiveAsync(session, runId);
                foreach (DatasetInput input in datasets.OrderBy(input => (input.Dataset.Name, input.Dataset.Digest))) await PutDatasetAsync(session, run, input);
                foreach (ModelInput model in models) await PutModelAsync(session, run.Id, "input", model.ModelId, 0);
            },
            cancellation);
    }

    /// <summary>Adds models that the run made.</summary>
    /// <exception cref="MlflowException">There is no such active run.</exception>
    public async Task LogOutputsAsync(string runId, IReadOnlyList<ModelOutput> models, CancellationToken cancellation = default)
    {
        Check.Count("models", models.Count, MostInputs);
        foreach (ModelOutput model in models) Check.Filled("model_id", model?.ModelId, Limits.Key);
        await database.WriteAsync(
            async session =>
            {
                RunRow run = await FindActiveAsync(session, runId);
                foreach (ModelOutput model in models) await PutModelAsync(session, run.Id, "output", model.ModelId, model.Step);
            },
            cancellation);
    }

    private static async Task PutDatasetAsync(Session session, RunRow run, DatasetInput input)
    {
        Dataset dataset = input.Dataset;
        await session.ExecuteAsync(
            """
            INSERT INTO datasets (experiment_id, name, digest, source_type, source, schema, profile) VALUES (@experiment, @name, @digest, @type, @source, @schema, @profile)
            ON CONFLICT (experiment_id, name, digest) DO NOTHING
            """,
            ("@experiment", run.ExperimentId), ("@name", dataset.Name), ("@digest", dataset.Digest), ("@type", dataset.SourceType), ("@source", dataset.Source),
            ("@schema", dataset.Schema), ("@profile", dataset.Profile));
        long id = await session.ScalarAsync<long>(
            "SELECT id FROM datasets WHERE experiment_id = @experiment AND name = @name AND digest = @digest", ("@experiment", run.ExperimentId), ("@name", dataset.Name), ("@digest", dataset.Digest));
        if (await session.ExecuteAsync("INSERT INTO run_datasets (run, dataset_id) VALUES (@run, @dataset) ON CONFLICT DO NOTHING", ("@run", run.Id), ("@dataset", id)) == 0) return;
        foreach (Tag tag in input.Tags ?? [])
        {
            await session.ExecuteAsync(
                """
                INSERT INTO run_dataset_tags (run, dataset_id, key, value) VALUES (@run, @dataset, @key, @value)
                ON CONFLICT (run, dataset_id, key) DO UPDATE SET value = excluded.value
                """,
                ("@run", run.Id), ("@dataset", id), ("@key", tag.Key), ("@value", tag.Value));
        }
    }

    private static Task<int> PutModelAsync(Session session, long run, string direction, string modelId, long step) => session.ExecuteAsync(
        """
        INSERT INTO run_models (run, direction, model_id, step) VALUES (@run, @direction, @model, @step)
        ON CONFLICT (run, direction, model_id) DO UPDATE SET step = excluded.step
        """,
        ("@run", run), ("@direction", direction), ("@model", modelId), ("@step", step));
}
