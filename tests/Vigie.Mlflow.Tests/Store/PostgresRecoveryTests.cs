using Vigie.Mlflow.Artifacts;

namespace Vigie.Mlflow.Tests;

public sealed class PostgresRecoveryTests
{
    [Fact]
    public async Task A_server_that_stops_is_missed_with_a_clear_code_and_found_again_when_it_is_back()
    {
        await using PostgresProcess server = await PostgresProcess.StartNewAsync();
        await using TestDatabase elsewhere = await TestDatabases.CreateAsync("sqlite");
        await using MlflowStore store = await MlflowStore.OpenAsync(server.AddressOf("postgres"), new FolderArtifactStore(elsewhere.Folder), TimeProvider.System);
        string run = (await store.Runs.CreateAsync("0")).Info.RunId;
        Task LogAsync(int first) => Task.WhenAll(Enumerable.Range(first, 8).Select(i => store.Runs.LogMetricAsync(run, new Metric("m", i, i, i)))); // on several connections
        await LogAsync(0);

        await server.StopAsync();
        await server.StartAsync();
        await LogAsync(8); // a restart between two calls is not noticed

        await server.StopAsync();
        foreach (Func<Task> call in new Func<Task>[] { () => store.Runs.GetAsync(run), () => store.Runs.LogMetricAsync(run, new Metric("m", 99, 99, 99)), () => store.PingAsync() })
            Assert.Equal(ErrorCode.TemporarilyUnavailable, (await Assert.ThrowsAsync<MlflowException>(call)).Code);

        await server.StartAsync();
        await LogAsync(16);
        Assert.Equal(Enumerable.Range(0, 24).Select(i => (double)i), (await store.Runs.MetricHistoryAsync(run, "m")).Items.Select(metric => metric.Value));
    }

    [Fact]
    public async Task Commits_wait_for_the_disk_whatever_the_server_s_default()
    {
        await using TestDatabase database = await TestDatabases.CreateAsync("postgres"); // its server has synchronous_commit=off
        await using Database opened = await database.OpenAsync();
        Assert.Equal("on", await opened.WriteAsync(session => session.ScalarAsync<string>("SHOW synchronous_commit"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_is_refused_without_its_password()
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync("postgresql://u:hunter2@127.0.0.1:1/x", TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync("postgresql://u:hunter2@127.0.0.1:1/x?what=1", TimeProvider.System, TestContext.Current.CancellationToken));
        Assert.Contains("what", refused.Message, StringComparison.Ordinal);
    }
}
