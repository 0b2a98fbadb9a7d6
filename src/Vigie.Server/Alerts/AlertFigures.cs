using System.Data.Common;

namespace Vigie.Server;

/// <summary>A figure over time.</summary>
/// <param name="At">The ends of its windows.</param>
/// <param name="Values">The figure of each, in the rule's unit; null where too little happened for one.</param>
/// <param name="Limit">What it was held against; null where that is no figure of this kind.</param>
internal sealed record FigureCourse(IReadOnlyList<DateTimeOffset> At, IReadOnlyList<double?> Values, double? Limit);

/// <summary>How the figure of an alert went before, in and after it, as far as it is kept by the minute.</summary>
internal sealed class AlertFigures(FigureHistory history, Func<DbConnection> connect, TimeProvider clock)
{
    private const int MostPoints = 180;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1), Longest = TimeSpan.FromDays(3);

    /// <summary>Reads it.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="rule">The rule that raised it.</param>
    /// <returns>Null where the rule's figure is not one of minutes, or the database cannot be read.</returns>
    public FigureCourse? Of(Alert alert, AlertRule rule)
    {
        if (rule.Signal is not (AlertSignal.WrongReports or AlertSignal.Latency or AlertSignal.Errors or AlertSignal.ClassShare or AlertSignal.UnknownWords or AlertSignal.NoTraffic)) return null;
        TimeSpan window = rule.Window < Minute ? Minute : rule.Window, margin = window * 2 > TimeSpan.FromMinutes(30) ? window * 2 : TimeSpan.FromMinutes(30);
        DateTimeOffset now = clock.GetUtcNow(), end = (alert.ResolvedAt ?? now) + margin, from = SignalJudge.MinuteOf(alert.Since - margin);
        if (end > now) end = now;
        if (end - from > Longest) end = from + Longest;
        var step = TimeSpan.FromMinutes(Math.Max(1, Math.Ceiling((end - from) / MostPoints / Minute)));
        DateTimeOffset[] at = [.. Enumerable.Range(1, (int)((end - from) / step)).Select(i => from + (step * i)).Where(to => to < end), end];
        try
        {
            using DbConnection connection = connect();
            var records = new KeptRecords(connection);
            if (rule.Signal is AlertSignal.WrongReports)
            {
                DateTimeOffset[] reports = [.. records.WrongReports(from - window, end)];
                return new FigureCourse(at, [.. at.Select(to => (double?)reports.Count(one => one >= to - window && one < to))], alert.Limit);
            }

            string? model = rule.ByModel && alert.Model is { } name ? records.DigestOf(name) : null;
            FigureTable table = history.Read(from - window, end);
            return new FigureCourse(at, [.. at.Select(to => Figure(table.Over(FigureHistory.MinuteOf(to - window), FigureHistory.MinuteOf(to), model, null), rule))], rule.Signal is AlertSignal.NoTraffic ? null : alert.Limit);
        }
        catch (DbException)
        {
            return null; // an alert without its chart says the same
        }
    }

    private static double? Figure(Figures of, AlertRule rule) => rule.Signal switch
    {
        AlertSignal.Latency => of.Latencies.Quantile(rule.Quantile) / 1000.0,
        AlertSignal.Errors => of.Requests == 0 ? null : (double)of.Failed / of.Requests,
        AlertSignal.ClassShare => of.Predictions == 0 ? null : (double)(rule.Class is { } named ? of.Of(named) : Enum.GetValues<Tweets.Sentiment>().Max(of.Of)) / of.Predictions,
        AlertSignal.UnknownWords => of.Predictions == 0 ? null : of.UnknownShare / of.Predictions,
        _ => of.Predictions,
    };
}
