namespace Vigie.Server;

/// <summary>What a step or a command came to.</summary>
/// <param name="Changed">Alerts as they stand now, of those that began, changed or ended; without texts.</param>
/// <param name="Notices">Messages to send, in their order.</param>
/// <param name="Next">When the engine wants to be called again at the latest.</param>
internal sealed record AlertOutcome(IReadOnlyList<Alert> Changed, IReadOnlyList<PlannedNotice> Notices, DateTimeOffset Next);

/// <summary>A message to send.</summary>
/// <param name="Key">The same whenever the same state takes the same step: by it a receiver drops what comes twice.</param>
/// <param name="Channel">Where to.</param>
/// <param name="Kind">Why.</param>
/// <param name="Rule">The rule of all its alerts.</param>
/// <param name="Severity">The greatest severity of the alerts.</param>
/// <param name="At">When it was decided.</param>
/// <param name="Alerts">Ids of the alerts, the gravest first; at most <see cref="Listed"/>.</param>
/// <param name="More">Alerts beyond those.</param>
internal sealed record PlannedNotice(string Key, string Channel, NoticeKind Kind, string Rule, AlertSeverity Severity, DateTimeOffset At, IReadOnlyList<string> Alerts, int More)
{
    /// <summary>So many alerts stand in a notice one by one.</summary>
    public const int Listed = 20;
}
