using System.Globalization;

namespace Vigie.Server;

/// <summary>Rules, limits and figures in words.</summary>
internal static class RuleDescription
{
    public static DescribedRule Of(AlertRule rule) => new(rule.Name, NameOf(rule.Severity), When(rule), rule.Channels, rule.Runbook);

    public static string NameOf(Enum value) => ScalarShape.Format(value);

    /// <summary>A share in percent, with as many digits as tell it from its limit.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.##} %");

    public static string Milliseconds(double milliseconds) => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.###} ms");

    /// <summary>A length of time as people say it, such as <c>5 minutes</c>.</summary>
    public static string Time(TimeSpan time)
    {
        (double count, string unit) = time switch
        {
            { Ticks: < TimeSpan.TicksPerMinute * 2 } => (time.TotalSeconds, "second"),
            { Ticks: < TimeSpan.TicksPerHour * 2 } => (time.TotalMinutes, "minute"),
            { Ticks: < TimeSpan.TicksPerDay * 2 } => (time.TotalHours, "hour"),
            _ => (time.TotalDays, "day"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count:0.#} {unit}{(count == 1 ? "" : "s")}");
    }

    private static string When(AlertRule rule)
    {
        string condition = rule.Signal switch
        {
            AlertSignal.WrongReports => $"{rule.Count} tweets are reported wrong {(rule.Reports is ReportOrder.InARow ? "in a row " : "")}within {Time(rule.Window)}",
            AlertSignal.Latency => $"{Percent(rule.Quantile)} of predictions take up to more than {Milliseconds(rule.Above)} over {Time(rule.Window)}",
            AlertSignal.Errors => $"more than {Percent(rule.Above)} of requests fail over {Time(rule.Window)}",
            AlertSignal.ClassShare => $"more than {Percent(rule.Above)} of predictions are {(rule.Class is { } named ? NameOf(named) : "of one class")} over {Time(rule.Window)}",
            AlertSignal.UnknownWords => $"more than {Percent(rule.Above)} of words are unknown over {Time(rule.Window)}",
            AlertSignal.Drift => "a signal of the drift monitor has an alarm",
            AlertSignal.NoTraffic => $"nothing was predicted for {Time(rule.Window)}, after {rule.AtLeast} or more predictions in the {Time(rule.Before)} before",
            AlertSignal.ChampionSlower => $"the champion's {Percent(rule.Quantile)} quantile is more than {Percent(rule.Above)} above the challenger's over {Time(rule.Window)}",
            AlertSignal.ChallengerBetter => $"corrections prove the challenger better (at {Percent(rule.Level)})",
            _ => $"the server says {rule.Condition}",
        };
        string held = rule.For > TimeSpan.Zero ? $", for {Time(rule.For)}" : "";
        string counted = rule.AtLeast > 0 && rule.Signal is not AlertSignal.NoTraffic ? $" ({rule.AtLeast} events at least)" : "";
        return condition + counted + held;
    }
}
