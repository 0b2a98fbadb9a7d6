using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow;

/// <summary>Everything that is tracked: one database, one place for artifacts.</summary>
public sealed class MlflowStore : IAsyncDisposable
{
    private readonly Database database;

    private MlflowStore(Database database, IArtifactStore artifacts, TimeProvider clock)
    {
        this.database = database;
        Artifacts = artifacts;
        Experiments = new Experiments(database, clock);
        Runs = new Runs(database, clock);
        LoggedModels = new LoggedModels(database, clock);
        Registry = new ModelRegistry(database, clock);
    }

    /// <summary>Experiments.</summary>
    public Experiments Experiments { get; }

    /// <summary>Runs and what they log.</summary>
    public Runs Runs { get; }

    /// <summary>Models of MLflow 3.</summary>
    public LoggedModels LoggedModels { get; }

    /// <summary>Registered models, versions, aliases, stages.</summary>
    public ModelRegistry Registry { get; }

    /// <summary>Files of runs and models.</summary>
    public IArtifactStore Artifacts { get; }

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

    /// <summary>Whether the database answers.</summary>
    public Task PingAsync(CancellationToken cancellation = default) => database.ReadAsync(session => session.ScalarAsync<long>("SELECT 1"), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => database.DisposeAsync();
}
