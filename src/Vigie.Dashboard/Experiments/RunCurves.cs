using Vigie.Dashboard.Charts;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Experiments;

/// <summary>Metrics that belong into one chart: the same thing, measured on different rows.</summary>
/// <param name="Name">What is measured: <c>loss</c>.</param>
/// <param name="Keys">The metrics: <c>loss</c>, <c>val_loss</c>.</param>
internal sealed record CurveGroup(string Name, IReadOnlyList<string> Keys)
{
    private static readonly string[] Rows = ["train_", "training_", "val_", "valid_", "validation_", "test_", "eval_"];

    /// <summary>Metrics by what they measure; losses and accuracies first, as a training is watched by them.</summary>
    public static IReadOnlyList<CurveGroup> Of(IEnumerable<string> keys) =>
    [
        .. keys.GroupBy(Measured).Select(group => new CurveGroup(group.Key, [.. group.Order(StringComparer.Ordinal)]))
            .OrderBy(group => group.Name switch { "loss" => 0, "accuracy" => 1, "f1_macro" or "f1" => 2, _ => 3 }).ThenBy(group => group.Name, StringComparer.Ordinal),
    ];

    private static string Measured(string key) => Rows.FirstOrDefault(prefix => key.StartsWith(prefix, StringComparison.Ordinal) && key.Length > prefix.Length) is { } rows ? key[rows.Length..] : key;
}

/// <summary>Curves of metrics, read again only where something was logged since.</summary>
internal sealed class RunCurves
{
    /// <summary>Points of a curve: more than a chart has pixels across are not seen.</summary>
    public const int MostPoints = 600;

    private readonly Dictionary<(string Run, string Key), (Metric Latest, LineSeries Series, bool ByTime)> held = [];

    /// <summary>A chart of some metrics of some runs.</summary>
    /// <param name="store">The store.</param>
    /// <param name="runs">The runs, as they now are.</param>
    /// <param name="keys">The metrics.</param>
    /// <param name="nameOf">What a line is called.</param>
    /// <param name="step">What the axis across is called, where it counts steps.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<LineChart> ChartAsync(MlflowStore store, IReadOnlyList<Run> runs, IReadOnlyList<string> keys, Func<Run, string, string> nameOf, string step, CancellationToken cancellation)
    {
        var lines = new List<(LineSeries Series, bool ByTime)>();
        foreach (string key in keys)
        {
            Run[] changed = [.. runs.Where(run => LatestOf(run, key) is { } latest && !(held.TryGetValue((run.Info.RunId, key), out var before) && before.Latest == latest))];
            if (changed.Length > 0)
            {
                ILookup<string, Metric> points = (await store.Runs.MetricHistorySampledAsync([.. changed.Select(run => run.Info.RunId)], key, null, null, MostPoints, cancellation)).ToLookup(point => point.RunId!);
                foreach (Run run in changed) held[(run.Info.RunId, key)] = Line(LatestOf(run, key)!, nameOf(run, key), [.. points[run.Info.RunId]]);
            }

            lines.AddRange(runs.Where(run => held.ContainsKey((run.Info.RunId, key))).Select(run => held[(run.Info.RunId, key)]).Select(line => (line.Series, line.ByTime)));
        }

        bool byTime = lines.Count > 0 && lines.All(line => line.ByTime);
        return new LineChart { Series = [.. lines.Where(line => line.ByTime == byTime).Select(line => line.Series)], Across = byTime ? Scale.Time : Scale.Number, AcrossName = byTime ? null : step };
    }

    private static Metric? LatestOf(Run run, string key) => run.Data.Metrics.FirstOrDefault(metric => metric.Key == key);

    // A client that never says at which step it is logs all at step 0; then the time tells the values apart.
    private static (Metric Latest, LineSeries Series, bool ByTime) Line(Metric latest, string name, IReadOnlyList<Metric> points)
    {
        bool byTime = points.Count > 1 && points.All(point => point.Step == points[0].Step);
        IEnumerable<Metric> inOrder = byTime ? points.OrderBy(point => point.Timestamp) : points;
        return (latest, new LineSeries(name, [.. inOrder.Select(point => (double)(byTime ? point.Timestamp : point.Step))], [.. inOrder.Select(point => double.IsFinite(point.Value) ? point.Value : (double?)null)]), byTime);
    }
}
