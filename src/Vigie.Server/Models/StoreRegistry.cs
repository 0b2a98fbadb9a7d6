using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;

namespace Vigie.Server;

/// <summary>The registry of a store in this process: SQLite or PostgreSQL, and a folder of files. It is opened when it is first asked, so that a database that is away can come later.</summary>
public sealed class StoreRegistry : IModelRegistry
{
    private readonly Func<CancellationToken, Task<(MlflowStore Store, FolderArtifactStore Files)>> open;
    private readonly bool owned;
    private readonly SemaphoreSlim opening = new(1);
    private (MlflowStore Store, FolderArtifactStore Files)? opened;

    /// <summary>The registry of a store that is open; its owner closes it.</summary>
    /// <param name="address">What people call it.</param>
    /// <param name="store">The store.</param>
    /// <param name="files">Its files.</param>
    public StoreRegistry(string address, MlflowStore store, FolderArtifactStore files)
    {
        (Address, opened, open) = (address, (store, files), _ => throw new InvalidOperationException("the store is open"));
    }

    /// <summary>The registry of a database.</summary>
    /// <param name="database">The database.</param>
    /// <param name="artifacts">The folder of its files.</param>
    /// <param name="clock">The clock.</param>
    public StoreRegistry(LocalDatabase database, string artifacts, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(database);
        (Address, owned) = (database.Shown, true);
        open = async cancellation =>
        {
            if (!database.IsThere) throw MlflowException.Missing($"there are no runs and models in {database.Shown} yet; every 'vigie train' makes a run");
            var files = new FolderArtifactStore(artifacts, clock);
            return (await MlflowStore.OpenAsync(database.Address, files, clock, cancellation), files);
        };
    }

    /// <inheritdoc/>
    public string Address { get; }

    /// <inheritdoc/>
    public async Task<ModelVersion> FindAsync(ModelAddress address, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(address);
        ModelRegistry registry = (await OpenAsync(cancellation)).Store.Registry;
        if (address.Alias is { } alias) return await registry.GetByAliasAsync(address.Name, alias, cancellation);
        if (address.Version is { } version) return await registry.GetVersionAsync(address.Name, version, cancellation);
        IReadOnlyList<ModelVersion> inStage = await registry.LatestVersionsAsync(address.Name, [address.Stage!], cancellation);
        return inStage.Count > 0 ? inStage[0] : throw MlflowException.Missing($"no version of '{address.Name}' is in the stage {address.Stage}");
    }

    /// <inheritdoc/>
    public async Task<string> FolderOfAsync(ModelVersion version, TrustedKeys keys, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(version);
        ArgumentNullException.ThrowIfNull(keys);
        string folder = await LocateAsync(version, cancellation);
        await keys.VerifyAsync(folder, version, cancellation);
        return folder;
    }

    /// <summary>The same, whatever is in it.</summary>
    internal async Task<string> LocateAsync(ModelVersion version, CancellationToken cancellation)
    {
        (MlflowStore store, FolderArtifactStore files) = await OpenAsync(cancellation);
        string place = await store.Registry.DownloadUriAsync(version.Name, version.Version, cancellation);
        ArtifactPath path = (ArtifactAddress.IsProxied(place) ? ArtifactPath.Parse(ArtifactAddress.PathOf(place)) : files.Locate(place))
            ?? throw new InvalidInputException($"version {version.Version} of '{version.Name}' has its files at {place}, which is no place of this store");
        return Path.Combine(files.Root, path.Value);
    }

    /// <summary>Closes the store, where it was opened here.</summary>
    public async ValueTask DisposeAsync()
    {
        if (owned && opened is { } open) await open.Store.DisposeAsync();
        opening.Dispose();
    }

    private async ValueTask<(MlflowStore Store, FolderArtifactStore Files)> OpenAsync(CancellationToken cancellation)
    {
        if (opened is { } there) return there;
        await opening.WaitAsync(cancellation);
        try
        {
            return (opened ??= await open(cancellation));
        }
        finally
        {
            opening.Release();
        }
    }
}
