using System.Data.Common;
using Npgsql;

namespace Vigie.Server;

/// <summary>The one connection that a server writes its records by. Used by one thread; whatever it waits for ends when the server does.</summary>
internal sealed class PostgresSession : IDisposable, IRecordSql
{
    private const string MigrationFolder = "records-postgres/";

    /// <summary>"vigierec": held by whoever writes, to the end of the transaction.</summary>
    public const long WriterLock = 0x7669676965726563;

    private readonly NpgsqlConnection connection;
    private readonly CancellationToken ending;

    private PostgresSession(NpgsqlConnection connection, CancellationToken ending) => (this.connection, this.ending) = (connection, ending);

    /// <summary>Connects, brings the tables up to date, and makes sure that nobody else writes under the same number.</summary>
    /// <exception cref="NpgsqlException">It cannot be reached, or refuses.</exception>
    /// <exception cref="IOException">A newer version of this program made the tables, or another server writes under this number.</exception>
    public static PostgresSession Open(string connection, byte[] replica, CancellationToken ending)
    {
        var session = new PostgresSession(new NpgsqlConnection(connection), ending);
        try
        {
            Wait(session.connection.OpenAsync(ending));
            session.Migrate();
            session.Claim(replica);
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Begins to write, as soon as nobody else does.</summary>
    public void Begin()
    {
        Run("BEGIN");
        Run("SELECT pg_advisory_xact_lock($1)", WriterLock);
    }

    public void Commit() => Run("COMMIT");

    /// <summary>Takes back what was not committed.</summary>
    public void Abandon()
    {
        try
        {
            if (connection.FullState.HasFlag(System.Data.ConnectionState.Open) && !ending.IsCancellationRequested) Run("ROLLBACK");
        }
        catch (NpgsqlException)
        {
            connection.Close(); // with which the server takes it back
        }
    }

    /// <summary>Runs what gives nothing back.</summary>
    /// <returns>Rows changed.</returns>
    public int Run(string sql, params object?[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        return Wait(command.ExecuteNonQueryAsync(ending));
    }

    /// <summary>As <see cref="Run"/>, for as long as it takes.</summary>
    public void RunLong(string sql)
    {
        using NpgsqlCommand command = Command(sql, []);
        command.CommandTimeout = 0;
        Wait(command.ExecuteNonQueryAsync(ending));
    }

    /// <summary>Asks for rows.</summary>
    public List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values)
    {
        using NpgsqlCommand command = Command(sql, values);
        using NpgsqlDataReader row = Wait(command.ExecuteReaderAsync(ending));
        var rows = new List<T>();
        while (Wait(row.ReadAsync(ending))) rows.Add(read(row));
        return rows;
    }

    int IRecordSql.Run(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        return Wait(command.ExecuteNonQueryAsync(ending));
    }

    List<T> IRecordSql.Rows<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        using DbDataReader row = Wait(command.ExecuteReaderAsync(ending));
        var rows = new List<T>();
        while (Wait(row.ReadAsync(ending))) rows.Add(read(row));
        return rows;
    }

    public void Dispose() => connection.Dispose();

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (object? value in values) command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }

    /// <summary>Takes the number for as long as the connection lasts. A connection of this server's former life takes a moment to go.</summary>
    private void Claim(byte[] replica)
    {
        try
        {
            Run("SET lock_timeout = '2s'");
            Run("SELECT pg_advisory_lock($1)", BitConverter.ToInt64(replica));
            Run("SET lock_timeout = 0");
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new IOException("another server writes under the number of this one: the folder of its journal is a copy of that one's; delete the file 'replica' in it", taken);
        }
    }

    private void Migrate()
    {
        var assembly = typeof(PostgresSession).Assembly;
        string[] steps = [.. assembly.GetManifestResourceNames().Where(name => name.StartsWith(MigrationFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Begin(); // several servers may start at once
        if (Rows("SELECT 1 FROM information_schema.schemata WHERE schema_name = $1", _ => 1, PostgresSource.Schema).Count == 0) Run($"CREATE SCHEMA {PostgresSource.Schema}");
        Run("CREATE TABLE IF NOT EXISTS version (single bigint PRIMARY KEY CHECK (single = 1), step bigint NOT NULL)");
        long found = Rows("SELECT step FROM version", row => row.GetInt64(0)).SingleOrDefault();
        if (found > steps.Length) throw new IOException($"the tables have version {found}, made by a newer Vigie; this one knows up to {steps.Length}. Update Vigie, or name another database");
        for (int step = (int)found; step < steps.Length; step++)
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(steps[step])!);
            Run(text.ReadToEnd());
        }

        if (found < steps.Length) Run("INSERT INTO version (single, step) VALUES (1, $1) ON CONFLICT (single) DO UPDATE SET step = excluded.step", (long)steps.Length);
        Commit();
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static void Wait(Task task) => task.GetAwaiter().GetResult();
}
