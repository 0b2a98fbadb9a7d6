using System.Security.Cryptography;
using Vigie.Mlflow;
using Vigie.Mlflow.Client;

namespace Vigie.Cli;

/// <summary>Runs and models on a tracking server: ours or MLflow's own.</summary>
internal sealed class ServerPlace(MlflowEnvironment environment, TimeProvider clock) : TrackingPlace
{
    private readonly MlflowClient client = new(MlflowClientOptions.From(environment) with { Clock = clock });

    public override string Address => client.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

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

    public override async Task<ModelVersion> FindAsync(ModelReference reference, CancellationToken cancellation)
    {
        if (reference.Alias is { } alias) return await client.Registry.GetByAliasAsync(reference.Name, alias, cancellation);
        if (reference.Version is { } version) return await client.Registry.GetVersionAsync(reference.Name, version, cancellation);
        IReadOnlyList<ModelVersion> inStage = await client.Registry.LatestVersionsAsync(reference.Name, [reference.Stage!], cancellation);
        return inStage.Count > 0 ? inStage[0] : throw MlflowException.Missing($"no version of '{reference.Name}' is in the stage {reference.Stage}");
    }

    public override async Task<string> FolderOfAsync(ModelVersion version, string cache, CancellationToken cancellation)
    {
        // The signed manifest's digest names the copy: what was fetched once is verified again on every load, and never mistaken for another version.
        string? digest = version.Tags.FirstOrDefault(tag => tag.Key == ModelManifest.DigestTag)?.Value;
        if (digest is not { Length: 64 } || !digest.All(char.IsAsciiHexDigit)) throw new InvalidInputException($"version {version.Version} of '{version.Name}' was not signed by Vigie, and is not loaded");
        string folder = Path.Combine(cache, digest);
        if (Directory.Exists(folder)) return folder;
        string root = await client.Registry.DownloadAddressAsync(version.Name, version.Version, cancellation), part = $"{folder}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}.part";
        try
        {
            await client.Artifacts.DownloadFolderAsync(root, null, part, cancellation);
            if (!Directory.Exists(folder)) Directory.Move(part, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            return folder; // another process fetched the same version at the same time, and was done first
        }
        finally
        {
            if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        }

        return folder;
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
