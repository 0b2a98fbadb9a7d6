namespace Vigie.Mlflow;

/// <summary>
/// Which things of a kind a search may find. It belongs into the query: where it is applied to a page afterwards, the length of the page and its token tell
/// whether what is hidden matches the filter, and so, question by question, what it holds.
/// </summary>
/// <param name="Otherwise">Whether whatever is no exception may be found.</param>
/// <param name="Exceptions">Numbers of the others.</param>
internal sealed record Readable(bool Otherwise, IReadOnlyList<long> Exceptions)
{
    /// <summary>Everything.</summary>
    public static readonly Readable All = new(true, []);

    /// <summary>The condition on the column that holds a thing's number; empty where there is none.</summary>
    public string Condition(SqlText sql, string column)
    {
        if (Exceptions.Count == 0) return Otherwise ? "" : "1 = 0";
        return Otherwise ? $"NOT ({sql.In(column, Exceptions)})" : sql.In(column, Exceptions);
    }
}
