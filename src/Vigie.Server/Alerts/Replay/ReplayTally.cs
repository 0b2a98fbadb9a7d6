using System.Globalization;

namespace Vigie.Server;

/// <summary>What a replay came to.</summary>
internal sealed class ReplayTally(PastLife life, AlertRules rules, IReadOnlyList<Incident>? incidents, DateTimeOffset from, DateTimeOffset to, bool hasRequests)
{
    private readonly double weeks = Math.Max((to - from) / TimeSpan.FromDays(7), 1e-9);

    public ReplayReport Report()
    {
        ReplayedAlert[] alerts = [.. life.Alerts.Where(alert => alert.At >= from).OrderBy(alert => alert.At).ThenBy(alert => alert.First.Id, StringComparer.Ordinal).Select(Replayed)];
        return new ReplayReport
        {
            From = from,
            To = to,
            Predictions = life.Counted.Predictions,
            Corrections = life.Counted.Corrections,
            Requests = hasRequests ? life.Counted.Requests : null,
            Alerts = alerts,
            Rules = [.. rules.All.Select(rule => OfRule(rule, alerts))],
            Incidents = incidents is null ? null : [.. incidents.Where(IsJudged).Select(incident => Fate(incident, alerts))],
            FalseAlarmsPerWeek = incidents is null ? null : alerts.Count(alert => alert.Incident is null) / weeks,
            Notes = [.. Notes()],
        };
    }

    private static string NameOf(Incident incident) => incident.Name ?? incident.From.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static bool IsIn(Incident incident, DateTimeOffset at) => at >= incident.From && at <= incident.To;

    private ReplayedAlert Replayed((Alert First, DateTimeOffset At, Alert Last) alert) => new()
    {
        At = alert.At,
        Rule = alert.First.Rule,
        Severity = RuleDescription.NameOf(alert.Last.Severity),
        Model = alert.First.Model,
        Summary = alert.First.Summary,
        Figure = alert.First.Figure,
        Limit = alert.First.Limit,
        Since = alert.First.Since,
        EndedAt = alert.Last.ResolvedAt,
        Seconds = ((alert.Last.ResolvedAt ?? to) - alert.At).TotalSeconds,
        Count = alert.Last.Count,
        Incident = incidents?.FirstOrDefault(incident => IsIn(incident, alert.At)) is { } found ? NameOf(found) : null,
    };

    private ReplayedRule OfRule(AlertRule rule, ReplayedAlert[] all)
    {
        ReplayedAlert[] own = [.. all.Where(alert => alert.Rule == rule.Name)];
        double[] delays = incidents is null ? [] : [.. incidents.Where(IsJudged).Select(incident => Delay(incident, own)).OfType<double>().Order()];
        return new ReplayedRule
        {
            Rule = rule.Name,
            NotReplayed = NotReplayed(rule),
            Alerts = own.Length,
            AlertsPerWeek = own.Length / weeks,
            NoticesPerWeek = life.NoticesOf(rule.Name) / weeks,
            Caught = incidents is null ? null : delays.Length,
            MedianDelaySeconds = delays.Length == 0 ? null : (delays[(delays.Length - 1) / 2] + delays[delays.Length / 2]) / 2,
            FalseAlarmsPerWeek = incidents is null ? null : own.Count(alert => alert.Incident is null) / weeks,
        };
    }

    private static double? Delay(Incident incident, IReadOnlyList<ReplayedAlert> alerts) => alerts.FirstOrDefault(alert => IsIn(incident, alert.At)) is { } first ? (first.At - incident.From).TotalSeconds : null;

    private static ReplayedIncident Fate(Incident incident, ReplayedAlert[] alerts) => new()
    {
        Name = incident.Name,
        From = incident.From,
        To = incident.To,
        Rule = alerts.FirstOrDefault(alert => IsIn(incident, alert.At))?.Rule,
        DelaySeconds = Delay(incident, alerts),
        Rules = [.. alerts.Where(alert => IsIn(incident, alert.At)).Select(alert => alert.Rule).Distinct()],
    };

    private bool IsJudged(Incident incident) => incident.To >= from && incident.From <= to;

    private string? NotReplayed(AlertRule rule) => rule.Signal switch
    {
        AlertSignal.Errors when !hasRequests => "the records hold no requests",
        AlertSignal.Drift when life.Drift is null => "no model was named, whose training texts are compared with",
        AlertSignal.Drift when life.Drift.Seen == 0 => "no text of the model's predictions is kept",
        AlertSignal.Condition => "nothing records what other parts of a server said",
        AlertSignal.ChampionSlower or AlertSignal.ChallengerBetter when !life.HasTrials => "no challenger was tried",
        _ => null,
    };

    private IEnumerable<string> Notes()
    {
        foreach (IGrouping<string?, AlertRule> some in rules.All.GroupBy(NotReplayed))
        {
            if (some.Key is { } reason) yield return $"not replayed: {string.Join(", ", some.Select(rule => rule.Name))}: {reason}";
        }

        if (life.Drift is { Textless: > 0, Seen: > 0 } drift) yield return string.Create(CultureInfo.InvariantCulture, $"the drift monitor was told of {drift.Seen:N0} predictions; {drift.Textless:N0} have no text");
        if (incidents is not null && incidents.Any(incident => !IsJudged(incident)))
            yield return $"{incidents.Count(incident => !IsJudged(incident))} incidents lie outside of the time that was replayed";
    }
}
