using Microsoft.Data.Sqlite;

namespace Vigie.Mlflow.Tests;

public sealed class DatabaseTests : IDisposable
{
    private const string Endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n";

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

    [Fact]
    public async Task A_full_disk_fails_the_write_and_the_next_works_once_there_is_room()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        long pages = await database.WriteAsync(session => session.ScalarAsync<long>("PRAGMA page_count"), Cancel);
        await database.WriteAsync(session => session.ScalarAsync<long>($"PRAGMA max_page_count={pages + 20}"), Cancel);
        string text = new('x', 10_000);
        Task Fill(int i) => database.WriteAsync(session => session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@n)", ("@n", $"{i}{text}")), Cancel);

        Task[] writes = [.. Enumerable.Range(0, 40).Select(Fill)];
        await Task.WhenAll(writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default)));

        Assert.Contains(writes, write => write.IsFaulted);
        Assert.All(writes.Where(write => write.IsFaulted), write => Assert.Equal(ErrorCode.TemporarilyUnavailable, Assert.IsType<MlflowException>(write.Exception!.InnerException).Code));
        await database.WriteAsync(session => session.ScalarAsync<long>("PRAGMA max_page_count=100000"), Cancel);
        await Fill(99);
        Assert.Equal(
            writes.Count(write => write.IsCompletedSuccessfully) + 1,
            await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task A_long_read_ends_when_it_is_cancelled_and_the_connection_stays_of_use()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        using var stop = new CancellationTokenSource();
        Task<long> reading = Task.Run(() => database.ReadAsync(
            session => session.ScalarAsync<long>("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"), stop.Token), Cancel);
        await Task.Delay(50, Cancel);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        Assert.Equal(0, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task Reads_that_take_too_long_are_ended_and_keep_no_others_waiting()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        ((SqliteDatabase)database).LongestRead = TimeSpan.FromMilliseconds(500);
        Task<long>[] endless = [.. Enumerable.Range(0, 40).Select(_ => Task.Run(() => database.ReadAsync(session => session.ScalarAsync<long>(Endless), Cancel), Cancel))];

        foreach (Task<long> read in endless)
            Assert.Equal(ErrorCode.TemporarilyUnavailable, (await Assert.ThrowsAsync<MlflowException>(() => read.WaitAsync(TimeSpan.FromSeconds(20), Cancel))).Code);
        Assert.Equal(0, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task Closing_ends_reads_and_waits_for_writes_under_way()
    {
        Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        Task<long>[] endless = [.. Enumerable.Range(0, 40).Select(_ => Task.Run(() => database.ReadAsync(session => session.ScalarAsync<long>(Endless), Cancel), Cancel))];
        var hold = new TaskCompletionSource();
        Task write = database.WriteAsync(async session => { await hold.Task; await session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES ('kept')"); }, Cancel);
        await Task.Delay(50, Cancel);

        Task closing = database.DisposeAsync().AsTask();
        hold.SetResult();
        await closing.WaitAsync(TimeSpan.FromSeconds(10), Cancel);

        await write;
        foreach (Task<long> read in endless) await Assert.ThrowsAsync<ObjectDisposedException>(() => read.WaitAsync(TimeSpan.FromSeconds(10), Cancel));
        await database.DisposeAsync(); // once more changes nothing
        Assert.Equal(["a.db"], Directory.GetFiles(folder).Select(Path.GetFileName)); // the last connection takes the log away
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Writes_that_wait_for_another_program_are_given_up_together()
    {
        string path = Path.Combine(folder, "a.db");
        await using Database database = await Database.OpenAsync(path, TimeProvider.System, Cancel);
        await using var other = new SqliteConnection($"Data Source={path};Pooling=false");
        await other.OpenAsync(Cancel);
        await using (SqliteCommand take = other.CreateCommand())
        {
            take.CommandText = "BEGIN IMMEDIATE";
            await take.ExecuteNonQueryAsync(Cancel);
        }

        Task[] writes = [.. Enumerable.Range(0, 5).Select(i => database.WriteAsync(session => session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@n)", ("@n", $"k{i}")), Cancel))];

        foreach (Task write in writes) // 30 s, and not five times as long
            Assert.Equal(ErrorCode.TemporarilyUnavailable, (await Assert.ThrowsAsync<MlflowException>(() => write.WaitAsync(TimeSpan.FromSeconds(50), Cancel))).Code);
    }

    [Fact]
    public async Task A_write_cancelled_before_its_turn_writes_nothing()
    {
        await using Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        using var stop = new CancellationTokenSource();
        var hold = new TaskCompletionSource();
        Task first = database.WriteAsync(async session => { await hold.Task; await session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES ('first')"); }, Cancel);
        Task second = database.WriteAsync(session => session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES ('second')"), stop.Token);
        await stop.CancelAsync();
        hold.SetResult();

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal("first", await database.ReadAsync(session => session.ScalarAsync<string>("SELECT MAX(name) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task Two_programs_write_the_same_file()
    {
        string path = Path.Combine(folder, "a.db");
        await using Database one = await Database.OpenAsync(path, TimeProvider.System, Cancel), two = await Database.OpenAsync(path, TimeProvider.System, Cancel);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            (i % 2 == 0 ? one : two).WriteAsync(session => session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@n)", ("@n", $"k{i}")), Cancel)));

        Assert.Equal(100, await one.ReadAsync(session => session.ScalarAsync<long>("SELECT COUNT(*) FROM metric_keys"), Cancel));
    }

    [Fact]
    public async Task What_is_no_database_is_refused_by_its_path()
    {
        string path = Path.Combine(folder, "a.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), Cancel);
        Assert.Contains(path, (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(path, TimeProvider.System, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains("mysql", (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync("mysql://u:p@h/d", TimeProvider.System, Cancel))).Message, StringComparison.Ordinal);
        Assert.Contains(path, (await Assert.ThrowsAsync<StoreException>(() => Database.OpenAsync(path + "/below/b.db", TimeProvider.System, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_database_says_so()
    {
        Database database = await Database.OpenAsync(Path.Combine(folder, "a.db"), TimeProvider.System, Cancel);
        await database.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.WriteAsync(session => session.ExecuteAsync("SELECT 1"), Cancel));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => database.ReadAsync(session => session.ScalarAsync<long>("SELECT 1"), Cancel));
    }
}
