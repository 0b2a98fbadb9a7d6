using Microsoft.Extensions.Time.Testing;

namespace Vigie.Mlflow.Tests.Registry;

/// <summary>A registry on a database of its own, with a clock that stands still.</summary>
internal sealed class RegistryBench : IAsyncDisposable
{
    private readonly TestDatabase place;

    private RegistryBench(TestDatabase place, Database database, FakeTimeProvider clock)
    {
        this.place = place;
        Database = database;
        Clock = clock;
        Registry = new ModelRegistry(database, clock);
    }

    public Database Database { get; }

    public FakeTimeProvider Clock { get; }

    public ModelRegistry Registry { get; }

    public static async Task<RegistryBench> OpenAsync(string kind)
    {
        TestDatabase place = await TestDatabases.CreateAsync(kind);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        return new RegistryBench(place, await place.OpenAsync(clock), clock);
    }

    /// <summary>Writes a run with metrics straight into the tables: the registry only reads them.</summary>
    public async Task<string> RunAsync(params (string Key, double Value)[] metrics)
    {
        string runId = Outbox.NewId();
        await Database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(
                    "INSERT INTO experiments (id, name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (77, 'bench', 'mlflow-artifacts:/77', 'active', 0, 0) ON CONFLICT (id) DO NOTHING");
                long run = await session.ScalarAsync<long>(
                    "INSERT INTO runs (run_id, experiment_id, status, start_time, artifact_uri, lifecycle_stage) VALUES (@run, 77, 'FINISHED', 0, @uri, 'active') RETURNING id",
                    ("@run", runId), ("@uri", $"file:///srv/artifacts/77/{runId}/artifacts"));
                foreach ((string key, double value) in metrics)
                {
                    await session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@key) ON CONFLICT (name) DO NOTHING", ("@key", key));
                    await session.ExecuteAsync(
                        "INSERT INTO latest_metrics (run, key_id, experiment_id, value, is_nan, timestamp, step) SELECT @run, id, 77, @value, @nan, 0, 0 FROM metric_keys WHERE name = @key",
                        ("@run", run), ("@value", double.IsNaN(value) ? 0 : value), ("@nan", double.IsNaN(value) ? 1 : 0), ("@key", key));
                }
            },
            TestContext.Current.CancellationToken);
        return runId;
    }

    public async Task<string> LoggedModelAsync(string runId)
    {
        string id = "m-" + Outbox.NewId();
        await Database.WriteAsync(
            session => session.ExecuteAsync(
                "INSERT INTO logged_models (model_id, experiment_id, name, artifact_uri, status, source_run_id, creation_time, last_update_time, lifecycle_stage) VALUES (@id, 77, 'm', @uri, 'LOGGED_MODEL_READY', @run, 0, 0, 'active')",
                ("@id", id), ("@uri", $"mlflow-artifacts:/77/models/{id}/artifacts"), ("@run", runId)),
            TestContext.Current.CancellationToken);
        return id;
    }

    /// <summary>Registers a version of a run that logged these metrics.</summary>
    public async Task<string> VersionAsync(string name, params (string Key, double Value)[] metrics)
    {
        string run = await RunAsync(metrics);
        return (await Registry.CreateVersionAsync(name, $"mlflow-artifacts:/77/{run}/artifacts/model", run, cancellation: TestContext.Current.CancellationToken)).Version;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await place.DisposeAsync();
    }
}
