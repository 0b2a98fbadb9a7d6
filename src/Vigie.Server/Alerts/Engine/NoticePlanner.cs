namespace Vigie.Server;

/// <summary>
/// Decides who is told of what, and when. Alerts of one rule on one channel are a group: the first waits for others, those after a notice wait for the next. What somebody has acknowledged, silenced or what a
/// graver alert covers is not told; the end of an alert is told to those who know of its beginning.
/// </summary>
/// <param name="state">The alerts.</param>
/// <param name="book">Is told when something is due.</param>
internal sealed class NoticePlanner(AlertEngineState state, AlertBook book)
{
    private readonly List<PlannedNotice> notices = [];
    private readonly Dictionary<(string Rule, string Channel), GroupState> groups = state.Groups.ToDictionary(group => (group.Rule, group.Channel));
    private Dictionary<string, AlertItem[]> byRule = [];
    private AlertRules rules = AlertRules.Default;
    private IReadOnlyDictionary<string, AlertSeverity> channels = new Dictionary<string, AlertSeverity>();
    private DateTimeOffset now;

    /// <summary>What is to be told now.</summary>
    public IReadOnlyList<PlannedNotice> Plan(AlertRules inForce, IReadOnlyDictionary<string, AlertSeverity> setUp, DateTimeOffset moment)
    {
        notices.Clear();
        (rules, channels, now) = (inForce, setUp, moment);
        if (state.Alerts.Count == 0) return [];
        byRule = state.Alerts.GroupBy(alert => alert.Rule).ToDictionary(group => group.Key, group => group.ToArray());
        foreach ((string name, AlertItem[] alerts) in byRule)
        {
            AlertRule? rule = rules.All.FirstOrDefault(known => known.Name == name);
            string[] inhibitors = [.. rules.All.Where(known => known.Inhibits.Contains(name)).Select(known => known.Name)];
            AlertItem[] heard = [.. alerts.Where(alert => !alert.IsOpen || !IsInhibited(alert, inhibitors))];
            foreach (string channel in channels.Keys.Order(StringComparer.Ordinal)) Plan(name, rule, channel, heard);
        }

        return [.. notices];
    }

    /// <summary>Forgets alerts that are over, and of which nobody waits to hear.</summary>
    public void Tidy(DateTimeOffset moment)
    {
        bool IsWaitedFor(AlertItem alert) => alert.IsOpen || alert.Told.Exists(told => !told.IsEndTold && channels.ContainsKey(told.Channel));
        state.Alerts.RemoveAll(alert => !IsWaitedFor(alert));
        state.Silences.RemoveAll(silence => silence.Until <= moment);
        foreach (GroupState group in state.Groups.ToArray())
        {
            AlertRule? rule = rules.All.FirstOrDefault(known => known.Name == group.Rule);
            if (rule is not null && group.LastAt + rule.GroupInterval > moment) continue;
            groups.Remove((group.Rule, group.Channel));
            state.Groups.Remove(group);
        }
    }

    private void Plan(string name, AlertRule? rule, string channel, AlertItem[] alerts)
    {
        DateTimeOffset earliest = groups.TryGetValue((name, channel), out GroupState? group) && rule is not null ? group.LastAt + rule.GroupInterval : DateTimeOffset.MinValue;
        TellEnds(name, channel, alerts, earliest);
        if (rule is null) return;
        if (IsOwn(rule, channel)) TellBeginnings(rule, channel, alerts, earliest);
        if (rule.Escalate is { } escalation && escalation.Channels.Contains(channel)) Escalate(rule, escalation, channel, alerts);
        Repeat(rule, channel, alerts);
    }

    private void TellBeginnings(AlertRule rule, string channel, AlertItem[] alerts, DateTimeOffset earliest)
    {
        AlertItem[] fresh = [.. alerts.Where(alert => IsTold(alert, channel) && (alert.ToldOn(channel) is not { } told || told.Severity < alert.Severity))];
        if (fresh.Length == 0) return;
        DateTimeOffset due = fresh.Min(alert => alert.TellFrom) + rule.GroupWait;
        if (earliest > due) due = earliest;
        if (due <= now) Tell(rule.Name, channel, NoticeKind.Opened, fresh);
        else book.Wake(due);
    }

    private void TellEnds(string name, string channel, AlertItem[] alerts, DateTimeOffset earliest)
    {
        AlertItem[] over = [.. alerts.Where(alert => !alert.IsOpen && !IsSilenced(alert) && alert.ToldOn(channel) is { IsEndTold: false })];
        if (over.Length == 0) return;
        if (earliest > now) book.Wake(earliest);
        else Tell(name, channel, NoticeKind.Resolved, over);
    }

    private void Repeat(AlertRule rule, string channel, AlertItem[] alerts)
    {
        AlertItem[] known = [.. alerts.Where(alert => IsTold(alert, channel) && alert.ToldOn(channel) is not null)];
        if (known.Length == 0) return;
        DateTimeOffset due = known.Min(alert => alert.ToldOn(channel)!.At) + rule.Repeat;
        if (due <= now) Tell(rule.Name, channel, NoticeKind.Repeated, known);
        else book.Wake(due);
    }

    // Where none of the rule's own channels hears of the alert, nobody has been told, and the time runs from the beginning.
    private void Escalate(AlertRule rule, AlertEscalation escalation, string channel, AlertItem[] alerts)
    {
        var late = new List<AlertItem>();
        foreach (AlertItem alert in alerts)
        {
            if (!IsTold(alert, channel) || alert.ToldOn(channel) is { IsEscalated: true } || (channels.Keys.Any(own => IsOwn(rule, own) && Hears(own, alert)) ? alert.FirstTold : alert.TellFrom) is not { } since) continue;
            if (since + escalation.After <= now) late.Add(alert);
            else book.Wake(since + escalation.After);
        }

        if (late.Count == 0) return;
        Tell(rule.Name, channel, NoticeKind.Escalated, late);
        foreach (AlertItem alert in late) alert.ToldOn(channel)!.IsEscalated = true;
    }

    /// <summary>Whether anybody on a channel is to hear of an alert that lasts.</summary>
    private bool IsTold(AlertItem alert, string channel) => alert.IsOpen && !alert.IsAcknowledged && alert.ClearSince is null && Hears(channel, alert) && !IsSilenced(alert);

    private bool Hears(string channel, AlertItem alert) => alert.NotOn != channel && alert.Severity >= channels[channel];

    private static bool IsOwn(AlertRule rule, string channel) => rule.Channels.Count == 0 || rule.Channels.Contains(channel);

    private bool IsSilenced(AlertItem alert)
    {
        DateTimeOffset? until = SilencedUntil(alert);
        book.Wake(until);
        return until > now;
    }

    private DateTimeOffset? SilencedUntil(AlertItem alert)
    {
        DateTimeOffset? rule = state.Silences.Find(silence => silence.Rule == alert.Rule)?.Until;
        return rule > (alert.SilencedUntil ?? DateTimeOffset.MinValue) ? rule : alert.SilencedUntil;
    }

    private bool IsInhibited(AlertItem alert, string[] inhibitors) =>
        inhibitors.Any(name => byRule.TryGetValue(name, out AlertItem[]? others) && others.Any(other => other.IsOpen && (!other.ByModel || !alert.ByModel || other.Label == alert.Label)));

    private void Tell(string rule, string channel, NoticeKind kind, IReadOnlyList<AlertItem> alerts)
    {
        AlertItem[] sorted = [.. alerts.OrderByDescending(alert => alert.Severity).ThenBy(alert => alert.Id, StringComparer.Ordinal)];
        state.Told++;
        string key = FormattableString.Invariant($"{sorted[0].Id}-{channel}-{RuleDescription.NameOf(kind)}-{state.Told}");
        string[] listed = [.. sorted.Take(PlannedNotice.Listed).Select(alert => alert.Id)];
        notices.Add(new PlannedNotice(key, channel, kind, rule, sorted[0].Severity, now, listed, sorted.Length - listed.Length));
        foreach (AlertItem alert in alerts)
        {
            Told? told = alert.ToldOn(channel);
            if (told is null) alert.Told.Add(told = new Told { Channel = channel, At = now, Severity = alert.Severity });
            (told.At, told.Severity, told.IsEndTold) = (now, alert.Severity, kind is NoticeKind.Resolved);
            alert.FirstTold ??= now;
        }

        if (groups.TryGetValue((rule, channel), out GroupState? group))
        {
            group.LastAt = now;
        }
        else
        {
            groups.Add((rule, channel), group = new GroupState { Rule = rule, Channel = channel, LastAt = now });
            state.Groups.Add(group);
        }
    }
}
