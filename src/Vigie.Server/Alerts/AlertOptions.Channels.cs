using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <content>Who is told, and how.</content>
public sealed partial record AlertOptions
{
    /// <summary>Shorter ones would tear other words apart, and hide nothing that could not be guessed.</summary>
    internal const int ShortestSecret = 4;

    private static readonly string[] NoDigest = [ChannelNames.Sms, ChannelNames.PagerDuty];

    /// <summary>Where people reach this server, for readers in messages: <c>https://vigie.example.org</c>. None: messages have no readers.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Where the runbooks are, if not at <see cref="PublicUrl"/> under <c>/runbooks</c>: an address to which <c>/NAME</c> is added.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>
    /// Networks and addresses that alerts may be sent to although they are private: <c>127.0.0.1</c>, <c>10.1.0.0/16</c>, <c>fd00::/8</c>. Without any, receivers
    /// are on the internet only, so that nobody who can change an address makes the server ask machines behind the firewall. Plain http goes only to these.
    /// </summary>
    public IReadOnlyList<string> AllowAddresses { get; init; } = [];

    /// <summary>Most messages that one channel sends in a minute, 1 to 1000; more wait. The last net in a storm: rules group alerts long before.</summary>
    public int PerMinute { get; init; } = 20;

    /// <summary>E-mail over SMTP.</summary>
    public EmailOptions Email { get; init; } = new();

    /// <summary>A Slack channel.</summary>
    public SlackOptions Slack { get; init; } = new();

    /// <summary>A program of one's own.</summary>
    public WebhookOptions Webhook { get; init; } = new();

    /// <summary>A topic of Amazon SNS, which sends e-mail to its subscribers.</summary>
    public SnsOptions Sns { get; init; } = new();

    /// <summary>Text messages to phones, by the account of <see cref="Sns"/>.</summary>
    public SmsOptions Sms { get; init; } = new();

    /// <summary>Incidents in PagerDuty.</summary>
    public PagerDutyOptions Pagerduty { get; init; } = new();

    /// <summary>The day's figures, sent once a day.</summary>
    public DigestOptions Digest { get; init; } = new();

    /// <summary>The channels that are configured, each with the least severity that it is told of.</summary>
    internal IReadOnlyDictionary<string, AlertSeverity> Channels()
    {
        var channels = new Dictionary<string, AlertSeverity>(StringComparer.Ordinal);
        if (Email.IsOn) channels.Add(ChannelNames.Email, Email.Severity);
        if (Slack.IsOn) channels.Add(ChannelNames.Slack, Slack.Severity);
        if (Webhook.IsOn) channels.Add(ChannelNames.Webhook, Webhook.Severity);
        if (Sns.Topic is not null) channels.Add(ChannelNames.Sns, Sns.Severity);
        if (Sms.IsOn) channels.Add(ChannelNames.Sms, Sms.Severity);
        if (Pagerduty.IsOn) channels.Add(ChannelNames.PagerDuty, Pagerduty.Severity);
        return channels;
    }

    /// <summary>Decides which addresses are connected to.</summary>
    /// <exception cref="InvalidInputException">A network is malformed.</exception>
    internal AddressGuard Guard() => new(NetworkList.Parse(AllowAddresses, "alerts.allow_addresses"));

    /// <summary>What may appear in no message and no log, whoever says it.</summary>
    internal IReadOnlyList<string> Secrets()
    {
        string?[] said = [Email.Password, Slack.Url, Webhook.Url, Webhook.Secret, Webhook.PreviousSecret, Sns.SecretAccessKey, Sns.SessionToken, Pagerduty.RoutingKey];
        // Receivers know of an address what stands behind the host.
        IEnumerable<string?> paths = new[] { Slack.Url, Webhook.Url }.Select(url => url is null ? null : new Uri(url).PathAndQuery);
        return [.. said.Concat(paths).OfType<string>().Where(secret => secret.Length >= ShortestSecret).OrderByDescending(secret => secret.Length)];
    }

    private void CheckChannels()
    {
        AddressGuard guard = Guard();
        if (PublicUrl is not null) CheckPage("alerts.public_url", PublicUrl);
        if (RunbookUrl is not null) CheckPage("alerts.runbook_url", RunbookUrl);
        if (PerMinute is < 1 or > 1000) throw new InvalidInputException($"alerts.per_minute is {PerMinute}; expected 1 to 1000");
        Email.Check(guard);
        Slack.Check(guard);
        Webhook.Check(guard);
        Sns.Check(guard, isUsed: Sns.Topic is not null || Sms.IsOn);
        Sms.Check();
        Pagerduty.Check(guard);
        IReadOnlyDictionary<string, AlertSeverity> channels = Channels();
        Digest.Check();
        foreach (string name in Digest.Channels)
        {
            if (NoDigest.Contains(name)) throw new InvalidInputException($"alerts.digest.channels has '{name}', which is for alerts only; expected {string.Join(", ", channels.Keys.Except(NoDigest))}");
            if (!channels.ContainsKey(name))
                throw new InvalidInputException($"alerts.digest.channels has '{name}', which is not configured{(channels.Count == 0 ? "" : $"; configured are {string.Join(", ", channels.Keys)}")}");
        }
    }

    private static void CheckPage(string name, string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || url.UserInfo.Length > 0 || url.Query.Length > 0 || url.Fragment.Length > 0)
            throw new InvalidInputException($"{name} is '{address}'; expected an address such as https://vigie.example.org");
    }
}

/// <summary>The channels as settings, rules and messages call them.</summary>
internal static class ChannelNames
{
    public const string Email = "email", Slack = "slack", Webhook = "webhook", Sns = "sns", Sms = "sms", PagerDuty = "pagerduty";
}
