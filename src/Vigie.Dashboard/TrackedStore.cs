using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Server;

namespace Vigie.Dashboard;

/// <summary>The runs and models that the pages show: the database that <c>models.tracking</c> names, or the one in the state folder. It is opened when a page first asks.</summary>
/// <param name="options">Which database, and the clock.</param>
public sealed class TrackedStore(ServerOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim opening = new(1);
    private MlflowStore? store;

    /// <summary>The address of the tracking server where runs and models are kept by one, and not in a database that this process opens; else null.</summary>
    public string? Elsewhere { get; } = options.Models.Tracking is { } address && (address.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
        ? new Uri(address).GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
        : null;

    /// <summary>The folder of the runs' files.</summary>
    public FolderArtifactStore Files { get; } = new(Path.Combine(options.Models.State, "artifacts"), options.Clock);

    /// <summary>The store; null where there is none yet, or it is <see cref="Elsewhere"/>.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="MlflowException">It cannot be opened.</exception>
    public async ValueTask<MlflowStore?> OpenAsync(CancellationToken cancellation = default)
    {
        if (store is not null) return store;
        if (Elsewhere is not null) return null;
        LocalDatabase database = options.Models.Tracking is { } address
            ? LocalDatabase.Of(address, "models.tracking", "a tracking server's address such as http://127.0.0.1:5000, ", Environment.CurrentDirectory)
            : LocalDatabase.In(options.Models.State);
        if (!database.IsThere) return null;
        await opening.WaitAsync(cancellation);
        try
        {
            return store ??= await MlflowStore.OpenAsync(database.Address, Files, options.Clock, cancellation);
        }
        finally
        {
            opening.Release();
        }
    }

    /// <summary>Closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (store is not null) await store.DisposeAsync();
        opening.Dispose();
    }
}
