using System.Globalization;
using Vigie.Server;

namespace Vigie.Dashboard.Alerts;

/// <summary>The everyday values of a rule, as fields hold them.</summary>
internal sealed class RuleForm
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture; // browsers write the numbers of fields so, whatever the reader's language

    private readonly AlertRule rule;

    /// <summary>The values of a rule.</summary>
    public RuleForm(AlertRule rule)
    {
        this.rule = rule;
        (IsEnabled, Severity) = (rule.IsEnabled, rule.Severity);
        Limit = LimitOf(rule);
        Window = Minutes(rule.Window);
        For = Minutes(rule.For);
        AtLeast = rule.AtLeast.ToString(Plain);
    }

    public string Name => rule.Name;

    public bool IsEnabled { get; set; }

    public AlertSeverity Severity { get; set; }

    /// <summary>How many reports, milliseconds, or percent.</summary>
    public string Limit { get; set; }

    /// <summary>Minutes.</summary>
    public string Window { get; set; }

    /// <summary>Minutes.</summary>
    public string For { get; set; }

    public string AtLeast { get; set; }

    public bool HasLimit => rule.Signal is AlertSignal.WrongReports or AlertSignal.Latency or AlertSignal.Errors or AlertSignal.ClassShare or AlertSignal.UnknownWords or AlertSignal.ChampionSlower;

    public bool HasWindow => RuleKeys.Of(rule.Signal).Contains("window");

    public bool HasFor => RuleKeys.Of(rule.Signal).Contains("for");

    public bool HasAtLeast => RuleKeys.Of(rule.Signal).Contains("at_least");

    /// <summary>What the limit counts.</summary>
    public AlertSignal Signal => rule.Signal;

    /// <summary>The keys whose values are others than the rule's, as a file writes them.</summary>
    /// <exception cref="InvalidInputException">A field holds no number.</exception>
    public IReadOnlyDictionary<string, string> Changes()
    {
        var changes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (IsEnabled != rule.IsEnabled) changes["enabled"] = IsEnabled ? "true" : "false";
        if (Severity != rule.Severity) changes["severity"] = RuleDescription.NameOf(Severity);
        if (HasLimit && Limit != LimitOf(rule)) changes[rule.Signal is AlertSignal.WrongReports ? "count" : "above"] = WrittenLimit();
        if (HasWindow && Window != Minutes(rule.Window)) changes["window"] = Written(Window, "window");
        if (HasFor && For != Minutes(rule.For)) changes["for"] = Written(For, "for");
        if (HasAtLeast && AtLeast != rule.AtLeast.ToString(Plain)) changes["at_least"] = Number(AtLeast, "at_least").ToString("0", Plain);
        return changes;
    }

    private static string LimitOf(AlertRule rule) => rule.Signal switch
    {
        AlertSignal.WrongReports => rule.Count.ToString(Plain),
        AlertSignal.Latency => rule.Above.ToString("0.###", Plain),
        _ => (100 * rule.Above).ToString("0.###", Plain),
    };

    private static string Minutes(TimeSpan time) => time.TotalMinutes.ToString("0.###", Plain);

    private static string Written(string minutes, string key) => Duration.Format(TimeSpan.FromSeconds(Math.Round(60 * Number(minutes, key))));

    private string WrittenLimit() => rule.Signal switch
    {
        AlertSignal.WrongReports => Number(Limit, "count").ToString("0", Plain),
        AlertSignal.Latency => $"{Number(Limit, "above").ToString("0.###", Plain)}ms",
        _ => $"{Number(Limit, "above").ToString("0.###", Plain)} %",
    };

    // Whether it is in range, the check of the whole text says.
    private static double Number(string text, string key) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, Plain, out double number) && number < 1e9 ? number : throw new InvalidInputException($"{key} is '{text}'; expected a number");
}
