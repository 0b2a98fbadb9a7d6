namespace Vigie.Mlflow.Tests;

public sealed class DatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vigie-mlflow-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Writes_run_whole_or_not_at_all_and_together()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        await database.WriteAsync(session => session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES ('a')"), Cancel);
        Task[] writes =
        [
            .. Enumerable.Range(0, 50).Select(i => database.WriteAsync(async session =>
            {
                await session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@n)", ("@n", $"k{i}"));
                if (i % 5 == 0) throw new InvalidDataException("no");
            }, Cancel)),
        ];
        foreach ((Task write, int i) in writes.Select((write, i) => (write, i)))
        {
            if (i % 5 == 0) await Assert.ThrowsAsync<InvalidDataException>(() => write);
            else await write;
        }

        Assert.Equal(41, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task A_commit_waits_for_the_disk()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        Assert.Equal(2, await database.WriteAsync(session => session.ScalarAsync<long>("PRAGMA synchronous"), Cancel));
        Assert.Equal("wal", await database.WriteAsync(session => session.ScalarAsync<string>("PRAGMA journal_mode"), Cancel));
    }

    [Fact]
    public async Task A_database_of_a_newer_version_is_refused()
    {
        string path = Path.Combine(folder, "a.db");
        await using (Database database = await Database.OpenAsync(path, TimeProvider.System, Cancel))
            await database.WriteAsync(session => session.ExecuteAsync("INSERT INTO schema_migrations VALUES (999, 'later', 0)"), Cancel);

        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(path, TimeProvider.System, Cancel));

        Assert.Contains("999", refused.Message, StringComparison.Ordinal);
    }
}
