using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>Incidents in PagerDuty, by its Events API v2 (<c>alerts.pagerduty</c>).</summary>
public sealed record PagerDutyOptions
{
    /// <summary>The integration key of the service: 32 characters. None: nothing goes to PagerDuty.</summary>
    [Secret]
    public string? RoutingKey { get; init; }

    /// <summary>Where events are posted to; accounts in Europe have <c>https://events.eu.pagerduty.com/v2/enqueue</c>.</summary>
    public string Url { get; init; } = "https://events.pagerduty.com/v2/enqueue";

    /// <summary>The least severity that is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    internal bool IsOn => RoutingKey is not null;

    /// <summary>Without the key.</summary>
    public override string ToString() => IsOn ? $"PagerDuty at {Url}" : "no PagerDuty";

    internal void Check(AddressGuard guard)
    {
        if (RoutingKey is null) return;
        if (RoutingKey.Length != 32 || !RoutingKey.All(char.IsAsciiLetterOrDigit)) throw new InvalidInputException("alerts.pagerduty.routing_key is malformed; expected the 32 letters and digits of an Events API v2 integration");
        ReceiverAddress.Check("alerts.pagerduty.url", Url, guard, isSecret: false, "https://events.pagerduty.com/v2/enqueue");
    }
}
