using System.Reflection;
using System.Text;

namespace Vigie.Server;

/// <summary>The rules of a server, checked. Either all of a file holds or none.</summary>
public sealed class AlertRules
{
    /// <summary>The channels that rules may name.</summary>
    internal static readonly string[] KnownChannels = ["email", "slack", "webhook", "sns", "sms", "pagerduty"];

    /// <summary>Most rules of a file.</summary>
    internal const int MostRules = 200;

    private static readonly Lazy<string> Text = new(() =>
    {
        using Stream file = Assembly.GetExecutingAssembly().GetManifestResourceStream("alerts/default-rules.yaml")!;
        using var reader = new StreamReader(file, Encoding.UTF8);
        return reader.ReadToEnd();
    });

    private static readonly Lazy<AlertRules> BuiltIn = new(() => Parse(Encoding.UTF8.GetBytes(DefaultText), "default-rules.yaml"));

    internal AlertRules(IReadOnlyList<AlertRule> written) => (Written, All) = (written, [.. written.Where(rule => rule.IsEnabled)]);

    /// <summary>The built-in rules as a file to begin with.</summary>
    public static string DefaultText => Text.Value;

    /// <summary>The built-in rules.</summary>
    public static AlertRules Default => BuiltIn.Value;

    /// <summary>How many are judged.</summary>
    public int Count => All.Count;

    /// <summary>Those that are judged.</summary>
    internal IReadOnlyList<AlertRule> All { get; }

    /// <summary>Those, and the ones that are switched off.</summary>
    internal IReadOnlyList<AlertRule> Written { get; }

    /// <summary>Reads a file of rules.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="name">As messages call it.</param>
    /// <exception cref="InvalidInputException">It cannot be read, is not YAML, or a rule is wrong; the message names file, line, rule and key, and what would be right.</exception>
    public static AlertRules Read(string path, string name) => RuleReader.Read(SettingsFile.Read(path, name));

    /// <summary>Each rule in a sentence, for people.</summary>
    public IReadOnlyList<DescribedRule> Describe() => [.. All.Select(RuleDescription.Of)];

    internal static AlertRules Parse(ReadOnlySpan<byte> yaml, string name) => RuleReader.Read(SettingsFile.Parse(yaml, name));
}

/// <summary>A rule as people are shown it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Severity"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
/// <param name="When">What raises it, in words.</param>
/// <param name="Channels">Where it is told; empty for every channel.</param>
/// <param name="Runbook">A page in docs/runbooks.</param>
public sealed record DescribedRule(string Name, string Severity, string When, IReadOnlyList<string> Channels, string Runbook);
