using Microsoft.AspNetCore.Builder;
using Vigie.Dashboard;
using Vigie.Mlflow;
using Vigie.Mlflow.Artifacts;
using Vigie.Server;
using Vigie.Server.Tests;

namespace Vigie.Browser;

/// <summary>A server of one test with the pages, and the store of runs that it shows: empty, for the test to fill.</summary>
internal sealed class TrackedServer : IAsyncDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("vigie-tracked-");
    private WebApplication? app;

    /// <summary>Where it serves.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The runs.</summary>
    public MlflowStore Store { get; private set; } = null!;

    /// <summary>One of its pages.</summary>
    public Uri At(string path) => new(Address, path);

    /// <summary>Starts it.</summary>
    /// <param name="fill">What is in the database before it is opened as a store.</param>
    /// <param name="change">Settings of its own.</param>
    public static async Task<TrackedServer> StartAsync(Func<Database, Task>? fill = null, Func<ServerOptions, ServerOptions>? change = null)
    {
        var server = new TrackedServer();
        string database = Path.Combine(server.folder.FullName, "vigie.db");
        if (fill is not null)
        {
            await using Database empty = await Database.OpenAsync(database, TimeProvider.System);
            await fill(empty);
        }

        server.Store = await MlflowStore.OpenAsync(database, new FolderArtifactStore(Path.Combine(server.folder.FullName, "artifacts")), TimeProvider.System);
        ServerOptions options = new()
        {
            Url = "http://127.0.0.1:0",
            RateLimit = new RateLimitOptions { Requests = 0, Tweets = 0 },
            Models = new ModelOptions { State = server.folder.FullName },
        };
        server.app = VigieServer.Create(change?.Invoke(options) ?? options, SmallModels.TwoClasses, VigieDashboard.Part);
        server.Address = await server.app.ListenAsync();
        return server;
    }

    /// <summary>Logs a finished run.</summary>
    public async Task<Run> LogAsync(string name, IReadOnlyList<Metric>? metrics = null, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null, string experiment = "0")
    {
        Run run = await Store.Runs.CreateAsync(experiment, name);
        await Store.Runs.LogBatchAsync(run.Info.RunId, metrics ?? [], parameters ?? [], tags ?? []);
        await Store.Runs.UpdateAsync(run.Info.RunId, RunStatus.Finished, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        return run;
    }

    /// <summary>Puts a file below a run.</summary>
    public Task PutAsync(Run run, string path, string content) =>
        Store.Artifacts.WriteAsync(Store.Locate(run.Info.ArtifactUri).Append(ArtifactPath.Parse(path)), new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content)));

    public async ValueTask DisposeAsync()
    {
        if (app is not null) await app.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
