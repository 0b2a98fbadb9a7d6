using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow;

/// <summary>Everything that is tracked: one database, one place for artifacts.</summary>
public sealed class MlflowStore : IAsyncDisposable
{
    private MlflowStore(Database database, IArtifactStore artifacts, TimeProvider clock)
    {
        Database = database;
        Artifacts = artifacts;
        Experiments = new Experiments(database, clock);
        Runs = new Runs(database, clock);
        LoggedModels = new LoggedModels(database, clock);
        Registry = new ModelRegistry(database, clock);
        Users = new Users(database, clock);
        Tokens = new AccessTokens(database, clock);
        ExperimentPermissions = Grants.OfExperiments(database);
        RegisteredModelPermissions = Grants.OfRegisteredModels(database);
    }

    /// <summary>Experiments.</summary>
    public Experiments Experiments { get; }

    /// <summary>Runs and what they log.</summary>
    public Runs Runs { get; }

    /// <summary>Models of MLflow 3.</summary>
    public LoggedModels LoggedModels { get; }

    /// <summary>Registered models, versions, aliases, stages.</summary>
    public ModelRegistry Registry { get; }

    /// <summary>Who may sign in.</summary>
    public Users Users { get; }

    /// <summary>What they may sign in with, beside a password.</summary>
    public AccessTokens Tokens { get; }

    /// <summary>What they may do with single experiments.</summary>
    public Grants ExperimentPermissions { get; }

    /// <summary>What they may do with single registered models.</summary>
    public Grants RegisteredModelPermissions { get; }

    /// <summary>Files of runs and models.</summary>
    public IArtifactStore Artifacts { get; }

    /// <summary>For questions that belong to none of the above.</summary>
    internal Database Database { get; }

    /// <summary>Opens a store, and creates it where it is missing.</summary>
    /// <param name="database">As <see cref="Database.OpenAsync"/> takes it.</param>
    /// <param name="artifacts">Where files go.</param>
    /// <param name="clock">Gives times where the caller gives none.</param>
    /// <param name="cancellation">Ends the opening.</param>
    public static async Task<MlflowStore> OpenAsync(string database, IArtifactStore artifacts, TimeProvider clock, CancellationToken cancellation = default)
    {
        var store = new MlflowStore(await Database.OpenAsync(database, clock, cancellation), artifacts, clock);
        try
        {
            await store.Experiments.EnsureDefaultAsync(cancellation);
            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the files of an address, such as a run's <see cref="RunInfo.ArtifactUri"/>, lie in <see cref="Artifacts"/>.</summary>
    /// <exception cref="MlflowException">INVALID_PARAMETER_VALUE: they are elsewhere, or the path leaves the root.</exception>
    public ArtifactPath Locate(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return ArtifactLocations.ProxyPath(address) ?? Artifacts.Locate(address)
            ?? throw MlflowException.Invalid($"the files are at {MlflowEnvironment.WithoutSecrets(address)}, which is no place of this store; read them from there");
    }

    /// <summary>Whether the database answers.</summary>
    public Task PingAsync(CancellationToken cancellation = default) => Database.ReadAsync(session => session.ScalarAsync<long>("SELECT 1"), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
