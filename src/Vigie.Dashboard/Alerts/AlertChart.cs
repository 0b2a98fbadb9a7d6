using Vigie.Dashboard.Charts;
using Vigie.Dashboard.Reading;
using Vigie.Server;

namespace Vigie.Dashboard.Alerts;

/// <summary>Draws how an alert's figure went.</summary>
internal static class AlertChart
{
    public static LineChart Of(Viewer viewer, Alert alert, AlertRule rule, FigureCourse course)
    {
        double[] x = [.. course.At.Select(Place)];
        // The chart writes seconds, and latencies are held in milliseconds.
        double unit = rule.Signal is AlertSignal.Latency ? 0.001 : 1;
        string name = rule.Signal switch
        {
            AlertSignal.WrongReports => viewer.T("Wrong reports", "Signalements d’erreur"),
            AlertSignal.Latency => viewer.T($"Latency, {viewer.Percent(rule.Quantile, 0)}", $"Latence, {viewer.Percent(rule.Quantile, 0)}"),
            AlertSignal.Errors => viewer.T("Failed requests", "Requêtes en échec"),
            AlertSignal.ClassShare => viewer.T("Largest class", "Classe majoritaire"),
            AlertSignal.UnknownWords => viewer.T("Unknown words", "Mots inconnus"),
            _ => viewer.T("Predictions", "Prédictions"),
        };
        var series = new List<LineSeries> { new(viewer.T($"{name} over {viewer.Length(rule.Window)}", $"{name} sur {viewer.Length(rule.Window)}"), x, [.. course.Values.Select(value => value * unit)], AlertWords.Tone(alert.Severity)) };
        if (course.Limit is { } limit && x.Length > 0) series.Add(new LineSeries(viewer.T("Limit", "Limite"), [x[0], x[^1]], [limit * unit, limit * unit], "neutral", Dashed: true));
        var marks = new List<Mark> { new(Place(alert.Since), viewer.T("began", "début"), AlertWords.Tone(alert.Severity)) };
        if (alert.ResolvedAt is { } end) marks.Add(new Mark(Place(end), viewer.T("ended", "fin"), "good"));
        return new LineChart
        {
            Series = series,
            Up = rule.Signal switch { AlertSignal.Latency => Scale.Seconds, AlertSignal.WrongReports or AlertSignal.NoTraffic => Scale.Count, _ => Scale.Percent },
            Least = 0,
            Marks = marks,
        };
    }

    private static double Place(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
