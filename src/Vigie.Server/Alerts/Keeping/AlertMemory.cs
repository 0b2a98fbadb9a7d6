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

    /// <summary>Say something about it; the engine hears nothing of that.</summary>
    Note,
}

/// <summary>A wish about an alert, kept until the engine has heard of it.</summary>
/// <param name="Id">Its own number.</param>
/// <param name="At">When it came.</param>
/// <param name="Alert">The alert's id.</param>
/// <param name="Verb">What to do.</param>
/// <param name="Until">Until when it is to be silent.</param>
/// <param name="By">Who says so.</param>
internal sealed record AlertCommand(string Id, DateTimeOffset At, string Alert, AlertVerb Verb, DateTimeOffset? Until, string? By);

/// <summary>Something that somebody did with an alert, or said of it.</summary>
internal sealed record AlertDeed
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What was done: <c>acknowledge</c>, <c>silence</c>, <c>resolve</c> or <c>note</c>.</summary>
    public required AlertVerb Action { get; init; }

    /// <summary>Of a silence: its end.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Who.</summary>
    public string? By { get; init; }

    /// <summary>What was said.</summary>
    public string? Note { get; init; }
}

/// <summary>A message that told of an alert.</summary>
/// <param name="Channel">Where.</param>
/// <param name="Kind">Why.</param>
/// <param name="At">When it was decided.</param>
/// <param name="DoneAt">When the receiver had it, or it was given up; null while it waits.</param>
/// <param name="Failure">What the receiver said at the last attempt; null where it took it.</param>
internal sealed record AlertMessage(string Channel, NoticeKind Kind, DateTimeOffset At, DateTimeOffset? DoneAt, string? Failure);

/// <summary>How it stands with a channel's messages.</summary>
/// <param name="Waiting">Messages that wait.</param>
/// <param name="WaitingSince">Since when the oldest of them does.</param>
/// <param name="LastDelivered">When the receiver last took one; null for never.</param>
/// <param name="GivenUp">Messages that are tried no more.</param>
/// <param name="LastFailure">What the receiver said when it last took none; null where that never was.</param>
internal sealed record ChannelQueue(long Waiting, DateTimeOffset? WaitingSince, DateTimeOffset? LastDelivered, long GivenUp, string? LastFailure);
