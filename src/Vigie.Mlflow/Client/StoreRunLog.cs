using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Client;

/// <summary>Logs a run into a store of this process.</summary>
public sealed class StoreRunLog : RunLog
{
    private readonly MlflowStore store;

    private StoreRunLog(MlflowStore store, RunInfo info, RunStart start) : base(info, start) => this.store = store;

    /// <summary>Starts a run, or goes on with one.</summary>
    /// <exception cref="MlflowException">The experiment or run does not exist, or is deleted.</exception>
    public static async Task<StoreRunLog> StartAsync(MlflowStore store, RunStart? start = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        start ??= new RunStart();
        if (start.RunId is { } runId)
        {
            if (start.AllTags() is { Count: > 0 } tags) await store.Runs.LogBatchAsync(runId, [], [], tags, cancellation);
            return new StoreRunLog(store, await store.Runs.UpdateAsync(runId, RunStatus.Running, cancellation: cancellation), start);
        }

        string experiment = start.ExperimentId ?? await ExperimentAsync(store, start.ExperimentName ?? RunStart.DefaultExperiment, cancellation);
        Run run = await store.Runs.CreateAsync(experiment, start.RunName, start.UserId, start.Clock.GetUtcNow().ToUnixTimeMilliseconds(), start.Tags, cancellation);
        return new StoreRunLog(store, run.Info, start);
    }

    private static async Task<string> ExperimentAsync(MlflowStore store, string name, CancellationToken cancellation)
    {
        try
        {
            return (await store.Experiments.GetByNameAsync(name, cancellation)).ExperimentId;
        }
        catch (MlflowException missing) when (missing.Code is ErrorCode.ResourceDoesNotExist)
        {
            try
            {
                return await store.Experiments.CreateAsync(name, cancellation: cancellation);
            }
            catch (MlflowException taken) when (taken.Code is ErrorCode.ResourceAlreadyExists)
            {
                // Another run of the same name began at the same moment.
                return (await store.Experiments.GetByNameAsync(name, cancellation)).ExperimentId;
            }
        }
    }

    /// <inheritdoc/>
    public override Task LogInputsAsync(IReadOnlyList<DatasetInput> datasets, CancellationToken cancellation = default) =>
        store.Runs.LogInputsAsync(Info.RunId, datasets, [], cancellation);

    private protected override Task SendAsync(RunBatch batch, CancellationToken cancellation) =>
        store.Runs.LogBatchAsync(Info.RunId, batch.Metrics, batch.Params, batch.Tags, cancellation);

    private protected override Task UploadAsync(string artifactUri, string path, Stream content, CancellationToken cancellation) =>
        store.Artifacts.WriteAsync(ArtifactPath.Parse(LocalFiles.Join(ArtifactAddress.In(store.Artifacts, artifactUri).Value, path)), content, cancellation);

    private protected override Task<LoggedModel> CreateModelAsync(string name, IReadOnlyList<Param>? parameters, IReadOnlyList<Tag>? tags, CancellationToken cancellation) =>
        store.LoggedModels.CreateAsync(Info.ExperimentId, name, sourceRunId: Info.RunId, parameters: parameters, tags: tags, cancellation: cancellation);

    private protected override Task<LoggedModel> FinalizeModelAsync(string modelId, string status, CancellationToken cancellation) =>
        store.LoggedModels.FinalizeAsync(modelId, status, cancellation);

    private protected override Task AddOutputAsync(string modelId, CancellationToken cancellation) =>
        store.Runs.LogOutputsAsync(Info.RunId, [new ModelOutput(modelId)], cancellation);

    private protected override Task UpdateAsync(string status, long endTime, CancellationToken cancellation) =>
        store.Runs.UpdateAsync(Info.RunId, status, endTime, cancellation: cancellation);
}
