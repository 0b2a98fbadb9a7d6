using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Cli;

/// <summary>Where runs and models are kept: the working folder's own store, or what MLFLOW_TRACKING_URI names.</summary>
internal abstract class TrackingPlace : IAsyncDisposable
{
    /// <summary>What a client would set MLFLOW_TRACKING_URI to; never with a password.</summary>
    public abstract string Address { get; }

    /// <summary>Opens the place for a verb that adds to it; the working folder's store is made where it is missing.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static async Task<TrackingPlace> OpenAsync(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        if (environment.IsServer) return ServerOf(environment, run);
        LocalDatabase database = LocalDatabase.Of(environment.TrackingUri, run);
        var files = new FolderArtifactStore(Path.Combine(run.StateFolder, "artifacts"), run.Clock);
        return new StorePlace(database.Shown, await MlflowStore.OpenAsync(database.Address, files, run.Clock, run.Stop), files);
    }

    /// <summary>Opens the place for a verb that only lists: null, and nothing is made, where there is none yet.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static async Task<TrackingPlace?> OpenIfThereAsync(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        return environment.IsServer || LocalDatabase.Of(environment.TrackingUri, run).IsThere ? await OpenAsync(run) : null;
    }

    /// <summary>Opens the place for a verb that is told what to look for in it.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used, or there is no place yet.</exception>
    public static async Task<TrackingPlace> OpenExistingAsync(VerbRun run) =>
        await OpenIfThereAsync(run) ?? throw new InvalidInputException($"there are no runs and models in {LocalDatabase.Of(EnvironmentOf(run).TrackingUri, run).Shown} yet; every 'vigie train' makes a run");

    /// <summary>The store itself, for what only its own machine may do.</summary>
    /// <exception cref="InvalidInputException">Runs and models are kept by a server.</exception>
    public static async Task<StorePlace> OpenStoreAsync(VerbRun run, string verb)
    {
        TrackingPlace place = await OpenExistingAsync(run);
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

    private static MlflowEnvironment EnvironmentOf(VerbRun run) => Refused(() => MlflowEnvironment.Read(run.Terminal.Variable));

    private static ServerPlace ServerOf(MlflowEnvironment environment, VerbRun run) => Refused(() => new ServerPlace(environment, run.Clock));

    private static T Refused<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (MlflowException wrong)
        {
            throw new InvalidInputException(wrong.Message, wrong);
        }
    }
}
