using Vigie.Server;

namespace Vigie.Dashboard.Settings;

/// <summary>A channel as people are shown it, without anything secret.</summary>
/// <param name="Name">As settings call it.</param>
/// <param name="Title">As people do.</param>
/// <param name="To">Whom or what it reaches.</param>
/// <param name="Severity">The least severity that it is told of.</param>
/// <param name="HasDigest">Whether the day's figures go there.</param>
/// <param name="Queue">How it stands with its messages; null where nobody knows.</param>
/// <param name="DownSince">Since when it takes nothing; null while it does.</param>
/// <param name="DownReason">Why.</param>
internal sealed record ChannelCard(string Name, string Title, string To, AlertSeverity Severity, bool HasDigest, ChannelQueue? Queue, DateTimeOffset? DownSince, string? DownReason)
{
    /// <summary>The channels that are configured.</summary>
    /// <param name="options">How.</param>
    /// <param name="desk">Knows how they do; null where nobody does.</param>
    /// <exception cref="RequestException">503: the outbox cannot be read.</exception>
    public static IReadOnlyList<ChannelCard> Of(AlertOptions options, AlertDesk? desk) =>
    [
        .. options.Channels().Select(channel =>
        {
            (string title, string to) = Reaches(options, channel.Key);
            ChannelCondition? down = desk?.Down.FirstOrDefault(one => one.Channel == channel.Key);
            return new ChannelCard(channel.Key, title, to, channel.Value, options.Digest.Channels.Contains(channel.Key), desk?.Queue(channel.Key), down?.Since, down?.Reason);
        }),
    ];

    // Addresses of Slack and of webhooks are passwords behind the host.
    private static (string Title, string To) Reaches(AlertOptions options, string channel) => channel switch
    {
        ChannelNames.Email => ("E-mail", $"{string.Join(", ", options.Email.To)} ({options.Email.Host}:{options.Email.EffectivePort})"),
        ChannelNames.Slack => ("Slack", Host(options.Slack.Url!)),
        ChannelNames.Webhook => ("Webhook", Host(options.Webhook.Url!)),
        ChannelNames.Sns => ("Amazon SNS", options.Sns.Topic!),
        ChannelNames.Sms => ("SMS", string.Join(", ", options.Sms.To.Select(Masked))),
        ChannelNames.PagerDuty => ("PagerDuty", Host(options.Pagerduty.Url)),
        _ => throw new InvalidOperationException($"there is no channel '{channel}'"),
    };

    private static string Host(string url) => new Uri(url).GetLeftPart(UriPartial.Authority) + "/***";

    // Enough to tell whose number it is.
    private static string Masked(string number) => number.Length <= 5 ? number : number[..3] + new string('•', number.Length - 5) + number[^2..];
}
