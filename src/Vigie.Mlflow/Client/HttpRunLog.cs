namespace Vigie.Mlflow.Client;

/// <summary>Logs a run to a server. The client is the caller's, and has to live longer.</summary>
public sealed class HttpRunLog : RunLog
{
    private readonly MlflowClient client;

    private HttpRunLog(MlflowClient client, RunInfo info, RunStart start) : base(info, start) => this.client = client;

    /// <summary>Starts a run, or goes on with one.</summary>
    /// <exception cref="MlflowException">The server is away; or the experiment or run does not exist, or is deleted.</exception>
    public static async Task<HttpRunLog> StartAsync(MlflowClient client, RunStart? start = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        start ??= new RunStart();
        if (start.RunId is { } runId)
        {
            if (start.AllTags() is { Count: > 0 } tags) await client.Runs.LogBatchAsync(runId, [], [], tags, cancellation);
            return new HttpRunLog(client, await client.Runs.UpdateAsync(runId, RunStatus.Running, cancellation: cancellation), start);
        }

        string experiment = start.ExperimentId ?? await client.Experiments.GetOrCreateAsync(start.ExperimentName ?? RunStart.DefaultExperiment, cancellation);
        Run run = await client.Runs.CreateAsync(experiment, start.RunName, start.UserId, start.Clock.GetUtcNow().ToUnixTimeMilliseconds(), start.Tags, cancellation);
        return new HttpRunLog(client, run.Info, start);
    }

    /// <inheritdoc/>
    public override Task LogInputsAsync(IReadOnlyList<DatasetInput> datasets, CancellationToken cancellation = default) =>
        client.Runs.LogInputsAsync(Info.RunId, datasets, [], cancellation);

    private protected override Task SendAsync(RunBatch batch, CancellationToken cancellation) =>
        client.Runs.LogBatchAsync(Info.RunId, batch.Metrics, batch.Params, batch.Tags, cancellation);

    private protected override Task UploadAsync(string artifactUri, string path, Stream content, CancellationToken cancellation) =>
        client.Artifacts.WriteAsync(artifactUri, path, content, cancellation);

    private protected override Task<LoggedModel> CreateModelAsync(string name, IReadOnlyList<Param>? parameters, IReadOnlyList<Tag>? tags, CancellationToken cancellation) =>
        client.LoggedModels.CreateAsync(Info.ExperimentId, name, sourceRunId: Info.RunId, parameters: parameters, tags: tags, cancellation: cancellation);

    private protected override Task<LoggedModel> FinalizeModelAsync(string modelId, string status, CancellationToken cancellation) =>
        client.LoggedModels.FinalizeAsync(modelId, status, cancellation);

    private protected override Task AddOutputAsync(string modelId, CancellationToken cancellation) =>
        client.Runs.LogOutputsAsync(Info.RunId, [new ModelOutput(modelId)], cancellation);

    private protected override Task UpdateAsync(string status, long endTime, CancellationToken cancellation) =>
        client.Runs.UpdateAsync(Info.RunId, status, endTime, cancellation: cancellation);
}
