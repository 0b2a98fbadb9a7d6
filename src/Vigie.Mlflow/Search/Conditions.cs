using System.Text;

namespace Vigie.Mlflow;

/// <summary>Comparisons as SQL. What is missing matches nothing but IS NULL, as in MLflow.</summary>
internal static class Conditions
{
    /// <summary>Compares an expression with a comparison's value.</summary>
    public static string Of(SqlText sql, string expression, Comparison comparison) => comparison.Operator switch
    {
        "IS NULL" or "IS NOT NULL" => $"{expression} {comparison.Operator}",
        "IN" => sql.In(expression, (string[])comparison.Value!),
        "NOT IN" => $"NOT ({sql.In(expression, (string[])comparison.Value!)})",
        // SQLite's LIKE takes no notice of case, and its GLOB does; PostgreSQL's have a backslash as their escape unless told otherwise, and MLflow's have none.
        "LIKE" => sql.Dialect.IsSqlite ? $"{expression} GLOB {sql.Parameter(Glob(comparison.Text))}" : $"{expression} LIKE {sql.Parameter(comparison.Text)} ESCAPE ''",
        "ILIKE" => sql.Dialect.IsSqlite ? $"{expression} LIKE {sql.Parameter(comparison.Text)}" : $"{expression} ILIKE {sql.Parameter(comparison.Text)} ESCAPE ''",
        "!=" => $"{expression} <> {sql.Parameter(comparison.Value!)}",
        _ => $"{expression} {comparison.Operator} {sql.Parameter(comparison.Value!)}",
    };

    /// <summary>
    /// Compares the one row that <paramref name="from"/> finds, such as <c>tags t WHERE t.run = r.id AND t.key = @p0</c>. A scalar query is a look-up for each row that is
    /// asked about, and no planner turns it into anything else.
    /// </summary>
    public static string OfRow(SqlText sql, string value, string from, Comparison comparison) => Of(sql, $"(SELECT {value} FROM {from})", comparison);

    /// <summary>The same for a metric: NaN differs from every number, and is neither less nor greater than any.</summary>
    public static string OfMetric(SqlText sql, string from, Comparison comparison) => comparison.Operator switch
    {
        "IS NULL" or "IS NOT NULL" => $"(SELECT is_nan FROM {from}) {comparison.Operator}",
        "!=" => $"(SELECT CASE WHEN is_nan = 1 OR value <> {sql.Parameter(Number(comparison))} THEN 1 ELSE 0 END FROM {from}) = 1",
        _ => $"(SELECT CASE WHEN is_nan = 0 THEN value END FROM {from}) {comparison.Operator} {sql.Parameter(Number(comparison))}",
    };

    /// <summary>A metric's value of comparison.</summary>
    public static double Number(Comparison comparison) => comparison.Value is long whole ? whole : (double)comparison.Value!;

    private static string Glob(string pattern)
    {
        var glob = new StringBuilder(pattern.Length + 8);
        foreach (char c in pattern)
        {
            _ = c switch
            {
                '%' => glob.Append('*'),
                '_' => glob.Append('?'),
                '*' or '?' or '[' => glob.Append('[').Append(c).Append(']'),
                _ => glob.Append(c),
            };
        }

        return glob.ToString();
    }
}
