using System.Net.Sockets;
using Npgsql;

namespace Vigie.Mlflow;

/// <summary>PostgreSQL, for teams. Its server groups commits itself; each write has a pooled connection of its own.</summary>
internal sealed class PostgresDatabase : Database
{
    private const int Attempts = 8;

    private readonly NpgsqlDataSource source;

    public PostgresDatabase(string address) : base(Dialect.Postgres) => source = NpgsqlDataSource.Create(PostgresAddress.Parse(address));

    internal override async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation);
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellation);
                T result = await read(new PostgresSession(connection));
                await transaction.CommitAsync(cancellation);
                return result;
            }
            catch (NpgsqlException fault) when (attempt == 1 && IsCut(fault))
            {
                source.Clear(); // the server was started anew, and the pool's connections are of its former life
            }
            catch (NpgsqlException fault)
            {
                throw Translated(fault, "the database cannot be reached at present; try again");
            }
        }
    }

    internal override async Task<T> WriteAsync<T>(Func<Session, Task<T>> write, CancellationToken cancellation)
    {
        bool cleared = false;
        for (int attempt = 1; ; attempt++)
        {
            bool committing = false;
            try
            {
                await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation);
                await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellation);
                T result = await write(new PostgresSession(connection));
                cancellation.ThrowIfCancellationRequested();
                committing = true;
                await transaction.CommitAsync(CancellationToken.None);
                return result;
            }
            catch (PostgresException conflict) when (attempt < Attempts && conflict.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected)
            {
                continue; // nothing of it was kept: run it again
            }
            catch (NpgsqlException fault) when (!cleared && !committing && IsCut(fault))
            {
                cleared = true;
                source.Clear(); // as above; nothing was committed
            }
            catch (NpgsqlException fault)
            {
                throw Translated(fault, committing
                    ? "the connection to the database was lost while it confirmed the write, which may have been kept or not; look before it is tried again"
                    : "the database cannot be reached at present; nothing was written; try again");
            }
        }
    }

    private protected override async Task StartAsync(CancellationToken cancellation)
    {
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync(cancellation);
        }
        catch (NpgsqlException fault)
        {
            throw new StoreException($"PostgreSQL cannot be reached: {fault.Message}", fault);
        }
    }

    public override ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>The connection is gone, or the server is going, coming or out of room: what passes, or what an administrator has to mend.</summary>
    private static bool IsLost(NpgsqlException fault) => fault is PostgresException { SqlState: var state }
        ? state is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
            || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("08", StringComparison.Ordinal)
        : fault.IsTransient || fault.InnerException is SocketException or IOException or TimeoutException;

    /// <summary>The server ended this connection, as it does with all of the pool when it stops: another one may work.</summary>
    private static bool IsCut(NpgsqlException fault) =>
        fault.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown || fault.InnerException is SocketException or IOException;

    private static MlflowException Translated(NpgsqlException fault, string lost) => fault.SqlState switch
    {
        _ when IsLost(fault) => new MlflowException(ErrorCode.TemporarilyUnavailable, lost, fault),
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => new MlflowException(ErrorCode.Aborted, "other writes came first, again and again; try again", fault),
        PostgresErrorCodes.UniqueViolation => MlflowException.Exists("another write made the same meanwhile"),
        PostgresErrorCodes.ForeignKeyViolation => MlflowException.Missing("what this refers to is not there, or was removed meanwhile"),
        _ => new MlflowException(ErrorCode.InternalError, $"the database refused: {fault.Message}", fault),
    };

    private sealed class PostgresSession(NpgsqlConnection connection) : Session(Dialect.Postgres)
    {
        public override async Task LockAsync(string name, CancellationToken cancellation = default) =>
            await ExecuteAsync(Command("SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))", ("@name", name)), cancellation);

        /// <summary>One command, a parameter for each column: one message to the server and back.</summary>
        public override async Task InsertAsync(string table, string onConflict, params (string Name, Array Values)[] columns)
        {
            string names = string.Join(", ", columns.Select(column => column.Name));
            foreach (string text in columns.SelectMany(column => column.Values as string[] ?? [])) Check.Storable(text);
            await ExecuteAsync(
                $"INSERT INTO {table} ({names}) SELECT * FROM unnest({string.Join(", ", columns.Select(column => "@" + column.Name))}) {onConflict}",
                [.. columns.Select(column => ("@" + column.Name, (object?)column.Values))]);
        }

        public override CommandLease Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            NpgsqlCommand command = connection.CreateCommand();
            command.CommandText = sql;
            Bind(command, parameters);
            return new CommandLease(command, giveBack: null);
        }
    }
}
