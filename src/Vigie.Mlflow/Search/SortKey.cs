using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>One column that a query sorts by. An ordering ends in a unique one, so that every row has a place of its own and a page can go on behind it.</summary>
/// <param name="Expression">SQL; its value goes into the page token.</param>
/// <param name="Ascending">The direction.</param>
/// <param name="Type">Of its values: long, double or string.</param>
/// <param name="IsConstant">The same in all rows of the query: not sorted by, only told.</param>
internal sealed record SortKey(string Expression, bool Ascending, Type Type, bool IsConstant = false)
{
    /// <summary>An attribute's keys.</summary>
    public static IEnumerable<SortKey> Of(AttributeColumn attribute, bool ascending)
    {
        Type type = attribute.IsNumber ? typeof(long) : typeof(string);
        return attribute.IsNullable ? NullsLast(attribute.Column, ascending, type) : [new(attribute.Column, ascending, type)];
    }

    /// <summary>A column that may be null, nulls last in both directions: whether it is null, then its value.</summary>
    public static IEnumerable<SortKey> NullsLast(string expression, bool ascending, Type type) =>
        [new($"CASE WHEN {expression} IS NULL THEN 1 ELSE 0 END", true, typeof(long)), new(expression, ascending, type)];

    /// <summary>The keys as columns of the answer, from k0.</summary>
    public static string Columns(IReadOnlyList<SortKey> keys) => string.Join(", ", keys.Select((key, i) => $"{key.Expression} AS k{i}"));

    /// <summary>What to order by.</summary>
    public static string OrderBy(IReadOnlyList<SortKey> keys) =>
        string.Join(", ", keys.Select((key, i) => (key, i)).Where(pair => !pair.key.IsConstant).Select(pair => $"k{pair.i} {(pair.key.Ascending ? "ASC" : "DESC")}"));

    /// <summary>
    /// Whether a row comes behind the place; empty where there is none. A null in the place was told apart by the key before it, so all rows that still compare equal are null there too.
    /// </summary>
    public static string Behind(SqlText sql, IReadOnlyList<SortKey> keys, IReadOnlyList<object?>? place)
    {
        string condition = "";
        if (place is null) return condition;
        for (int i = keys.Count - 1; i >= 0; i--)
        {
            if (keys[i].IsConstant || place[i] is null) continue;
            string value = sql.Parameter(place[i]!), beyond = keys[i].Ascending ? ">" : "<";
            condition = condition.Length == 0
                ? $"{keys[i].Expression} {beyond} {value}"
                : $"({keys[i].Expression} {beyond}= {value} AND ({keys[i].Expression} {beyond} {value} OR {condition}))"; // the first half says nothing new, but an index can use it
        }

        return condition;
    }

    /// <summary>The row's place, its keys beginning at a column.</summary>
    public static object?[] Place(DbDataReader row, int first, int count)
    {
        var place = new object?[count];
        for (int i = 0; i < count; i++)
        {
            place[i] = row.IsDBNull(first + i) ? null : row.GetValue(first + i) switch
            {
                int number => (long)number,
                object value => value,
            };
        }

        return place;
    }
}
