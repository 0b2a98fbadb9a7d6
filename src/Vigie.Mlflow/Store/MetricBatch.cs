namespace Vigie.Mlflow;

/// <summary>Metrics of one call, made ready outside the transaction: the writer only has to write numbers.</summary>
internal sealed class MetricBatch
{
    private const string UnlessEarlier =
        """
        ON CONFLICT (run, key_id) DO UPDATE SET value = excluded.value, is_nan = excluded.is_nan, timestamp = excluded.timestamp, step = excluded.step
        WHERE (excluded.step, excluded.timestamp, excluded.value) > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)
        """;

    private readonly List<string> keys = [];
    private readonly List<Point> points;
    private readonly List<Point> latest = [];
    private readonly IReadOnlyList<Metric> ofModels;

    private MetricBatch(IReadOnlyList<Metric> metrics)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        points = new List<Point>(metrics.Count);
        foreach (Metric metric in metrics)
        {
            if (!numbers.TryGetValue(metric.Key, out int key))
            {
                Check.Storable(metric.Key);
                numbers[metric.Key] = key = keys.Count;
                keys.Add(metric.Key);
            }

            MetricValue value = MetricValue.Of(metric.Value);
            var point = new Point(key, metric.Timestamp, metric.Step, value.Value, value.IsNaN);
            points.Add(point);
            if (key == latest.Count) latest.Add(point);
            else if (point.IsLaterThan(latest[key])) latest[key] = point;
        }

        ofModels = [.. metrics.Where(metric => !string.IsNullOrEmpty(metric.ModelId))];
    }

    public static MetricBatch Of(IReadOnlyList<Metric> metrics) => new(metrics);

    /// <summary>Writes the values and the latest of each key; answers the keys' numbers that <paramref name="metricKeys"/> did not know.</summary>
    public async Task<IReadOnlyDictionary<string, long>> WriteAsync(Session session, long run, long experiment, string runId, MetricKeys metricKeys)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        if (points.Count == 0) return found;
        long[] numbers = await metricKeys.NumbersAsync(session, keys, found);
        (string, Array)[] Columns(IReadOnlyList<Point> rows) =>
        [
            ("run", Column(rows, _ => run)), ("key_id", Column(rows, point => numbers[point.Key])), ("timestamp", Column(rows, point => point.Timestamp)),
            ("step", Column(rows, point => point.Step)), ("value", Column(rows, point => point.Value)), ("is_nan", Column(rows, point => point.IsNaN ? 1L : 0L)),
        ];

        await session.InsertAsync("metrics", "ON CONFLICT DO NOTHING", Columns(points));
        Point[] ordered = [.. latest.OrderBy(point => numbers[point.Key])]; // two writers that meet wait for each other in one direction only
        await session.InsertAsync("latest_metrics", UnlessEarlier, [.. Columns(ordered), ("experiment_id", Column(ordered, _ => experiment))]);
        foreach (Metric metric in ofModels) await LoggedModels.PutMetricAsync(session, metric, runId);
        return found;
    }

    private static T[] Column<T>(IReadOnlyList<Point> rows, Func<Point, T> value)
    {
        var column = new T[rows.Count];
        for (int i = 0; i < column.Length; i++) column[i] = value(rows[i]);
        return column;
    }

    private readonly record struct Point(int Key, long Timestamp, long Step, double Value, bool IsNaN)
    {
        public bool IsLaterThan(Point other) => (Step, Timestamp, Value).CompareTo((other.Step, other.Timestamp, other.Value)) > 0;
    }
}
