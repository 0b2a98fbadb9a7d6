using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Vigie.Server;

/// <summary>The alerts that there are, and the conditions that may become some: begins, continues and ends them.</summary>
internal sealed class AlertBook
{
    private readonly AlertEngineState state;
    private readonly Dictionary<(string Rule, string Label), WatchState> watches;
    private readonly Dictionary<(string Rule, string Label), AlertItem> open;
    private readonly Dictionary<AlertItem, int> changed = [];
    private DateTimeOffset now, next;
    private long step;

    public AlertBook(AlertEngineState state)
    {
        this.state = state;
        watches = state.Watches.ToDictionary(watch => (watch.Rule, watch.Label));
        open = state.Alerts.Where(alert => alert.IsOpen).ToDictionary(alert => (alert.Rule, alert.Label));
    }

    /// <summary>When the next thing is due that was noticed since <see cref="Begin"/>.</summary>
    public DateTimeOffset Next => next;

    /// <summary>Alerts that were changed since <see cref="Begin"/>, in the order in which they were.</summary>
    public IEnumerable<AlertItem> ChangedAlerts => changed.OrderBy(pair => pair.Value).Select(pair => pair.Key);

    /// <summary>Begins a step or a command.</summary>
    public void Begin(DateTimeOffset moment, DateTimeOffset latest)
    {
        (now, next) = (moment, latest);
        step++;
        changed.Clear();
    }

    /// <summary>The open alert of a rule about something; null for none.</summary>
    public AlertItem? Find(string rule, string label) => open.GetValueOrDefault((rule, label));

    /// <summary>Something is due at a time.</summary>
    public void Wake(DateTimeOffset? at)
    {
        if (at > now && at < next) next = at.Value;
    }

    public void Changed(AlertItem alert) => changed.TryAdd(alert, changed.Count);

    public WatchState WatchOf(AlertRule rule, string label)
    {
        if (!watches.TryGetValue((rule.Name, label), out WatchState? watch))
        {
            watch = new WatchState { Rule = rule.Name, Label = label, Judgement = rule.Judgement };
            watches.Add((rule.Name, label), watch);
            state.Watches.Add(watch);
        }
        else if (watch.Judgement != rule.Judgement)
        {
            (watch.Judgement, watch.Since) = (rule.Judgement, null); // it was another condition that held
        }

        return watch;
    }

    /// <summary>Takes in what a rule sees of one thing.</summary>
    public void Take(AlertRule rule, in Observation seen)
    {
        AlertItem? alert = Find(rule.Name, seen.Label);
        if (seen.Holds is not true)
        {
            if (!watches.TryGetValue((rule.Name, seen.Label), out WatchState? known)) return; // an open alert always has one
            known.Seen = step;
            if (seen.Holds is false) Clear(rule, known, alert);
            return;
        }

        WatchState watch = WatchOf(rule, seen.Label);
        watch.Seen = step;
        watch.Since ??= now;
        if (alert is not null)
        {
            Continue(rule, alert, seen);
            return;
        }

        DateTimeOffset due = watch.Since.Value + rule.For;
        if (BlockedUntil(rule, watch) is { } free && free > due) due = free;
        if (due <= now) Open(rule, watch, seen);
        else Wake(due);
    }

    /// <summary>What a rule did not see in this step does not hold.</summary>
    public void Miss(AlertRule rule)
    {
        foreach (WatchState watch in state.Watches)
        {
            if (watch.Rule == rule.Name && watch.Seen != step) Clear(rule, watch, Find(rule.Name, watch.Label));
        }
    }

    /// <summary>Until when no alert may begin; null where one may.</summary>
    public DateTimeOffset? BlockedUntil(AlertRule rule, WatchState watch)
    {
        if (watch.EndedAt is not { } ended) return null;
        DateTimeOffset until = ended + (watch.IsHeldBack && rule.Repeat > rule.Cooldown ? rule.Repeat : rule.Cooldown);
        return until > now ? until : null;
    }

    public AlertItem Open(AlertRule rule, WatchState watch, in Observation seen)
    {
        state.Opened++;
        var alert = new AlertItem
        {
            Id = IdOf(now, state.Opened, rule.Name, seen.Label),
            Rule = rule.Name,
            Label = seen.Label,
            Model = seen.Model,
            Severity = seen.Severity > rule.Severity ? seen.Severity : rule.Severity,
            Summary = seen.Summary,
            Figure = seen.Figure,
            Limit = seen.Limit,
            Since = watch.Since!.Value,
            TellFrom = now,
            LastSeen = now,
            Count = 1,
            Tweets = [.. seen.Tweets],
            Runbook = rule.Runbook,
            NotOn = seen.NotOn,
            ByModel = rule.ByModel,
        };
        (watch.EndedAt, watch.IsHeldBack) = (null, false);
        open.Add((alert.Rule, alert.Label), alert);
        state.Alerts.Add(alert);
        Changed(alert);
        return alert;
    }

    /// <summary>Ends an alert.</summary>
    /// <param name="alert">It is open.</param>
    /// <param name="by">Who said so; null where it is over by itself.</param>
    public void Resolve(AlertItem alert, string? by)
    {
        alert.ResolvedAt = now;
        alert.By = by ?? alert.By;
        open.Remove((alert.Rule, alert.Label));
        if (watches.TryGetValue((alert.Rule, alert.Label), out WatchState? watch)) watch.EndedAt = now;
        if (watch is not null && by is not null && alert.ClearSince is null && watch.Since is not null) watch.IsHeldBack = true;
        Changed(alert);
    }

    /// <summary>Gives an alert its severity; where it becomes graver, it is told anew, and whoever took it on took on less.</summary>
    public void Grade(AlertItem alert, AlertRule rule, AlertSeverity severity)
    {
        if (severity < rule.Severity) severity = rule.Severity;
        if (severity == alert.Severity && alert.Runbook == rule.Runbook) return;
        if (severity > alert.Severity)
        {
            (alert.TellFrom, alert.FirstTold, alert.IsAcknowledged) = (now, null, false);
            foreach (Told told in alert.Told) told.IsEscalated = false;
        }

        (alert.Severity, alert.Runbook) = (severity, rule.Runbook);
        Changed(alert);
    }

    /// <summary>Ends the alerts of rules that are no more, and forgets what nobody needs.</summary>
    public void Tidy(AlertRules rules)
    {
        Dictionary<string, AlertRule> known = rules.All.ToDictionary(rule => rule.Name);
        foreach (AlertItem alert in open.Values.Where(alert => !known.ContainsKey(alert.Rule)).ToArray()) Resolve(alert, "the rule was taken out");
        bool IsNeeded(WatchState watch) =>
            known.TryGetValue(watch.Rule, out AlertRule? rule) && (watch.Since is not null || BlockedUntil(rule, watch) is not null || open.ContainsKey((watch.Rule, watch.Label)));
        for (int i = state.Watches.Count - 1; i >= 0; i--)
        {
            WatchState watch = state.Watches[i];
            if (IsNeeded(watch)) continue;
            watches.Remove((watch.Rule, watch.Label));
            state.Watches.RemoveAt(i);
        }
    }

    private void Clear(AlertRule rule, WatchState watch, AlertItem? alert)
    {
        (watch.Since, watch.IsHeldBack) = (null, false);
        if (alert is null) return;
        if (alert.ClearSince is null)
        {
            alert.ClearSince = now;
            Changed(alert);
        }

        DateTimeOffset end = alert.ClearSince.Value + rule.ResolveAfter;
        if (end <= now) Resolve(alert, null);
        else Wake(end);
    }

    private void Continue(AlertRule rule, AlertItem alert, in Observation seen)
    {
        bool again = alert.ClearSince is not null, another = alert.Figure != seen.Figure || alert.Limit != seen.Limit || alert.LastSeen.Ticks / TimeSpan.TicksPerMinute != now.Ticks / TimeSpan.TicksPerMinute;
        Grade(alert, rule, seen.Severity);
        if (again) alert.Count++;
        (alert.ClearSince, alert.LastSeen, alert.Figure, alert.Limit, alert.Summary, alert.NotOn, alert.Model) = (null, now, seen.Figure, seen.Limit, seen.Summary, seen.NotOn, seen.Model ?? alert.Model);
        if (seen.Tweets.Count > 0) alert.Tweets = [.. seen.Tweets];
        if (again || another) Changed(alert);
    }

    /// <summary>Milliseconds, a number and what it is about: in the order of time, and the same whenever the same state takes the same step.</summary>
    private static string IdOf(DateTimeOffset at, long number, string rule, string label) => string.Create(
        CultureInfo.InvariantCulture, $"{Math.Max(0, at.ToUnixTimeMilliseconds()):x12}{number & 0xffffffff:x8}{XxHash3.HashToUInt64(Encoding.UTF8.GetBytes($"{rule}\n{label}")) >> 16:x12}");
}
