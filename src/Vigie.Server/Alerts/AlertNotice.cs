namespace Vigie.Server;

/// <summary>Why receivers are written to.</summary>
internal enum NoticeKind
{
    /// <summary>Alerts began.</summary>
    Opened,

    /// <summary>Alerts go on, and nobody has taken them on.</summary>
    Repeated,

    /// <summary>Nobody has taken them on for so long that others are told.</summary>
    Escalated,

    /// <summary>Alerts ended.</summary>
    Resolved,

    /// <summary>What the day was like.</summary>
    Digest,
}

/// <summary>One message to one receiver, with all that any channel shows of it.</summary>
internal sealed record AlertNotice
{
    /// <summary>The same for every try to deliver this message to this channel, and for no other: by it a receiver drops repeats.</summary>
    public required string Key { get; init; }

    /// <summary>Why.</summary>
    public required NoticeKind Kind { get; init; }

    /// <summary>The greatest severity of the alerts.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>When it was decided to send it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The alerts, the gravest first; at least one, except in a digest.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>Alerts of the same group that are not listed because there are too many.</summary>
    public int More { get; init; }

    /// <summary>Lines of a digest: what the day's figures were, as sentences. Empty otherwise.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}

/// <summary>A way to tell people or programs.</summary>
internal interface IAlertChannel
{
    /// <summary>As the settings and rules call it: <c>email</c>, <c>slack</c>, <c>webhook</c>, <c>sns</c>, <c>sms</c>, <c>pagerduty</c>.</summary>
    string Name { get; }

    /// <summary>Delivers a message; completes when the receiver has taken it.</summary>
    /// <exception cref="DeliveryException">It has not.</exception>
    Task SendAsync(AlertNotice notice, CancellationToken cancellation);
}

/// <summary>A receiver has not taken a message.</summary>
/// <param name="message">What it said or what went wrong, without secrets: neither addresses that are passwords (a Slack webhook's) nor keys.</param>
/// <param name="isFinal">Whether trying again is of no use: the receiver refuses this message and not the moment.</param>
/// <param name="retryAfter">When the receiver wants to be asked again, where it said so.</param>
/// <param name="cause">Underneath.</param>
internal sealed class DeliveryException(string message, bool isFinal = false, TimeSpan? retryAfter = null, Exception? cause = null) : Exception(message, cause)
{
    public bool IsFinal => isFinal;

    public TimeSpan? RetryAfter => retryAfter;
}
