using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Server;

namespace Vigie.Cli;

/// <summary>Where runs and models are kept: the working folder's own store, or what MLFLOW_TRACKING_URI names.</summary>
internal abstract class TrackingPlace : IAsyncDisposable
{
    /// <summary>What a client would set MLFLOW_TRACKING_URI to; never with a password.</summary>
    public abstract string Address { get; }

    /// <summary>The registered models in it, to be loaded.</summary>
    public abstract IModelRegistry Models { get; }

    /// <summary>Opens the place for a verb that adds to it; the working folder's store is made where it is missing.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static async Task<TrackingPlace> OpenAsync(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        if (environment.IsServer) return ServerOf(environment, run);
        LocalDatabase database = DatabaseOf(environment, run);
        var files = new FolderArtifactStore(Path.Combine(run.StateFolder, "artifacts"), run.Clock);
        return new StorePlace(database.Shown, await MlflowStore.OpenAsync(database.Address, files, run.Clock, run.Stop), files);
    }

    /// <summary>Opens the place for a verb that only lists: null, and nothing is made, where there is none yet.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static async Task<TrackingPlace?> OpenIfThereAsync(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        return environment.IsServer || DatabaseOf(environment, run).IsThere ? await OpenAsync(run) : null;
    }

    /// <summary>Opens the place for a verb that is told what to look for in it.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used, or there is no place yet.</exception>
    public static async Task<TrackingPlace> OpenExistingAsync(VerbRun run) =>
        await OpenIfThereAsync(run) ?? throw new InvalidInputException($"there are no runs and models in {DatabaseOf(EnvironmentOf(run), run).Shown} yet; every 'vigie train' makes a run");

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

    public abstract Task<IReadOnlyList<Experiment>> ExperimentsAsync(CancellationToken cancellation);

    public abstract Task<Page<Run>> SearchRunsAsync(IReadOnlyList<string> experimentIds, Search search, CancellationToken cancellation);

    public abstract Task<Run> RunAsync(string runId, CancellationToken cancellation);

    public abstract Task<IReadOnlyList<RegisteredModel>> ModelsAsync(CancellationToken cancellation);

    public abstract Task<IReadOnlyList<ModelVersion>> VersionsAsync(string name, CancellationToken cancellation);

    public abstract ValueTask DisposeAsync();

    /// <summary>Where models are looked up, as a server is told (<see cref="ModelOptions.Tracking"/>): null for the state folder's own database.</summary>
    /// <exception cref="InvalidInputException">MLFLOW_TRACKING_URI cannot be used.</exception>
    public static string? SettingOf(VerbRun run)
    {
        MlflowEnvironment environment = EnvironmentOf(run);
        return environment.TrackingUri is null || environment.IsServer ? environment.TrackingUri : DatabaseOf(environment, run).Address;
    }

    private static MlflowEnvironment EnvironmentOf(VerbRun run) => Refused(() => MlflowEnvironment.Read(run.Terminal.Variable));

    private static LocalDatabase DatabaseOf(MlflowEnvironment environment, VerbRun run) => environment.TrackingUri is not { } address
        ? LocalDatabase.In(run.StateFolder)
        : LocalDatabase.Of(address, MlflowEnvironment.TrackingUriVariable, "a server's address such as http://127.0.0.1:5000, ", run.Terminal.WorkingFolder);

    private static ServerPlace ServerOf(MlflowEnvironment environment, VerbRun run) => Refused(() => new ServerPlace(environment, Path.Combine(run.StateFolder, "models"), run.Clock));

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
