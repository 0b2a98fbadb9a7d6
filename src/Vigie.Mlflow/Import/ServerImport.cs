using System.Runtime.CompilerServices;

using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Mlflow.Import;

/// <summary>Takes what a running tracking server has, by its API, into a store.</summary>
public sealed class ServerImport
{
    private readonly MlflowClient client;

    /// <summary>Imports by this client, which is the caller's.</summary>
    public ServerImport(MlflowClient client) => this.client = client ?? throw new ArgumentNullException(nameof(client));

    /// <summary>
    /// Takes all of it, files too. Ids of runs and logged models and numbers of versions stay. May be run again: it finishes what was cut off, adds what is
    /// new, and nothing twice.
    /// </summary>
    /// <exception cref="MlflowException">The server or the store is away, or the client may not read.</exception>
    public Task<ImportReport> ImportAsync(MlflowStore store, IProgress<ImportProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new Importer(new ServerSource(client), store, progress).RunAsync(cancellation);
    }
}

/// <summary>Reads a server.</summary>
internal sealed class ServerSource(MlflowClient client) : IImportSource
{
    private const int PageSize = 500;

    public IAsyncEnumerable<Experiment> ExperimentsAsync(Action<Skipped> skip, CancellationToken cancellation) => PagesAsync(
        token => client.Experiments.SearchAsync(new Search { OrderBy = ["creation_time ASC"], MaxResults = PageSize, PageToken = token }, "ALL", cancellation));

    public IAsyncEnumerable<Run> RunsAsync(Experiment experiment, Action<Skipped> skip, CancellationToken cancellation) => PagesAsync(
        token => client.Runs.SearchAsync([experiment.ExperimentId], new Search { OrderBy = ["attributes.start_time ASC"], MaxResults = PageSize, PageToken = token }, "ALL", cancellation));

    public async IAsyncEnumerable<Metric> MetricsAsync(Run run, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (Metric latest in run.Data.Metrics)
        {
            await foreach (Metric metric in PagesAsync(token => client.Runs.MetricHistoryAsync(run.Info.RunId, latest.Key, 25_000, token, cancellation))) yield return metric;
        }
    }

    public async IAsyncEnumerable<LoggedModel> LoggedModelsAsync(Experiment experiment, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Page<LoggedModel>? page;
        string? token = null;
        do
        {
            try
            {
                page = await client.LoggedModels.SearchAsync([experiment.ExperimentId], new LoggedModelSearch(null, [], [], 50, token), cancellation);
            }
            catch (MlflowException unknown) when (unknown.Code is ErrorCode.EndpointNotFound or ErrorCode.NotImplemented)
            {
                // MLflow 2 has no logged models, so there are none to take.
                yield break;
            }

            foreach (LoggedModel model in page.Items) yield return model;
            token = page.NextPageToken;
        }
        while (token is not null);
    }

    public IAsyncEnumerable<RegisteredModel> RegisteredModelsAsync(Action<Skipped> skip, CancellationToken cancellation) => PagesAsync(
        token => client.Registry.SearchAsync(new Search { MaxResults = 100, PageToken = token }, cancellation));

    public async IAsyncEnumerable<ModelVersion> VersionsAsync(RegisteredModel model, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var versions = new List<ModelVersion>();
        // Quotes cannot be escaped in MLflow's filters; a name with both kinds is not found by them.
        string quote = model.Name.Contains('\'', StringComparison.Ordinal) ? "\"" : "'";
        await foreach (ModelVersion version in PagesAsync(
            token => client.Registry.SearchVersionsAsync(new Search { Filter = $"name = {quote}{model.Name}{quote}", MaxResults = 1000, PageToken = token }, cancellation))) versions.Add(version);
        foreach (ModelVersion version in versions.OrderBy(one => one.Version.Length).ThenBy(one => one.Version, StringComparer.Ordinal)) yield return version;
    }

    public async IAsyncEnumerable<ImportFile> FilesAsync(Run run, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // The run's own addresses, since a server may keep files in a place that only it can reach.
        string id = run.Info.RunId;
        await foreach (ArtifactFile file in WalkAsync(folder => client.Artifacts.ListOfRunAsync(id, folder, cancellation), $"run {id}", skip))
            yield return new ImportFile(file.Path, file.FileSize ?? 0, token => ArtifactAddress.IsProxied(run.Info.ArtifactUri)
                ? client.Artifacts.OpenAsync(run.Info.ArtifactUri, file.Path, token)
                : client.Artifacts.OpenOfRunAsync(id, file.Path, token));
    }

    public async IAsyncEnumerable<ImportFile> FilesAsync(LoggedModel model, Action<Skipped> skip, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string root = model.Info.ArtifactUri;
        string of = $"logged model {model.Info.ModelId}";
        if (!ArtifactAddress.IsProxied(root))
        {
            skip(new Skipped($"files of {of}", $"they are at {MlflowEnvironment.WithoutSecrets(root)}, which the server does not hand out"));
            yield break;
        }

        await foreach (ArtifactFile file in WalkAsync(folder => client.Artifacts.ListAsync(root, folder, cancellation), of, skip))
            yield return new ImportFile(file.Path, file.FileSize ?? 0, token => client.Artifacts.OpenAsync(root, file.Path, token));
    }

    private static async IAsyncEnumerable<ArtifactFile> WalkAsync(Func<string?, Task<IReadOnlyList<ArtifactFile>>> list, string of, Action<Skipped> skip)
    {
        var folders = new Queue<string?>([null]);
        while (folders.TryDequeue(out string? folder))
        {
            foreach (ArtifactFile entry in await list(folder))
            {
                // Deeper than the folder that was listed, or a hostile server could lead in a circle.
                if (folder is not null && !entry.Path.StartsWith(folder + "/", StringComparison.Ordinal)) skip(new Skipped($"file '{entry.Path}' of {of}", $"the server lists it in '{folder}', where it is not"));
                else if (entry.IsDir) folders.Enqueue(entry.Path);
                else yield return entry;
            }
        }
    }

    private static async IAsyncEnumerable<T> PagesAsync<T>(Func<string?, Task<Page<T>>> get)
    {
        string? token = null;
        do
        {
            Page<T> page = await get(token);
            foreach (T item in page.Items) yield return item;
            token = page.NextPageToken;
        }
        while (token is not null);
    }
}
