namespace Vigie.Server;

/// <summary>Which keys a rule may have, by what it looks at.</summary>
internal static class RuleKeys
{
    /// <summary>Keys of the file itself.</summary>
    public static readonly string[] OfFile = ["group_wait", "group_interval", "rules"];

    /// <summary>Keys that every rule may have.</summary>
    public static readonly string[] OfEveryRule =
        ["name", "enabled", "severity", "signal", "cooldown", "repeat", "resolve_after", "inhibits", "channels", "escalate", "runbook", "group_wait", "group_interval"];

    /// <summary>Keys below <c>escalate</c>.</summary>
    public static readonly string[] OfEscalation = ["after", "channels"];

    private static readonly Dictionary<AlertSignal, string[]> Own = new()
    {
        [AlertSignal.WrongReports] = ["count", "reports", "window", "group_by"],
        [AlertSignal.Latency] = ["above", "quantile", "window", "for", "at_least", "group_by"],
        [AlertSignal.Errors] = ["above", "window", "for", "at_least"],
        [AlertSignal.ClassShare] = ["above", "class", "window", "for", "at_least", "group_by"],
        [AlertSignal.UnknownWords] = ["above", "window", "for", "at_least", "group_by"],
        [AlertSignal.Drift] = ["for"],
        [AlertSignal.NoTraffic] = ["window", "before", "at_least"],
        [AlertSignal.ChampionSlower] = ["above", "quantile", "window", "for", "at_least"],
        [AlertSignal.ChallengerBetter] = ["level"],
        [AlertSignal.Condition] = ["condition", "for"],
    };

    /// <summary>Keys that make sense with a signal.</summary>
    public static IReadOnlyList<string> Of(AlertSignal signal) => Own[signal];

    /// <summary>Whether any signal has the key.</summary>
    public static bool IsKnown(string key) => Own.Values.Any(keys => keys.Contains(key));

    /// <summary>Signals that have the key.</summary>
    public static IEnumerable<AlertSignal> With(string key) => Own.Where(pair => pair.Value.Contains(key)).Select(pair => pair.Key);
}
