using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>A program of one's own that is told by signed HTTP (<c>alerts.webhook</c>).</summary>
public sealed record WebhookOptions
{
    /// <summary>Where messages are posted to. It may hold a token, and is treated as a secret. None: nothing is.</summary>
    [Secret]
    public string? Url { get; init; }

    /// <summary>What messages are signed with: at least 24 bytes, as text or as <c>whsec_</c> and base64.</summary>
    [Secret]
    public string? Secret { get; init; }

    /// <summary>The secret before it: while it is set, messages are signed with both, so that the receiver can change over.</summary>
    [Secret]
    public string? PreviousSecret { get; init; }

    /// <summary>The least severity that is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    internal bool IsOn => Url is not null;

    /// <summary>Without secrets.</summary>
    public override string ToString() => IsOn ? "a webhook" : "no webhook";

    internal void Check(AddressGuard guard)
    {
        if (Url is null) return;
        ReceiverAddress.Check("alerts.webhook.url", Url, guard, isSecret: true, "https://example.org/alerts");
        WebhookSignature.KeyOf("alerts.webhook.secret", Secret ?? throw new InvalidInputException("alerts.webhook.secret is missing; expected at least 24 bytes, such as 'openssl rand -base64 32' makes, or receivers could not tell our messages from others'"));
        if (PreviousSecret is not null) WebhookSignature.KeyOf("alerts.webhook.previous_secret", PreviousSecret);
    }
}
