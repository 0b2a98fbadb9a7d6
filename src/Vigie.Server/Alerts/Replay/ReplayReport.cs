namespace Vigie.Server;

/// <summary>How far a replay has come.</summary>
/// <param name="Share">In [0, 1].</param>
/// <param name="At">The time that is lived through.</param>
/// <param name="Records">Records read.</param>
public readonly record struct ReplayProgress(double Share, DateTimeOffset At, long Records);

/// <summary>When rules would have raised alerts.</summary>
public sealed record ReplayReport
{
    /// <summary>The beginning of the time that was judged.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Its end.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Predictions in it.</summary>
    public required long Predictions { get; init; }

    /// <summary>Corrections in it.</summary>
    public required long Corrections { get; init; }

    /// <summary>Requests in it; null where the records do not hold them.</summary>
    public required long? Requests { get; init; }

    /// <summary>The alerts, in the order in which they began.</summary>
    public required IReadOnlyList<ReplayedAlert> Alerts { get; init; }

    /// <summary>What each rule came to, in the order of the rules.</summary>
    public required IReadOnlyList<ReplayedRule> Rules { get; init; }

    /// <summary>What became of each incident; null where none were named.</summary>
    public required IReadOnlyList<ReplayedIncident>? Incidents { get; init; }

    /// <summary>Alerts outside of incidents, a week; null where no incidents were named.</summary>
    public required double? FalseAlarmsPerWeek { get; init; }

    /// <summary>What was not replayed, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>An alert that would have been.</summary>
public sealed record ReplayedAlert
{
    /// <summary>When it began.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The rule.</summary>
    public required string Rule { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    /// <summary>The model concerned; null for all.</summary>
    public string? Model { get; init; }

    /// <summary>What had happened, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The figure when it began.</summary>
    public required double Figure { get; init; }

    /// <summary>Its limit.</summary>
    public required double Limit { get; init; }

    /// <summary>Since when its condition had held.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it ended; null where it lasted to the end of the records.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long it lasted, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Events that came together in it.</summary>
    public required long Count { get; init; }

    /// <summary>The incident that it falls into: its name, or its beginning; null for none.</summary>
    public string? Incident { get; init; }
}

/// <summary>What a rule came to.</summary>
public sealed record ReplayedRule
{
    /// <summary>Its name.</summary>
    public required string Rule { get; init; }

    /// <summary>Why it could not be replayed; null where it was.</summary>
    public string? NotReplayed { get; init; }

    /// <summary>Alerts.</summary>
    public required int Alerts { get; init; }

    /// <summary>Alerts a week.</summary>
    public required double AlertsPerWeek { get; init; }

    /// <summary>Messages a week, of all kinds, on the channel that gets most.</summary>
    public required double NoticesPerWeek { get; init; }

    /// <summary>Incidents in which it raised an alert; null where none were named.</summary>
    public int? Caught { get; init; }

    /// <summary>From the beginning of an incident to its first alert of this rule, in seconds; the median of those that it caught.</summary>
    public double? MedianDelaySeconds { get; init; }

    /// <summary>Alerts outside of incidents, a week; null where none were named.</summary>
    public double? FalseAlarmsPerWeek { get; init; }
}

/// <summary>What became of an incident.</summary>
public sealed record ReplayedIncident
{
    /// <summary>What it was.</summary>
    public string? Name { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When it ended.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>The rule that raised the first alert in it; null where none did.</summary>
    public string? Rule { get; init; }

    /// <summary>From its beginning to that alert, in seconds.</summary>
    public double? DelaySeconds { get; init; }

    /// <summary>All rules that raised one in it.</summary>
    public required IReadOnlyList<string> Rules { get; init; }
}
