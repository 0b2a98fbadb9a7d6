namespace Vigie.Server;

/// <summary>What the keeper of alerts knows between two steps, kept together with what came of the last one.</summary>
internal sealed record AlertMemory
{
    /// <summary>The engine's state, as it writes it; empty before its first step.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Tells the records apart: where they were put away and begun anew, places in them mean nothing.</summary>
    public long Source { get; init; }

    /// <summary>The number of the last correction that the engine has heard of.</summary>
    public long Corrections { get; init; }

    /// <summary>The number of the last prediction that the drift monitors have heard of.</summary>
    public long Predictions { get; init; }

    /// <summary>When the last digest was put into the outbox; null before the first.</summary>
    public DateTimeOffset? DigestSentAt { get; init; }
}

/// <summary>A message in the outbox: which alerts it tells of, and to whom. Its texts are put together when it is sent.</summary>
internal sealed record StoredNotice
{
    /// <inheritdoc cref="AlertNotice.Key"/>
    public required string Key { get; init; }

    /// <summary>The channel's name.</summary>
    public required string Channel { get; init; }

    /// <inheritdoc cref="AlertNotice.Kind"/>
    public required NoticeKind Kind { get; init; }

    /// <inheritdoc cref="AlertNotice.Severity"/>
    public required AlertSeverity Severity { get; init; }

    /// <inheritdoc cref="AlertNotice.At"/>
    public required DateTimeOffset At { get; init; }

    /// <summary>The alerts' ids, the gravest first.</summary>
    public required IReadOnlyList<string> Alerts { get; init; }

    /// <inheritdoc cref="AlertNotice.More"/>
    public int More { get; init; }

    /// <inheritdoc cref="AlertNotice.Lines"/>
    public IReadOnlyList<string> Lines { get; init; } = [];
}

/// <summary>What somebody wants done with an alert.</summary>
internal enum AlertVerb
{
    Acknowledge,
    Silence,
    Resolve,
}

/// <summary>A wish about an alert, kept until the engine has heard of it.</summary>
/// <param name="Id">Its own number.</param>
/// <param name="At">When it came.</param>
/// <param name="Alert">The alert's id.</param>
/// <param name="Verb">What to do.</param>
/// <param name="Until">Until when it is to be silent.</param>
/// <param name="By">Who says so.</param>
internal sealed record AlertCommand(string Id, DateTimeOffset At, string Alert, AlertVerb Verb, DateTimeOffset? Until, string? By);
