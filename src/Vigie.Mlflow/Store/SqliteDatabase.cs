using System.Collections.Concurrent;
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
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            writer = Open("PRAGMA busy_timeout=30000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000; PRAGMA wal_autocheckpoint=4000");
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path}: {fault.Message}", fault);
        }

        writing = Task.Factory.StartNew(WriteAllAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        return Task.CompletedTask;
    }

    internal override async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation)
    {
        await reading.WaitAsync(cancellation);
        SqliteSession? session = null;
        try
        {
            session = readers.TryTake(out SqliteSession? idle) ? idle : Open("PRAGMA busy_timeout=30000; PRAGMA query_only=ON; PRAGMA cache_size=-8000; PRAGMA mmap_size=268435456");
            using CancellationTokenRegistration interruption = cancellation.UnsafeRegister(static reader => ((SqliteSession)reader!).Interrupt(), session);
            session.Run("BEGIN");
            T result = await read(session);
            session.Run("COMMIT");
            return result;
        }
        catch (SqliteException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        catch (SqliteException fault)
        {
            throw Translated(fault);
        }
        finally
        {
            if (session is not null)
            {
                if (session.TryAbandon()) readers.Add(session);
                else session.Dispose();
            }

            reading.Release();
        }
    }

    internal override async Task<T> WriteAsync<T>(Func<Session, Task<T>> write, CancellationToken cancellation)
    {
        var request = new Write<T>(write, cancellation);
        try
        {
            await writes.Writer.WriteAsync(request, cancellation);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(Database));
        }

        return await request.Outcome; // once begun it is carried out: whether it was acknowledged must not depend on who still waits
    }

    public override async ValueTask DisposeAsync()
    {
        writes.Writer.TryComplete();
        await writing;
        while (readers.TryTake(out SqliteSession? session)) session.Dispose();
        writer?.Dispose();
        reading.Dispose();
    }

    private async Task WriteAllAsync()
    {
        var group = new List<Write>(LargestGroup);
        while (await writes.Reader.WaitToReadAsync())
        {
            group.Clear();
            if (await CommitAsync(group) is { } fault)
            {
                if (group.Count == 0 && writes.Reader.TryRead(out Write? first)) group.Add(first); // no transaction could be begun: the first to wait hears of it
                foreach (Write write in group) write.Fail(fault);
            }
            else
            {
                foreach (Write write in group) write.Acknowledge();
            }
        }
    }

    /// <summary>Runs the writes that wait in one transaction and commits it; answers what prevented that, and then nothing of it was kept.</summary>
    private async Task<Exception?> CommitAsync(List<Write> group)
    {
        try
        {
            writer!.Run("BEGIN IMMEDIATE");
            while (group.Count < LargestGroup && writes.Reader.TryRead(out Write? write))
            {
                group.Add(write);
                writer.Run("SAVEPOINT one");
                if (await write.RunAsync(writer))
                {
                    writer.Run("RELEASE one");
                }
                else
                {
                    if (!writer.InTransaction) return write.Failure; // SQLite itself took back all of the group: the disk is full or broken
                    writer.Run("ROLLBACK TO one");
                    writer.Run("RELEASE one");
                }
            }

            writer.Run("COMMIT");
            return null;
        }
        catch (SqliteException fault)
        {
            writer!.TryAbandon();
            return Translated(fault);
        }
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
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static MlflowException Translated(SqliteException fault) => fault.SqliteErrorCode switch
    {
        // SQLITE_BUSY, LOCKED, IOERR, FULL, CANTOPEN: what passes, or what an administrator has to mend; nothing was written.
        5 or 6 or 10 or 13 or 14 => new MlflowException(ErrorCode.TemporarilyUnavailable, $"the database cannot be used at present: {fault.Message}", fault),
        // UNIQUE and PRIMARY KEY; FOREIGN KEY: two writers met, and the other came first.
        19 when fault.SqliteExtendedErrorCode is 2067 or 1555 => MlflowException.Exists("another write made the same meanwhile"),
        19 when fault.SqliteExtendedErrorCode is 787 => MlflowException.Missing("what this refers to is not there, or was removed meanwhile"),
        _ => new MlflowException(ErrorCode.InternalError, $"the database refused: {fault.Message}", fault),
    };

    /// <summary>A write in the queue.</summary>
    private abstract class Write
    {
        /// <summary>What it failed with.</summary>
        public Exception? Failure { get; private protected set; }

        /// <summary>Runs it; false where it failed.</summary>
        public abstract Task<bool> RunAsync(Session session);

        /// <summary>Tells the caller what came of it; after the commit, never before.</summary>
        public abstract void Acknowledge();

        /// <summary>Tells the caller that nothing was written.</summary>
        public abstract void Fail(Exception fault);
    }

    private sealed class Write<T>(Func<Session, Task<T>> write, CancellationToken cancellation) : Write
    {
        private readonly TaskCompletionSource<T> outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;

        public Task<T> Outcome => outcome.Task;

        public override async Task<bool> RunAsync(Session session)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                result = await write(session);
                return true;
            }
            catch (Exception fault) // it is the caller's, and reaches the caller; the writer goes on
            {
                Failure = fault is SqliteException refused ? Translated(refused) : fault;
                return false;
            }
        }

        public override void Acknowledge()
        {
            if (Failure is null) outcome.TrySetResult(result!);
            else Fail(Failure);
        }

        public override void Fail(Exception fault)
        {
            if ((Failure ?? fault) is OperationCanceledException) outcome.TrySetCanceled(cancellation);
            else outcome.TrySetException(Failure ?? fault);
        }
    }
}
