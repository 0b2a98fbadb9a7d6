using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Vigie.Mlflow;

/// <summary>
/// SQLite with a write-ahead log. One writer runs all writes; those that wait while the disk confirms a commit share the next one (group commit), each in a
/// savepoint of its own, so that one that fails takes no other along. Readers never wait for the writer.
/// </summary>
internal sealed class SqliteDatabase(string path) : Database(Dialect.Sqlite)
{
    /// <summary>Writes that may share a commit: bounds how long the first of them waits.</summary>
    private const int LargestGroup = 256;

    private readonly Channel<Write> writes = Channel.CreateBounded<Write>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private readonly SemaphoreSlim reading = new(Math.Max(4, 2 * Environment.ProcessorCount));
    private SqliteSession? writer;
    private Task writing = Task.CompletedTask;

    /// <summary>The file of an address such as <c>sqlite:///mlflow.db</c>, or the path itself.</summary>
    public static string PathOf(string address)
    {
        if (address.StartsWith("sqlite:///", StringComparison.Ordinal)) return Path.GetFullPath(address["sqlite:///".Length..]);
        return address.Contains("://", StringComparison.Ordinal)
            ? throw new StoreException($"'{new Uri(address).Scheme}' is no database this library knows; expected sqlite:///FILE, a path, or postgresql://…")
            : Path.GetFullPath(address);
    }

    private protected override Task StartAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        writer = Open("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=30000; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000");
        writing = Task.Factory.StartNew(WriteAllAsync, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return Task.CompletedTask;
    }

    internal override async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        try
        {
            SqliteSession session = readers.TryTake(out SqliteSession? idle) ? idle : Open("PRAGMA query_only=ON; PRAGMA busy_timeout=30000; PRAGMA cache_size=-8000; PRAGMA mmap_size=268435456");
            try
            {
                session.Run("BEGIN");
                try
                {
                    return await read(session);
                }
                finally
                {
                    session.Run("COMMIT");
                    readers.Add(session);
                }
            }
            catch (SqliteException fault)
            {
                throw Translated(fault);
            }
        }
        finally
        {
            reading.Release();
        }
    }

    internal override async Task<T> WriteAsync<T>(Func<Session, Task<T>> write, CancellationToken cancellation)
    {
        var request = new Write<T>(write);
        await writes.Writer.WriteAsync(request, cancellation);
        return await request.Outcome; // once it is in the queue it is carried out: whether it was acknowledged must not depend on who still waits
    }

    public override async ValueTask DisposeAsync()
    {
        writes.Writer.TryComplete();
        await writing;
        writer?.Dispose();
        while (readers.TryTake(out SqliteSession? session)) session.Dispose();
        reading.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var group = new List<Write>(LargestGroup);
        while (await writes.Reader.WaitToReadAsync())
        {
            group.Clear();
            try
            {
                writer!.Run("BEGIN IMMEDIATE");
                while (group.Count < LargestGroup && writes.Reader.TryRead(out Write? write))
                {
                    group.Add(write);
                    await RunAsync(write);
                }

                writer.Run("COMMIT");
            }
            catch (SqliteException fault)
            {
                writer!.Abandon();
                if (group.Count == 0 && writes.Reader.TryRead(out Write? first)) group.Add(first); // no transaction could be begun: the first to wait hears of it
                foreach (Write write in group) write.Fail(Translated(fault));
                continue;
            }

            foreach (Write write in group) write.Acknowledge();
        }
    }

    private async Task RunAsync(Write write)
    {
        writer!.Run("SAVEPOINT one");
        if (await write.RunAsync(writer)) writer.Run("RELEASE one");
        else writer.Run("ROLLBACK TO one; RELEASE one");
    }

    private SqliteSession Open(string pragmas)
    {
        // Pooling would hand out connections with another one's pragmas; this class keeps its own.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            session.Run(pragmas);
            return session;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw new StoreException($"{path}: {fault.Message}", fault);
        }
    }

    private static MlflowException Translated(SqliteException fault) => fault.SqliteErrorCode switch
    {
        // SQLITE_BUSY, LOCKED, IOERR, FULL, CANTOPEN: what passes, or what an administrator has to mend; nothing was written.
        5 or 6 or 10 or 13 or 14 => new MlflowException(ErrorCode.TemporarilyUnavailable, $"the database cannot be used at present: {fault.Message}", fault),
        _ => new MlflowException(ErrorCode.InternalError, $"the database refused: {fault.Message}", fault),
    };

    /// <summary>A write in the queue.</summary>
    private abstract class Write
    {
        /// <summary>Runs it; false where it failed.</summary>
        public abstract Task<bool> RunAsync(Session session);

        /// <summary>Tells the caller what came of it; after the commit, never before.</summary>
        public abstract void Acknowledge();

        /// <summary>Tells the caller that nothing was written.</summary>
        public abstract void Fail(Exception fault);
    }

    private sealed class Write<T>(Func<Session, Task<T>> write) : Write
    {
        private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private Exception? failure;

        public Task<T> Outcome => outcome.Task;

        public override async Task<bool> RunAsync(Session session)
        {
            try
            {
                result = await write(session);
                return true;
            }
            catch (SqliteException fault) when (fault.SqliteErrorCode is 10 or 13)
            {
                throw; // the disk: all of the group has to go
            }
            catch (Exception fault)
            {
                failure = fault is SqliteException refused ? Translated(refused) : fault;
                return false;
            }
        }

        public override void Acknowledge()
        {
            if (failure is null) outcome.TrySetResult(result!);
            else outcome.TrySetException(failure);
        }

        public override void Fail(Exception fault) => outcome.TrySetException(failure ?? fault);
    }

    private sealed class SqliteSession(SqliteConnection connection) : Session(Dialect.Sqlite), IDisposable
    {
        /// <summary>Searches write texts of their own; more than this are not kept.</summary>
        private const int MostPrepared = 256;

        private readonly Dictionary<string, Stack<SqliteCommand>> prepared = [];

        public override Task LockAsync(string name, CancellationToken cancellation = default) => Task.CompletedTask;

        public override CommandLease Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            if (!prepared.TryGetValue(sql, out Stack<SqliteCommand>? idle) || !idle.TryPop(out SqliteCommand? command))
            {
                command = connection.CreateCommand();
                command.CommandText = sql;
            }

            Bind(command, parameters);
            return new CommandLease(command, GiveBack);
        }

        public void Run(string sql)
        {
            using CommandLease lease = Command(sql);
            lease.Command.ExecuteNonQuery();
        }

        /// <summary>Ends whatever transaction is left of one that could not be committed.</summary>
        public void Abandon()
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0) Run("ROLLBACK");
        }

        public void Dispose()
        {
            foreach (SqliteCommand command in prepared.Values.SelectMany(idle => idle)) command.Dispose();
            connection.Dispose();
        }

        private void GiveBack(DbCommand given)
        {
            var command = (SqliteCommand)given;
            if (!prepared.TryGetValue(command.CommandText, out Stack<SqliteCommand>? idle))
            {
                if (prepared.Count == MostPrepared)
                {
                    command.Dispose();
                    return;
                }

                prepared[command.CommandText] = idle = new Stack<SqliteCommand>();
            }

            idle.Push(command);
        }
    }
}
