using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Runs and models in a store of this process.</summary>
internal sealed class StorePlace(string address, MlflowStore store, FolderArtifactStore files) : TrackingPlace
{
    public MlflowStore Store => store;

    public override string Address => address;

    public override IModelRegistry Models { get; } = new StoreRegistry(address, store, files);

    public override async Task<IRunLog> StartRunAsync(RunStart start, CancellationToken cancellation) => await StoreRunLog.StartAsync(store, start, cancellation);

    public override async Task<ModelVersion> RegisterAsync(string name, string source, string? runId, string? modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation)
    {
        await MakeAsync(name, cancellation);
        return await store.Registry.CreateVersionAsync(name, source, runId, tags: tags, modelId: modelId, userId: Environment.UserName, cancellation: cancellation);
    }

    public override Task PromoteAsync(string name, string version, string? reason, CancellationToken cancellation) =>
        store.Registry.Promotion.PromoteAsync(name, version, reason, Environment.UserName, cancellation);

    private async Task MakeAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await store.Registry.CreateAsync(name, cancellation: cancellation);
        }
        catch (MlflowException taken) when (taken.Code is ErrorCode.ResourceAlreadyExists)
        {
            return; // the usual case: another version of it
        }
    }

    public override async Task<IReadOnlyList<Experiment>> ExperimentsAsync(CancellationToken cancellation) =>
        await Pages.AllAsync(token => store.Experiments.SearchAsync(new Search { PageToken = token }, cancellation: cancellation));

    public override Task<Page<Run>> SearchRunsAsync(IReadOnlyList<string> experimentIds, Search search, CancellationToken cancellation) => store.Runs.SearchAsync(experimentIds, search, cancellation: cancellation);

    public override Task<Run> RunAsync(string runId, CancellationToken cancellation) => store.Runs.GetAsync(runId, cancellation);

    public override async Task<IReadOnlyList<RegisteredModel>> ModelsAsync(CancellationToken cancellation) =>
        await Pages.AllAsync(token => store.Registry.SearchAsync(new Search { PageToken = token, MaxResults = 100 }, cancellation));

    public override async Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, CancellationToken cancellation) =>
        await Pages.AllAsync(token => store.Registry.SearchVersionsAsync(new Search { Filter = $"name = '{name.Replace("'", "''", StringComparison.Ordinal)}'", PageToken = token }, cancellation));

    public override ValueTask DisposeAsync() => store.DisposeAsync();
}

/// <summary>Lists that come in parts.</summary>
internal static class Pages
{
    public static async Task<IReadOnlyList<T>> AllAsync<T>(Func<string?, Task<Page<T>>> next)
    {
        var all = new List<T>();
        string? token = null;
        do
        {
            Page<T> page = await next(token);
            all.AddRange(page.Items);
            token = page.NextPageToken;
        }
        while (token is not null);
        return all;
    }
}
