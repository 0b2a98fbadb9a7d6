using System.Text;

namespace Vigie.Mlflow;

/// <summary>A filter's comparisons on runs: asked of each run, or as the rows of an index that they match.</summary>
internal sealed class RunConditions(IReadOnlyDictionary<string, long> metrics)
{
    private const string Context = "mlflow.data.context";

    /// <summary>What the indexes on values hold of a text, in code points: PostgreSQL's have room for no more than 2,700 bytes.</summary>
    private const int IndexedLength = 200;

    /// <summary>Whether the run in <c>r</c> matches.</summary>
    public string OfRun(SqlText sql, Comparison comparison) => comparison.Field switch
    {
        Field.Attribute => Conditions.Of(sql, RunSearch.Vocabulary.Attributes[comparison.Key].Column, comparison),
        Field.Metric => Conditions.OfMetric(sql, $"latest_metrics m WHERE m.run = r.id AND m.key_id = {MetricId(sql, comparison)}", comparison),
        Field.Param => Conditions.OfRow(sql, "p.value", $"params p WHERE p.run = r.id AND p.key = {sql.Parameter(comparison.Key)}", comparison),
        Field.Tag => Conditions.OfRow(sql, "t.value", $"tags t WHERE t.run = r.id AND t.key = {sql.Parameter(comparison.Key)}", comparison),
        _ when comparison.Key == "context" =>
            $"EXISTS (SELECT 1 FROM run_dataset_tags t WHERE t.run = r.id AND t.key = {sql.Parameter(Context)} AND {Conditions.Of(sql, "t.value", comparison)})",
        _ => $"EXISTS (SELECT 1 FROM run_datasets d JOIN datasets s ON s.id = d.dataset_id WHERE d.run = r.id AND {Conditions.Of(sql, $"s.{comparison.Key}", comparison)})",
    };

    /// <summary>Whether an index holds the rows that match side by side.</summary>
    public static bool IsIndexed(Comparison comparison) => comparison.Field switch
    {
        Field.Metric => comparison.Operator is "=" or "<" or "<=" or ">" or ">=",
        Field.Param or Field.Tag => comparison.Operator is "=",
        Field.Attribute => comparison.Key is "run_id" && comparison.Operator is "=" or "IN",
        _ => false,
    };

    /// <summary>Those rows, as a table <c>d</c>, and the conditions on it, the one that finds the run in <c>r</c> apart.</summary>
    public Rows Indexed(SqlText sql, Comparison comparison, IReadOnlyList<long> experiments)
    {
        switch (comparison.Field)
        {
            case Field.Metric:
                return new Rows(
                    $"latest_metrics d{sql.IndexedBy("latest_metrics_by_value")}",
                    $"{Among(sql, "d.experiment_id", experiments)} AND d.key_id = {MetricId(sql, comparison)} AND d.is_nan = 0 AND {OfValue(sql, "d.value", comparison)}",
                    "r.id = d.run");
            case Field.Attribute:
                string[] ids = comparison.Value as string[] ?? [comparison.Text];
                return new Rows(sql.Table(ids, "d"), "", "r.run_id = d.value");
            default:
                string table = comparison.Field == Field.Param ? "params" : "tags";
                string conditions = $"d.key = {sql.Parameter(comparison.Key)} AND substr(d.value, 1, {IndexedLength}) = {sql.Parameter(Head(comparison.Text))}";
                if (comparison.Text.Length >= IndexedLength) conditions += $" AND d.value = {sql.Parameter(comparison.Text)}";
                return new Rows($"{table} d{sql.IndexedBy($"{table}_by_value")}", conditions, "r.id = d.run");
        }
    }

    /// <summary>A metric's number against the comparison's.</summary>
    public static string OfValue(SqlText sql, string value, Comparison comparison) => $"{value} {comparison.Operator} {sql.Parameter(Conditions.Number(comparison))}";

    /// <summary>Whether a column is one of some numbers; a single one is written so that an index keeps its order.</summary>
    public static string Among(SqlText sql, string column, IReadOnlyList<long> numbers) => numbers.Count == 1 ? $"{column} = {sql.Parameter(numbers[0])}" : sql.In(column, [.. numbers]);

    private string MetricId(SqlText sql, Comparison comparison) => sql.Parameter(metrics.GetValueOrDefault(comparison.Key, -1));

    private static string Head(string text)
    {
        if (text.Length <= IndexedLength) return text;
        var head = new StringBuilder();
        foreach (Rune rune in text.EnumerateRunes().Take(IndexedLength)) head.Append(rune.ToString());
        return head.ToString();
    }

    /// <summary>Rows of an index: FROM, WHERE, and how they lead to their run.</summary>
    public sealed record Rows(string From, string Where, string RunIs);
}
