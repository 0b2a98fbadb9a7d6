using Microsoft.AspNetCore.Builder;

using Vigie.Mlflow.Artifacts;
using Vigie.Mlflow.Client;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow.Tests.Client;

/// <summary>A store with files in a folder, served on a free port, and a client of it.</summary>
internal sealed class TrackingServer : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly WebApplication app;

    private TrackingServer(TestDatabase database, MlflowStore store, WebApplication app, Uri address)
    {
        (this.database, Store, this.app, Address) = (database, store, app, address);
        Client = new MlflowClient(new MlflowClientOptions { Server = address, RetryDelay = TimeSpan.FromMilliseconds(5), Retries = 2 });
    }

    public MlflowStore Store { get; }

    public Uri Address { get; }

    public MlflowClient Client { get; }

    public string Folder => database.Folder;

    public static async Task<TrackingServer> StartAsync(string kind = "sqlite")
    {
        TestDatabase database = await TestDatabases.CreateAsync(kind);
        MlflowStore store = await database.OpenStoreAsync(artifacts: new FolderArtifactStore(Path.Combine(database.Folder, "files")));
        WebApplication app = MlflowServer.Create(store, new MlflowServerOptions { Url = "http://127.0.0.1:0" });
        return new TrackingServer(database, store, app, await app.ListenAsync());
    }

    /// <summary>Ends the listening; the store stays.</summary>
    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.DisposeAsync();
        await Store.DisposeAsync();
        await database.DisposeAsync();
    }
}
