using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>
/// A transaction under way. Parameters are written <c>@name</c> in both dialects. On SQLite nothing here really waits, so a write's commands run one after
/// the other on the writer.
/// </summary>
internal abstract class Session(Dialect dialect)
{
    public Dialect Dialect { get; } = dialect;

    /// <summary>Holds the name until the transaction ends, so that another that asks for it waits. SQLite's writers never overlap, and need no lock.</summary>
    public abstract Task LockAsync(string name, CancellationToken cancellation = default);

    /// <summary>A command with its parameters set; prepared, and kept for the next time where the database gains by it. The caller disposes its <see cref="CommandLease"/>.</summary>
    public abstract CommandLease Command(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>Inserts many rows, given as columns of equal length, at the least cost that the database allows.</summary>
    /// <param name="table">Into which.</param>
    /// <param name="onConflict">Such as <c>ON CONFLICT DO NOTHING</c>; where it updates, no two of the rows may have one key.</param>
    /// <param name="columns">Arrays of <see cref="long"/>, <see cref="double"/> or <see cref="string"/>, none with nulls.</param>
    public abstract Task InsertAsync(string table, string onConflict, params (string Name, Array Values)[] columns);

    /// <summary>Runs a command and answers the number of rows that it changed.</summary>
    public static async Task<int> ExecuteAsync(CommandLease command, CancellationToken cancellation = default)
    {
        using (command) return await command.Command.ExecuteNonQueryAsync(cancellation);
    }

    /// <inheritdoc cref="ExecuteAsync(CommandLease, CancellationToken)"/>
    public Task<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => ExecuteAsync(Command(sql, parameters));

    /// <summary>All rows.</summary>
    public static async Task<List<T>> QueryAsync<T>(CommandLease command, Func<DbDataReader, T> map, CancellationToken cancellation = default)
    {
        using (command)
        {
            await using DbDataReader reader = await command.Command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation)) rows.Add(map(reader));
            return rows;
        }
    }

    /// <inheritdoc cref="QueryAsync{T}(CommandLease, Func{DbDataReader, T}, CancellationToken)"/>
    public Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => QueryAsync(Command(sql, parameters), map);

    /// <summary>The first row, or null.</summary>
    public Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => FirstAsync(Command(sql, parameters), map);

    /// <summary>The first column of the first row, or the default where there is none or it is null.</summary>
    public Task<T?> ScalarAsync<T>(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        FirstAsync(Command(sql, parameters), reader => reader.IsDBNull(0) ? default : reader.GetFieldValue<T>(0));

    private static async Task<T?> FirstAsync<T>(CommandLease command, Func<DbDataReader, T> map)
    {
        using (command)
        {
            await using DbDataReader reader = await command.Command.ExecuteReaderAsync();
            return await reader.ReadAsync() ? map(reader) : default;
        }
    }

    protected static void Bind(DbCommand command, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        command.Parameters.Clear();
        foreach ((string name, object? value) in parameters)
        {
            if (value is string text) Check.Storable(text);
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
    }
}

/// <summary>A command to be run once: giving it back returns it to the session, or disposes it.</summary>
internal readonly struct CommandLease(DbCommand command, Action<DbCommand>? giveBack) : IDisposable
{
    public DbCommand Command { get; } = command;

    public void Dispose()
    {
        if (giveBack is null) Command.Dispose();
        else giveBack(Command);
    }
}

/// <summary>Reads of columns that may be null.</summary>
internal static class ColumnReading
{
    public static string? TextOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static long? NumberOrNull(this DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
}
