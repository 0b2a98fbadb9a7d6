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

    private static readonly int MostReaders = Math.Max(4, 2 * Environment.ProcessorCount);

    private readonly Channel<Write> writes = Channel.CreateBounded<Write>(new BoundedChannelOptions(4096) { SingleReader = true });
    private readonly ConcurrentBag<SqliteSession> readers = [];
    private readonly SemaphoreSlim reading = new(MostReaders);
    private readonly CancellationTokenSource closing = new();
    private SqliteSession? writer;
    private Task writing = Task.CompletedTask;

    /// <summary>A read that takes longer is ended: a few such would keep all others waiting, those that sign users in among them. As long as PostgreSQL's commands may take.</summary>
    internal TimeSpan LongestRead { get; set; } = TimeSpan.FromSeconds(30);

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
            writer = Open("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000", "wal_autocheckpoint=4000");
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
        ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(Database));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, closing.Token);
        over.CancelAfter(LongestRead);
        try
        {
            await reading.WaitAsync(over.Token);
        }
        catch (OperationCanceledException fault)
        {
            throw Ended(fault, cancellation);
        }

        SqliteSession? session = null;
        try
        {
            session = readers.TryTake(out SqliteSession? idle) ? idle : OpenReader();
            using CancellationTokenRegistration interruption = over.Token.UnsafeRegister(static reader => ((SqliteSession)reader!).Interrupt(), session);
            session.Run("BEGIN");
            T result = await read(session);
            session.Run("COMMIT");
            return result;
        }
        catch (SqliteException fault) when (over.IsCancellationRequested)
        {
            throw Ended(fault, cancellation);
        }
        catch (SqliteException fault)
        {
            throw Translated(fault);
        }
        finally
        {
            if (session is not null)
            {
                session.GoOn();
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
        if (closing.IsCancellationRequested) return;
        await closing.CancelAsync();
        await writing;
        for (int i = 0; i < MostReaders; i++) await reading.WaitAsync(); // reads under way give their connections back
        while (readers.TryTake(out SqliteSession? session)) session.Dispose();
        writer?.Dispose();
        reading.Dispose();
        closing.Dispose();
    }

    /// <summary>What a read that was ended has to say: its caller left, the database is being closed, or it took too long.</summary>
    private Exception Ended(Exception fault, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested) return new OperationCanceledException(cancellation);
        return closing.IsCancellationRequested
            ? new ObjectDisposedException(nameof(Database))
            : new MlflowException(ErrorCode.TemporarilyUnavailable, $"the question was not answered within {LongestRead.TotalSeconds} s; ask for less at once", fault);
    }

    private async Task WriteAllAsync()
    {
        var group = new List<Write>(LargestGroup);
        while (await writes.Reader.WaitToReadAsync())
        {
            group.Clear();
            if (await CommitAsync(group) is { } fault)
            {
                // No transaction could be begun: all who wait hear of it, as each would have to wait as long again.
                if (group.Count == 0)
                    while (writes.Reader.TryRead(out Write? waiting)) group.Add(waiting);
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

    private SqliteSession OpenReader()
    {
        SqliteSession session = Open("busy_timeout=30000", "query_only=ON", "cache_size=-8000", "mmap_size=268435456");
        session.MakeInterruptible();
        return session;
    }

    private SqliteSession Open(params ReadOnlySpan<string> pragmas)
    {
        // Pooling would hand out connections with another one's pragmas; this class keeps its own.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            var session = new SqliteSession(connection);
            foreach (string pragma in pragmas) session.Run($"PRAGMA {pragma}"); // one by one: of a list, only the first one's failure would be heard of
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
