using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>
/// A query under construction. Whatever a client wrote goes in as a parameter, never as text of the query; so equal questions have equal texts, which stay prepared.
/// </summary>
internal sealed class SqlText(Dialect dialect)
{
    private readonly List<(string Name, object? Value)> parameters = [];

    public Dialect Dialect { get; } = dialect;

    /// <summary>Takes a value in, and gives the name that stands for it.</summary>
    public string Parameter(object value)
    {
        string name = $"@p{parameters.Count}";
        parameters.Add((name, value));
        return name;
    }

    /// <summary>Whether <paramref name="expression"/> is one of the values; one parameter however many there are.</summary>
    public string In(string expression, IReadOnlyCollection<string> values) => $"{expression} {Dialect.Among(Parameter(Dialect.Texts(values)))}";

    /// <inheritdoc cref="In(string, IReadOnlyCollection{string})"/>
    public string In(string expression, IReadOnlyCollection<long> values) => $"{expression} {Dialect.Among(Parameter(Dialect.Numbers(values)))}";

    /// <summary>A table of the values, its one column called value.</summary>
    public string Table(IReadOnlyCollection<string> values, string alias) =>
        Dialect.IsSqlite ? $"json_each({Parameter(Dialect.Texts(values))}) {alias}" : $"unnest({Parameter(Dialect.Texts(values))}) AS {alias}(value)";

    /// <summary>
    /// Names the index that SQLite must use, or else fail: it keeps no statistics that could tell. PostgreSQL does, and takes no such word.
    /// </summary>
    public string IndexedBy(string index) => Dialect.IsSqlite ? $" INDEXED BY {index}" : "";

    /// <summary>All rows of a query over what was taken in.</summary>
    public Task<List<T>> QueryAsync<T>(Session session, string sql, Func<DbDataReader, T> map, CancellationToken cancellation) =>
        Session.QueryAsync(session.Command(sql, [.. parameters]), map, cancellation);
}
