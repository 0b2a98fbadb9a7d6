using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>Metrics of one call, made ready outside the transaction: the writer only has to write numbers.</summary>
internal sealed class MetricBatch
{
    private const string InsertMetric = "INSERT INTO metrics (run, key_id, timestamp, step, value, is_nan) VALUES (@run, @key, @timestamp, @step, @value, @nan) ON CONFLICT DO NOTHING";

    private const string PutLatest =
        """
        INSERT INTO latest_metrics (run, key_id, experiment_id, value, is_nan, timestamp, step) VALUES (@run, @key, @experiment, @value, @nan, @timestamp, @step)
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
        if (session.Dialect.IsSqlite) InsertEach(session, run, numbers);
        else await InsertTogetherAsync(session, run, numbers);
        foreach (Point point in latest.OrderBy(point => numbers[point.Key]))
        {
            await session.ExecuteAsync(
                PutLatest,
                ("@run", run), ("@key", numbers[point.Key]), ("@experiment", experiment), ("@value", point.Value), ("@nan", point.IsNaN ? 1 : 0), ("@timestamp", point.Timestamp), ("@step", point.Step));
        }

        foreach (Metric metric in ofModels) await LoggedModels.PutMetricAsync(session, metric, runId);
        return found;
    }

    /// <summary>One prepared command, run for each row: SQLite is in this process, and a call costs a microsecond.</summary>
    private void InsertEach(Session session, long run, long[] numbers)
    {
        using CommandLease lease = session.Command(InsertMetric, ("@run", run), ("@key", 0L), ("@timestamp", 0L), ("@step", 0L), ("@value", 0.0), ("@nan", 0L));
        DbParameterCollection row = lease.Command.Parameters;
        DbParameter key = row[1], timestamp = row[2], step = row[3], value = row[4], nan = row[5];
        foreach (Point point in points)
        {
            key.Value = numbers[point.Key];
            timestamp.Value = point.Timestamp;
            step.Value = point.Step;
            value.Value = point.Value;
            nan.Value = point.IsNaN ? 1L : 0L;
            lease.Command.ExecuteNonQuery();
        }
    }

    /// <summary>One command with a column of values for each parameter: one message to the server and back.</summary>
    private Task<int> InsertTogetherAsync(Session session, long run, long[] numbers) => session.ExecuteAsync(
        """
        INSERT INTO metrics (run, key_id, timestamp, step, value, is_nan)
        SELECT @run, * FROM unnest(@keys, @timestamps, @steps, @values, @nans) ON CONFLICT DO NOTHING
        """,
        ("@run", run), ("@keys", points.Select(point => numbers[point.Key]).ToArray()), ("@timestamps", points.Select(point => point.Timestamp).ToArray()),
        ("@steps", points.Select(point => point.Step).ToArray()), ("@values", points.Select(point => point.Value).ToArray()), ("@nans", points.Select(point => point.IsNaN ? 1 : 0).ToArray()));

    private readonly record struct Point(int Key, long Timestamp, long Step, double Value, bool IsNaN)
    {
        public bool IsLaterThan(Point other) => (Step, Timestamp, Value).CompareTo((other.Step, other.Timestamp, other.Value)) > 0;
    }
}
