using System.Data.Common;

namespace Vigie.Server;

/// <summary>Questions to a database of records in SQL that SQLite and PostgreSQL understand alike.</summary>
internal static class Questions
{
    /// <summary>Asks for rows, one after the other.</summary>
    /// <param name="connection">Open.</param>
    /// <param name="sql">The question, with its parameters as <c>@name</c>.</param>
    /// <param name="take">Is given the reader at each row.</param>
    /// <param name="values">The parameters: numbers, texts, bytes.</param>
    /// <exception cref="DbException">There is no answer.</exception>
    public static void Each(this DbConnection connection, string sql, Action<DbDataReader> take, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        using DbDataReader row = command.ExecuteReader();
        while (row.Read()) take(row);
    }

    /// <summary>A command with its parameters; the caller disposes it.</summary>
    public static DbCommand Command(this DbConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

/// <summary>A transaction under way, for what is written seldom: in SQL that SQLite and PostgreSQL understand alike, with parameters as <c>@name</c>.</summary>
internal interface IRecordSql
{
    /// <summary>Runs what gives nothing back.</summary>
    /// <returns>Rows changed.</returns>
    int Run(string sql, params ReadOnlySpan<(string Name, object Value)> values);

    /// <summary>Asks for rows.</summary>
    List<T> Rows<T>(string sql, Func<DbDataReader, T> read, params ReadOnlySpan<(string Name, object Value)> values);
}
