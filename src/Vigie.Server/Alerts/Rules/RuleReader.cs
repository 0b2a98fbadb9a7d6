using System.Globalization;
using System.Text.RegularExpressions;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>From what a file says to rules. Every message names file and line, rule and key, and what would be right.</summary>
internal sealed partial class RuleReader
{
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(7), Longest = TimeSpan.FromDays(30);

    private readonly TimeSpan groupWait, groupInterval;

    private RuleReader(RuleSection file)
    {
        groupWait = file.Time("group_wait", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1));
        groupInterval = file.Time("group_interval", TimeSpan.FromMinutes(5), TimeSpan.Zero, TimeSpan.FromDays(1));
    }

    /// <exception cref="InvalidInputException">Something in it is wrong.</exception>
    public static AlertRules Read(SettingInput input)
    {
        var file = new RuleSection("", input, "");
        file.Only(RuleKeys.OfFile);
        if (file.Find("rules") is not InputList { Items.Count: > 0 } list)
            throw new InvalidInputException($"{(file.Find("rules") ?? input).Origin.Text}: rules is {(file.Find("rules") is { } found ? SettingsReader.Kind(found) : "missing")}; expected a list of rules, such as those that 'vigie alerts rules' prints");
        if (list.Items.Count > AlertRules.MostRules) throw new InvalidInputException($"{list.Origin.Text}: {list.Items.Count} rules; expected {AlertRules.MostRules} at most");
        var reader = new RuleReader(file);
        var rules = new List<(AlertRule Rule, SettingOrigin At, RuleSection Section)>();
        for (int i = 0; i < list.Items.Count; i++)
        {
            RuleSection section = SectionOf(list.Items[i], i);
            AlertRule rule = reader.Rule(section);
            if (rules.Find(known => known.Rule.Name == rule.Name) is { Rule: not null } twice)
                throw new InvalidInputException($"{section.At("name")}: there is a rule {rule.Name} already, at {twice.At.Text}; expected another name");
            rules.Add((rule, list.Items[i].Origin, section));
        }

        foreach ((AlertRule rule, _, RuleSection section) in rules) CheckInhibited(rule, section, [.. rules.Select(one => one.Rule)]);
        return new AlertRules([.. rules.Select(one => one.Rule)]);
    }

    private static RuleSection SectionOf(SettingInput item, int index)
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"rule {index + 1}");
        if (item is not InputMap map) throw new InvalidInputException($"{item.Origin.Text}: {number} is {SettingsReader.Kind(item)}; expected name, severity, signal… below it");
        if (map.Entries.GetValueOrDefault("name") is not InputText { Text: { Length: > 0 } name } said)
            throw new InvalidInputException($"{item.Origin.Text}: {number} has no name; expected one of lower-case letters, digits and hyphens, such as latency-critical");
        if (!NameForm().IsMatch(name)) throw new InvalidInputException($"{said.Origin.Text}: {number}: name is '{name}'; expected at most 64 lower-case letters, digits and hyphens, such as latency-critical");
        return new RuleSection($"rule {name}: ", item, "");
    }

    private AlertRule Rule(RuleSection of)
    {
        AlertSignal signal = of.Name<AlertSignal>("signal") ?? throw of.Missing("signal", RuleSection.Choices<AlertSignal>());
        CheckKeys(of, signal);
        bool figures = signal is not (AlertSignal.WrongReports or AlertSignal.Drift or AlertSignal.Condition or AlertSignal.ChallengerBetter);
        string name = of.Text("name")!;
        return new AlertRule
        {
            Name = name,
            Signal = signal,
            IsEnabled = of.Text("enabled") switch { null or "true" => true, "false" => false, { } other => throw of.Wrong("enabled", $"'{other}'", "true or false") },
            Severity = of.Name<AlertSeverity>("severity") ?? throw of.Missing("severity", RuleSection.Choices<AlertSeverity>()),
            Above = Above(of, signal),
            Quantile = of.Share("quantile", 0.95, 0.01, 0.999),
            Count = (int)of.Number("count", 3, 1, 1_000),
            Reports = of.Name<ReportOrder>("reports") ?? ReportOrder.Any,
            Class = of.Text("class") is null or "any" ? null : of.Name<Sentiment>("class", "any"),
            Level = of.Share("level", 0.01, 1e-9, 0.5),
            Before = of.Minutes("before", TimeSpan.FromHours(1), LongestWindow),
            Condition = signal is AlertSignal.Condition ? of.Word("condition") ?? throw of.Missing("condition", "the name of a condition, such as records_behind or channel_down") : null,
            Window = figures ? of.Minutes("window", DefaultWindow(signal), LongestWindow) : of.Time("window", TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
            For = of.Time("for", TimeSpan.Zero, TimeSpan.Zero, LongestWindow),
            AtLeast = of.Number("at_least", figures ? 20 : 0, 1, 1_000_000_000),
            ByModel = of.Text("group_by") switch { null or "none" => false, "model" => true, { } other => throw of.Wrong("group_by", $"'{other}'", "model or none") },
            Cooldown = of.Time("cooldown", TimeSpan.Zero, TimeSpan.Zero, Longest),
            Repeat = of.Time("repeat", TimeSpan.FromHours(4), TimeSpan.FromMinutes(1), Longest),
            ResolveAfter = of.Time("resolve_after", signal is AlertSignal.WrongReports ? TimeSpan.FromMinutes(30) : TimeSpan.FromMinutes(5), TimeSpan.Zero, LongestWindow),
            GroupWait = of.Time("group_wait", groupWait, TimeSpan.Zero, TimeSpan.FromHours(1)),
            GroupInterval = of.Time("group_interval", groupInterval, TimeSpan.Zero, TimeSpan.FromDays(1)),
            Inhibits = of.Words("inhibits"),
            Channels = Channels(of),
            Escalate = Escalation(of),
            Runbook = of.Text("runbook") is not { } page ? name : NameForm().IsMatch(page) ? page : throw of.Wrong("runbook", $"'{page}'", "the name of a page in docs/runbooks without its ending, such as latency"),
        };
    }

    private static TimeSpan DefaultWindow(AlertSignal signal) => signal is AlertSignal.Latency ? TimeSpan.FromMinutes(5) : signal is AlertSignal.NoTraffic ? TimeSpan.FromMinutes(15) : TimeSpan.FromHours(1);

    private static double Above(RuleSection of, AlertSignal signal) => signal switch
    {
        AlertSignal.Latency => of.Latency("above") ?? throw of.Missing("above", "the latency that must be exceeded, such as 200ms"),
        AlertSignal.ChampionSlower => of.Share("above", 0.2, 0, 10),
        AlertSignal.Errors or AlertSignal.ClassShare or AlertSignal.UnknownWords when of.Find("above") is null => throw of.Missing("above", "the share that must be exceeded, such as 5 % or 0.05"),
        _ => of.Share("above", 0, 0, 1),
    };

    private static IReadOnlyList<string> Channels(RuleSection of)
    {
        IReadOnlyList<string> channels = of.Words("channels");
        foreach (string channel in channels)
        {
            if (AlertRules.KnownChannels.Contains(channel)) continue;
            string near = Spelling.Nearest(channel, AlertRules.KnownChannels) is { } meant ? $"; did you mean {meant}?" : $"; expected {string.Join(", ", AlertRules.KnownChannels)}";
            throw new InvalidInputException($"{of.Where("channels")} has '{channel}', which is no channel{near}");
        }

        return channels;
    }

    private static AlertEscalation? Escalation(RuleSection of)
    {
        if (of.Find("escalate") is not { } input) return null;
        if (input is not InputMap) throw of.Wrong("escalate", SettingsReader.Kind(input), "after and channels below it");
        var below = new RuleSection(of.Rule, input, "escalate.");
        below.Only(RuleKeys.OfEscalation);
        if (below.Find("after") is null) throw below.Missing("after", "how long an alert may wait for somebody, such as 30m");
        IReadOnlyList<string> channels = Channels(below);
        return channels.Count == 0 ? throw below.Missing("channels", $"one or several of {string.Join(", ", AlertRules.KnownChannels)}") : new AlertEscalation(below.Time("after", default, TimeSpan.FromMinutes(1), LongestWindow), channels);
    }

    private static void CheckKeys(RuleSection of, AlertSignal signal)
    {
        IReadOnlyList<string> own = RuleKeys.Of(signal);
        foreach ((string key, SettingInput value) in of.Entries)
        {
            if (RuleKeys.OfEveryRule.Contains(key) || own.Contains(key)) continue;
            if (RuleKeys.IsKnown(key))
                throw new InvalidInputException($"{value.Origin.Text}: {of.Rule}{key} says nothing about the signal {RuleDescription.NameOf(signal)}; it belongs to {string.Join(", ", RuleKeys.With(key).Select(with => RuleDescription.NameOf(with)))}");
            throw of.Unknown(key, value, [.. RuleKeys.OfEveryRule, .. own]);
        }
    }

    // A circle would silence all of its rules for good.
    private static void CheckInhibited(AlertRule rule, RuleSection section, IReadOnlyList<AlertRule> all)
    {
        foreach (string name in rule.Inhibits)
        {
            if (all.All(known => known.Name != name))
                throw new InvalidInputException($"{section.Where("inhibits")} has '{name}', and there is no such rule{(Spelling.Nearest(name, all.Select(known => known.Name)) is { } near ? $"; did you mean {near}?" : $"; expected names of rules, such as {all[0].Name}")}");
        }

        var reached = new HashSet<string>(rule.Inhibits);
        var open = new Queue<string>(rule.Inhibits);
        while (open.TryDequeue(out string? next))
        {
            if (next == rule.Name) throw new InvalidInputException($"{section.Where("inhibits")} leads back to {rule.Name} itself, so that neither would ever be told; take one of the two out");
            foreach (string further in all.First(known => known.Name == next).Inhibits)
            {
                if (reached.Add(further)) open.Enqueue(further);
            }
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex NameForm();
}
