using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>A Slack channel, by an incoming webhook (<c>alerts.slack</c>).</summary>
public sealed record SlackOptions
{
    /// <summary>The incoming webhook's address, <c>https://hooks.slack.com/services/…</c>: whoever knows it can post. None: nothing goes to Slack.</summary>
    [Secret]
    public string? Url { get; init; }

    /// <summary>The least severity that is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    internal bool IsOn => Url is not null;

    /// <summary>Without the address, which is a secret.</summary>
    public override string ToString() => IsOn ? "Slack" : "no Slack";

    internal void Check(AddressGuard guard)
    {
        if (Url is not null) ReceiverAddress.Check("alerts.slack.url", Url, guard, isSecret: true, "https://hooks.slack.com/services/…");
    }
}
