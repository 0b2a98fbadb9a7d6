using Vigie.Mlflow;
using Vigie.Mlflow.Client;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Runs and models on a tracking server: ours or MLflow's own.</summary>
internal sealed class ServerPlace : TrackingPlace
{
    private readonly MlflowClient client;

    /// <param name="environment">Names the server.</param>
    /// <param name="cache">The folder of models that were fetched.</param>
    /// <param name="clock">The clock.</param>
    public ServerPlace(MlflowEnvironment environment, string cache, TimeProvider clock)
    {
        client = new MlflowClient(MlflowClientOptions.From(environment) with { Clock = clock });
        Models = new ServerRegistry(client, cache);
    }

    public override string Address => Models.Address;

    public override IModelRegistry Models { get; }

    public override async Task<IRunLog> StartRunAsync(RunStart start, CancellationToken cancellation) => await HttpRunLog.StartAsync(client, start, cancellation);

    public override async Task<ModelVersion> RegisterAsync(string name, string source, string? runId, string? modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation)
    {
        await MakeAsync(name, cancellation);
        return await client.Registry.CreateVersionAsync(name, source, runId, tags: tags, modelId: modelId, cancellation: cancellation);
    }

    public override async Task PromoteAsync(string name, string version, string? reason, CancellationToken cancellation)
    {
        // MLflow's protocol has no promotion; on our own server the alias alone makes it one, with its history.
        await client.Registry.TransitionStageAsync(name, version, ModelStage.Production, archiveExisting: true, cancellation);
        await client.Registry.SetAliasAsync(name, Promotion.Champion, version, cancellation);
    }

    private async Task MakeAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await client.Registry.CreateAsync(name, cancellation: cancellation);
        }
        catch (MlflowException taken) when (taken.Code is ErrorCode.ResourceAlreadyExists)
        {
            return; // the usual case: another version of it
        }
    }

    public override async Task<IReadOnlyList<Experiment>> ExperimentsAsync(CancellationToken cancellation) =>
        await Pages.AllAsync(token => client.Experiments.SearchAsync(new Search { PageToken = token }, cancellation: cancellation));

    public override Task<Page<Run>> SearchRunsAsync(IReadOnlyList<string> experimentIds, Search search, CancellationToken cancellation) => client.Runs.SearchAsync(experimentIds, search, cancellation: cancellation);

    public override Task<Run> RunAsync(string runId, CancellationToken cancellation) => client.Runs.GetAsync(runId, cancellation);

    public override async Task<IReadOnlyList<RegisteredModel>> ModelsAsync(CancellationToken cancellation) =>
        await Pages.AllAsync(token => client.Registry.SearchAsync(new Search { PageToken = token, MaxResults = 100 }, cancellation));

    public override async Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, CancellationToken cancellation) =>
        await Pages.AllAsync(token => client.Registry.SearchVersionsAsync(new Search { Filter = $"name = '{name.Replace("'", "''", StringComparison.Ordinal)}'", PageToken = token, MaxResults = 1000 }, cancellation));

    public override ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
