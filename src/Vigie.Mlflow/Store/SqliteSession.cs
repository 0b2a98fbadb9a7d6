using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Vigie.Mlflow;

/// <summary>A connection to SQLite with the commands that were prepared on it. Used by one caller at a time, <see cref="Interrupt"/> excepted.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : Session(Dialect.Sqlite), IDisposable
{
    /// <summary>Searches write texts of their own; more than this are not kept.</summary>
    private const int MostPrepared = 256;

    /// <summary>Of SQLite's machine: well below a millisecond.</summary>
    private const int InstructionsBetweenQuestions = 10_000;

    private volatile bool interrupted;
    private readonly Dictionary<string, Stack<SqliteCommand>> prepared = [];
    private readonly Dictionary<string, sqlite3_stmt> inserts = [];

    public override Task LockAsync(string name, CancellationToken cancellation = default) => Task.CompletedTask;

    public override CommandLease Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!prepared.TryGetValue(sql, out Stack<SqliteCommand>? idle) || !idle.TryPop(out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
        }

        try
        {
            Bind(command, parameters);
        }
        catch
        {
            command.Dispose(); // a text that cannot be stored: nobody would give the command back
            throw;
        }

        return new CommandLease(command, GiveBack);
    }

    /// <summary>One prepared statement, run for each row through SQLite's own functions: half the time of a command with its parameters.</summary>
    public override Task InsertAsync(string table, string onConflict, params (string Name, Array Values)[] columns)
    {
        sqlite3_stmt statement = Insert($"INSERT INTO {table} ({string.Join(", ", columns.Select(column => column.Name))}) VALUES ({string.Join(", ", columns.Select(_ => "?"))}) {onConflict}");
        for (int row = 0; row < columns[0].Values.Length; row++)
        {
            for (int column = 0; column < columns.Length; column++) Bind(statement, column + 1, columns[column].Values, row);
            int done = sqlite3_step(statement);
            sqlite3_reset(statement);
            if (done != SQLITE_DONE) SqliteException.ThrowExceptionForRC(done, connection.Handle);
        }

        return Task.CompletedTask;
    }

    public void Run(string sql)
    {
        using CommandLease lease = Command(sql);
        lease.Command.ExecuteNonQuery();
    }

    /// <summary>Whether the transaction that was begun still stands.</summary>
    public bool InTransaction => sqlite3_get_autocommit(connection.Handle) == 0;

    /// <summary>
    /// Makes this a session whose queries can be ended by <see cref="Interrupt"/>: SQLite asks now and then whether to go on. Its own way to interrupt ends only
    /// what runs at that moment, and would miss a query that is just about to begin.
    /// </summary>
    public void MakeInterruptible() => sqlite3_progress_handler(connection.Handle, InstructionsBetweenQuestions, static session => ((SqliteSession)session).interrupted ? 1 : 0, this);

    /// <summary>Ends the query under way and every further one, from another thread.</summary>
    public void Interrupt() => interrupted = true;

    /// <summary>Lets queries run again.</summary>
    public void GoOn() => interrupted = false;

    /// <summary>Takes back whatever is left of a transaction; false where not even that can be done.</summary>
    public bool TryAbandon()
    {
        try
        {
            if (InTransaction) Run("ROLLBACK");
            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        Forget();
        foreach (sqlite3_stmt statement in inserts.Values) statement.Dispose();
        connection.Dispose();
    }

    private static void Bind(sqlite3_stmt statement, int parameter, Array values, int row)
    {
        switch (values)
        {
            case long[] numbers: sqlite3_bind_int64(statement, parameter, numbers[row]); break;
            case double[] numbers: sqlite3_bind_double(statement, parameter, numbers[row]); break;
            case string[] texts:
                Check.Storable(texts[row]);
                sqlite3_bind_text(statement, parameter, texts[row]);
                break;
            default: throw new ArgumentException($"a column of {values.GetType().Name} cannot be inserted; expected long, double or string", nameof(values));
        }
    }

    private sqlite3_stmt Insert(string sql)
    {
        if (inserts.TryGetValue(sql, out sqlite3_stmt? statement)) return statement;
        SqliteException.ThrowExceptionForRC(sqlite3_prepare_v3(connection.Handle, sql, SQLITE_PREPARE_PERSISTENT, out statement), connection.Handle);
        inserts[sql] = statement;
        return statement;
    }

    private void Forget()
    {
        foreach (SqliteCommand command in prepared.Values.SelectMany(idle => idle)) command.Dispose();
        prepared.Clear();
    }

    private void GiveBack(DbCommand given)
    {
        var command = (SqliteCommand)given;
        if (!prepared.TryGetValue(command.CommandText, out Stack<SqliteCommand>? idle))
        {
            if (prepared.Count == MostPrepared) Forget(); // or 256 odd searches would keep out for ever what is asked every day
            prepared[command.CommandText] = idle = new Stack<SqliteCommand>();
        }

        idle.Push(command);
    }
}
