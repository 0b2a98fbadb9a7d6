using Vigie.Dashboard.Charts;
using Vigie.Dashboard.Reading;
using Vigie.Server;

namespace Vigie.Dashboard.Overview;

/// <summary>The overview's charts: one report a bucket, over time.</summary>
internal static class OverviewCharts
{
    /// <summary>Requests in each bucket, by how they ended.</summary>
    public static LineChart Traffic(OverviewFigures figures, Viewer viewer) => Over(
        figures, Scale.Count,
        (viewer.T("server errors", "erreurs du serveur"), bucket => bucket.Requests?.Failed, "critical"),
        (viewer.T("refused", "refusées"), bucket => bucket.Requests?.Refused, "warning"),
        (viewer.T("answered", "servies"), bucket => bucket.Requests?.Succeeded, "info")) with
    { Least = 0, Marks = Marks(figures) };

    /// <summary>Share of each class.</summary>
    public static LineChart Classes(OverviewFigures figures, Viewer viewer) => Over(
        figures, Scale.Percent,
        (viewer.T("negative", "négatifs"), bucket => bucket.LabelShares?.Negative, "negative"),
        (viewer.T("neutral", "neutres"), bucket => bucket.LabelShares is { Neutral: > 0 } shares ? shares.Neutral : null, "neutral"),
        (viewer.T("positive", "positifs"), bucket => bucket.LabelShares?.Positive, "positive")) with
    { Least = 0, Most = 1, Marks = Marks(figures) };

    /// <summary>Latencies that a share of predictions stayed below.</summary>
    public static LineChart Latency(OverviewFigures figures) => Over(
        figures, Scale.Seconds,
        ("P50", bucket => bucket.LatencyMs?.P50 / 1000, null),
        ("P95", bucket => bucket.LatencyMs?.P95 / 1000, null),
        ("P99", bucket => bucket.LatencyMs?.P99 / 1000, null)) with
    { Least = 0 };

    /// <summary>What corrections say of the accuracy, and what confidences let expect.</summary>
    public static LineChart Accuracy(OverviewFigures figures, Viewer viewer) => Over(
        figures, Scale.Percent,
        (viewer.T("expected", "attendue"), bucket => bucket.EstimatedAccuracy?.Accuracy, "info"),
        (viewer.T("of what was judged", "de ce qui a été jugé"), bucket => bucket.Feedback?.Accuracy, "warning")) with
    { Most = 1 };

    private static LineChart Over(OverviewFigures figures, Scale up, params (string Name, Func<PeriodReport, double?> Value, string? Tone)[] lines)
    {
        double[] times = [.. figures.Buckets.Select(bucket => (double)bucket.From.ToUnixTimeMilliseconds())];
        return new LineChart
        {
            Up = up,
            Series = [.. lines.Select(line => new LineSeries(line.Name, times, [.. figures.Buckets.Select(line.Value)], line.Tone)).Where(series => series.Y.Any(y => y is not null))],
        };
    }

    private static Mark[] Marks(OverviewFigures figures) =>
        [.. figures.Alerts.Where(alert => alert.Severity >= AlertSeverity.Warning).Take(8).Select(alert => new Mark(alert.Since.ToUnixTimeMilliseconds(), alert.Rule, alert.Severity is AlertSeverity.Critical ? "critical" : "warning"))];
}
