using Microsoft.Extensions.Logging.Abstractions;

namespace Vigie.Server;

/// <summary>Tries the channels out: a message that says so, through each.</summary>
public static class AlertTest
{
    /// <summary>Sends it, to all channels at once.</summary>
    /// <param name="options">Who is told, and how.</param>
    /// <param name="channel">The one that is tried; null for all.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellation">Ends the sending.</param>
    /// <returns>What came of each, in the order of the settings.</returns>
    /// <exception cref="InvalidInputException">No channel is configured, or not the one that was asked for.</exception>
    public static async Task<IReadOnlyList<ChannelAnswer>> RunAsync(AlertOptions options, string? channel, TimeProvider clock, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        options.Check();
        using var channels = new AlertChannels(options, clock, NullLogger.Instance);
        string configured = string.Join(", ", channels.All.Select(one => one.Name));
        if (configured.Length == 0) throw new InvalidInputException("no channel is configured; expected one in the settings, such as alerts.email.host or alerts.slack.url");
        IAlertChannel[] tried = [.. channels.All.Where(one => channel is null || one.Name == channel)];
        if (tried.Length == 0) throw new InvalidInputException($"there is no channel '{channel}'; configured are {configured}");
        AlertNotice notice = Notice(clock.GetUtcNow());
        return await Task.WhenAll(tried.Select(one => TryAsync(one, notice, clock, cancellation)));
    }

    internal static AlertNotice Notice(DateTimeOffset now)
    {
        string id = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"test-{now.ToUnixTimeMilliseconds()}");
        return new AlertNotice
        {
            Key = id,
            Kind = NoticeKind.Opened,
            Severity = AlertSeverity.Info,
            At = now,
            Alerts =
            [
                new Alert
                {
                    Id = id,
                    Rule = "test",
                    Severity = AlertSeverity.Info,
                    State = AlertState.Open,
                    Summary = "This is a test: somebody tries the alert channels, and nothing has happened",
                    Figure = 1,
                    Limit = 1,
                    Since = now,
                    LastSeen = now,
                    Count = 1,
                    Tweets = [new AlertTweet(null, null, "A tweet would stand here: <b>bold</b> & @channel stay as they are written", Tweets.Sentiment.Negative, Tweets.Sentiment.Positive, now)],
                    Words = ["delayed", "luggage"],
                    Runbook = "channel-down",
                },
            ],
        };
    }

    private static async Task<ChannelAnswer> TryAsync(IAlertChannel channel, AlertNotice notice, TimeProvider clock, CancellationToken cancellation)
    {
        long start = clock.GetTimestamp();
        string? refusal = null;
        try
        {
            await channel.SendAsync(notice, cancellation);
            // An incident that nobody needs would wake somebody: it is closed at once.
            if (channel.Name == ChannelNames.PagerDuty)
            {
                Alert over = notice.Alerts[0] with { State = AlertState.Resolved, ResolvedAt = notice.At };
                await channel.SendAsync(notice with { Kind = NoticeKind.Resolved, Alerts = [over] }, cancellation);
            }
        }
        catch (DeliveryException failure)
        {
            refusal = failure.Message;
        }

        return new ChannelAnswer(channel.Name, refusal is null, refusal, clock.GetElapsedTime(start).TotalMilliseconds);
    }
}

/// <summary>What came of trying a channel.</summary>
/// <param name="Channel">Its name.</param>
/// <param name="Taken">Whether the receiver has taken the message.</param>
/// <param name="Refusal">What it said, or what went wrong; null where it took it.</param>
/// <param name="Milliseconds">How long it took.</param>
public sealed record ChannelAnswer(string Channel, bool Taken, string? Refusal, double Milliseconds);
