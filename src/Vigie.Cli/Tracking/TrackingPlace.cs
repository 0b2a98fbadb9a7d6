using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Cli;

/// <summary>Where runs and models are kept: the working folder's own store, or what MLFLOW_TRACKING_URI names.</summary>
internal abstract class TrackingPlace : IAsyncDisposable
{
    /// <summary>What a client would set MLFLOW_TRACKING_URI to; never with a password.</summary>
    public abstract string Address { get; }

    /// <summary>Opens the place; the working folder's store is made where it is missing.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static async Task<TrackingPlace> OpenAsync(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        if (environment.IsServer) return new ServerPlace(environment, run.Clock);
        string database = environment.TrackingUri ?? Path.Combine(run.StateFolder, "vigie.db");
        var files = new FolderArtifactStore(Path.Combine(run.StateFolder, "artifacts"), run.Clock);
        return new StorePlace(database, await MlflowStore.OpenAsync(database, files, run.Clock, run.Stop), files);
    }

    /// <summary>The store itself, for what only its own machine may do.</summary>
    /// <exception cref="InvalidInputException">Runs and models are kept by a server.</exception>
    public static async Task<StorePlace> OpenStoreAsync(VerbRun run, string verb)
    {
        TrackingPlace place = await OpenAsync(run);
        if (place is StorePlace store) return store;
        await place.DisposeAsync();
        throw new InvalidInputException($"{verb} works on the store itself, and {MlflowEnvironment.TrackingUriVariable} names the server {place.Address}; run it on the server's machine, without that variable");
    }

    /// <summary>Begins a run in an experiment, which is created where it is missing.</summary>
    public abstract Task<IRunLog> StartRunAsync(RunStart start, CancellationToken cancellation);

    /// <summary>Makes a version of a registered model, which is created where it is missing.</summary>
    public abstract Task<ModelVersion> RegisterAsync(string name, string source, string? runId, string? modelId, IReadOnlyList<Tag> tags, CancellationToken cancellation);

    /// <summary>Makes a version the champion: the alias <c>champion</c> and the stage Production, together.</summary>
    public abstract Task PromoteAsync(string name, string version, string? reason, CancellationToken cancellation);

    /// <summary>The version that a reference names.</summary>
    public abstract Task<ModelVersion> FindAsync(ModelReference reference, CancellationToken cancellation);

    /// <summary>A folder with the files of a version; for a server, a copy below <paramref name="cache"/>.</summary>
    public abstract Task<string> FolderOfAsync(ModelVersion version, string cache, CancellationToken cancellation);

    public abstract Task<IReadOnlyList<Experiment>> ExperimentsAsync(CancellationToken cancellation);

    public abstract Task<Page<Run>> SearchRunsAsync(IReadOnlyList<string> experimentIds, Search search, CancellationToken cancellation);

    public abstract Task<Run> RunAsync(string runId, CancellationToken cancellation);

    public abstract Task<IReadOnlyList<RegisteredModel>> ModelsAsync(CancellationToken cancellation);

    public abstract Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    private static MlflowEnvironment EnvironmentOf(VerbRun run)
    {
        try
        {
            return MlflowEnvironment.Read(run.Terminal.Variable);
        }
        catch (MlflowException wrong)
        {
            throw new InvalidInputException(wrong.Message, wrong);
        }
    }
}
