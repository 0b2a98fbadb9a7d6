using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Puts the day's figures into the outbox once a day.</summary>
/// <param name="options">When, and for which channels.</param>
/// <param name="figures">Figures by minute.</param>
/// <param name="going">How many alerts last, by severity.</param>
internal sealed class DailyDigest(DigestOptions options, IFigures figures, Func<IReadOnlyDictionary<AlertSeverity, long>> going)
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly DigestTimes times = options.Times();

    /// <summary>Puts the digest together where it is due.</summary>
    /// <param name="lastSent">When the last one was; null before the first.</param>
    /// <param name="now">The time.</param>
    /// <returns>The messages; since when the next one counts; and when that is.</returns>
    public (IReadOnlyList<StoredNotice> Notices, DateTimeOffset? SentAt, DateTimeOffset Next) Look(DateTimeOffset? lastSent, DateTimeOffset now)
    {
        if (options.Channels.Count == 0) return ([], null, DateTimeOffset.MaxValue);
        DateTimeOffset since = lastSent ?? now; // the first is the next to come
        DateTimeOffset due = times.Next(since, now);
        if (due > now) return ([], since, due);
        string[] lines = [.. Lines(now)];
        string day = times.DayOf(due).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return ([.. options.Channels.Select(channel => new StoredNotice { Key = $"digest-{day}-{channel}", Channel = channel, Kind = NoticeKind.Digest, Severity = AlertSeverity.Info, At = now, Alerts = [], Lines = lines })], now, times.Next(now, now));
    }

    private IEnumerable<string> Lines(DateTimeOffset now)
    {
        Figures day = figures.Over(now - Day, now), before = figures.Over(now - (2 * Day), now - Day);
        if (day.Predictions == 0)
        {
            yield return "No predictions in the last 24 hours.";
        }
        else
        {
            yield return Text($"{day.Predictions:N0} predictions in the last 24 hours{(before.Predictions > 0 ? Text($", {before.Predictions:N0} the day before") : "")}: {Mix(day)}{(before.Predictions > 0 ? $" (the day before {Mix(before)})" : "")}.");
            yield return Text($"Mean confidence {day.Confidence / day.Predictions:P1}; {day.UnknownShare / day.Predictions:P1} of the words were new to the model.");
            yield return Text($"Half were answered within {day.Latencies.Quantile(0.5) / 1000.0:0.##} ms, 95 % within {day.Latencies.Quantile(0.95) / 1000.0:0.##} ms.");
        }

        if (day.Requests > 0) yield return Text($"{day.Requests:N0} requests: {day.Refused:N0} refused (4xx), {day.Failed:N0} failed (5xx).");
        yield return day.AllJudged == 0 ? "Nobody sent a correction." : Text($"{day.AllJudged:N0} predictions were judged by people, {day.AllJudged - day.JudgedRight:N0} of them wrong.");
        IReadOnlyDictionary<AlertSeverity, long> alerts = going();
        yield return alerts.Values.Sum() == 0 ? "No alert is open." : $"Alerts that last: {string.Join(", ", alerts.OrderByDescending(pair => pair.Key).Select(pair => Text($"{pair.Value:N0} {pair.Key.ToString().ToLowerInvariant()}")))}.";
    }

    private static string Mix(Figures figures) => string.Join(", ", Enum.GetValues<Sentiment>().Where(label => figures.Of(label) > 0).Select(label => Text($"{(double)figures.Of(label) / figures.Predictions:P0} {Labels.Of(label)}")));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
