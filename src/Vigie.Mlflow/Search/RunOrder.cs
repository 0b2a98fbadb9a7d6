namespace Vigie.Mlflow;

/// <summary>
/// How runs are sorted. A metric's values come first, then NaN, then the runs that lack it, in both directions; what is equal is told apart by start time, the newest first,
/// then by run id.
/// </summary>
internal static class RunOrder
{
    /// <summary>Where the first key is a metric: runs with a number, runs with NaN, runs without, each of which an index finds.</summary>
    public const int Segments = 3;

    /// <summary>The columns to sort by. Those of the first key are fixed where the query reads one segment of it only.</summary>
    public static IReadOnlyList<SortKey> Keys(IReadOnlyList<OrderKey> order, int? segment = null)
    {
        var keys = new List<SortKey>();
        foreach ((OrderKey key, int i) in order.Select((key, i) => (key, i)))
        {
            keys.AddRange(key.Field switch
            {
                Field.Metric when i == 0 && segment is int one =>
                [
                    new($"{one}", true, typeof(long), IsConstant: true),
                    one == 0 ? new("o0.value", key.Ascending, typeof(double)) : new("NULL", true, typeof(double), IsConstant: true),
                ],
                Field.Metric =>
                [
                    new($"CASE WHEN o{i}.run IS NULL THEN 2 ELSE o{i}.is_nan END", true, typeof(long)),
                    new($"CASE WHEN o{i}.is_nan = 0 THEN o{i}.value END", key.Ascending, typeof(double)),
                ],
                Field.Attribute => SortKey.Of(RunSearch.Vocabulary.Ordered[key.Key], key.Ascending),
                _ => SortKey.NullsLast($"o{i}.value", key.Ascending, typeof(string)),
            });
        }

        if (!keys.Exists(key => key.Expression == "r.start_time")) keys.Add(new SortKey("r.start_time", false, typeof(long)));
        if (!keys.Exists(key => key.Expression == "r.run_id")) keys.Add(new SortKey("r.run_id", true, typeof(string)));
        return keys;
    }

    /// <summary>The tables that hold the keys, joined to r; without the first where the query begins with it.</summary>
    public static string Joins(SqlText sql, IReadOnlyList<OrderKey> order, IReadOnlyDictionary<string, long> metrics, bool withoutFirst) =>
        string.Concat(order.Select((key, i) => i == 0 && withoutFirst ? "" : key.Field switch
        {
            Field.Metric => $" LEFT JOIN latest_metrics o{i} ON o{i}.run = r.id AND o{i}.key_id = {sql.Parameter(metrics.GetValueOrDefault(key.Key, -1))}",
            Field.Param => $" LEFT JOIN params o{i} ON o{i}.run = r.id AND o{i}.key = {sql.Parameter(key.Key)}",
            Field.Tag => $" LEFT JOIN tags o{i} ON o{i}.run = r.id AND o{i}.key = {sql.Parameter(key.Key)}",
            _ => "",
        }));
}
