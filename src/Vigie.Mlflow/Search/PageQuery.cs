using System.Data.Common;
using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>
/// One page of a sorted query. It goes on behind the last row of the page before rather than counting rows off, so a deep page costs what the first does, and rows that are
/// added or removed meanwhile neither repeat nor hide others.
/// </summary>
internal static class PageQuery
{
    /// <summary>Rows and where each stands, at most <paramref name="limit"/> of them.</summary>
    /// <param name="session">Where to ask.</param>
    /// <param name="sql">Holds the parameters of the branches.</param>
    /// <param name="columns">What to read, as a list of columns.</param>
    /// <param name="count">How many those are.</param>
    /// <param name="branches">FROM and WHERE of each part; their rows are merged in order.</param>
    /// <param name="keys">What to sort by.</param>
    /// <param name="map">Reads a row.</param>
    /// <param name="limit">Most rows.</param>
    /// <param name="cancellation">Ends the query.</param>
    /// <param name="withPlaces">Whether any page will go on behind one of the rows; without, their places are empty, which is half of the time where rows are many.</param>
    public static Task<List<Placed<T>>> FetchAsync<T>(
        Session session, SqlText sql, string columns, int count, IReadOnlyList<string> branches, IReadOnlyList<SortKey> keys, Func<DbDataReader, T> map, int limit, CancellationToken cancellation,
        bool withPlaces = true)
    {
        string keyColumns = SortKey.Columns(keys);
        string parts = string.Join(" UNION ALL ", branches.Select(branch => $"SELECT {columns}, {keyColumns} {branch}"));
        return sql.QueryAsync(
            session, $"{parts} ORDER BY {SortKey.OrderBy(keys)} LIMIT {sql.Parameter((long)limit)}",
            row => new Placed<T>(map(row), withPlaces ? SortKey.Place(row, count, keys.Count) : []), cancellation);
    }

    /// <summary>FROM and WHERE of one table, behind a place.</summary>
    public static string Body(SqlText sql, string from, IEnumerable<string> conditions, IReadOnlyList<SortKey> keys, IReadOnlyList<object?>? place)
    {
        string where = string.Join(" AND ", conditions.Append(SortKey.Behind(sql, keys, place)).Where(condition => condition.Length > 0));
        return where.Length == 0 ? $"FROM {from}" : $"FROM {from} WHERE {where}";
    }

    /// <summary>Cuts the row off that was read only to see whether there are more, and writes the token.</summary>
    public static (List<T> Rows, string? Token) Cut<T>(List<Placed<T>> found, int most, string question)
    {
        string? token = found.Count > most ? PageToken.Write(question, found[most - 1].Place) : null;
        return ([.. found.Take(most).Select(row => row.Row)], token);
    }

    /// <summary>What a token belongs to: two questions have the same text only if they are the same.</summary>
    public static string Question(string kind, string? filter, IEnumerable<string> order, IEnumerable<string> scope) =>
        string.Concat(new[] { kind, filter ?? "" }.Concat(order).Append("in").Concat(scope).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Length}:{part}")));

    /// <summary>Refuses a number of results that is none or too large.</summary>
    public static void CheckMaxResults(int maxResults, int most)
    {
        if (maxResults < 1 || maxResults > most) throw MlflowException.Invalid($"max_results is {maxResults}; it must be from 1 to {most}");
    }

    /// <summary>The lifecycle stages of a view.</summary>
    public static IReadOnlyList<string> Stages(string viewType) => viewType switch
    {
        "ACTIVE_ONLY" => [LifecycleStage.Active],
        "DELETED_ONLY" => [LifecycleStage.Deleted],
        "ALL" => [LifecycleStage.Active, LifecycleStage.Deleted],
        _ => throw MlflowException.Invalid($"'{viewType}' is no view; expected ACTIVE_ONLY, DELETED_ONLY or ALL"),
    };

    /// <summary>Experiments by number, each once, in order.</summary>
    public static long[] Experiments(IReadOnlyList<string> ids) =>
        [.. ids.Select(Check.ExperimentId).Distinct().Order()];
}

/// <summary>A row and its place in the order.</summary>
internal readonly record struct Placed<T>(T Row, object?[] Place);
