using System.Net.Http.Headers;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>Opens, acknowledges and resolves incidents in PagerDuty: one event for each alert, under the alert's own number, so that a repeat changes nothing.</summary>
internal sealed class PagerDutyChannel(PagerDutyOptions options, Readers readers, Receiver receiver, ILogger log) : IAlertChannel
{
    private readonly Uri url = new(options.Url);

    public string Name => ChannelNames.PagerDuty;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        var refusals = new List<DeliveryException>();
        foreach (Alert alert in notice.Alerts)
        {
            try
            {
                await SendAsync(alert, notice, cancellation);
            }
            catch (DeliveryException refusal)
            {
                if (!refusal.IsFinal) throw;
                refusals.Add(refusal); // of this event: the others may be good
            }
        }

        if (refusals.Count == 0) return;
        if (refusals.Count == notice.Alerts.Count) throw refusals[0];
        ChannelLog.SomeRefused(log, Name, refusals.Count, notice.Alerts.Count, refusals[0].Message);
    }

    private Task SendAsync(Alert alert, AlertNotice notice, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(PagerDutyEvent.Of(alert, notice, readers, options.RoutingKey!), ChannelJson.Readable.PagerDutyEvent);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        return receiver.SendAsync(request, cancellation: cancellation);
    }
}

/// <summary>An event of PagerDuty's Events API v2.</summary>
internal sealed record PagerDutyEvent
{
    private const int LongestSummary = 1024, LongestKey = 255;

    public required string RoutingKey { get; init; }

    /// <summary><c>trigger</c>, <c>acknowledge</c> or <c>resolve</c>.</summary>
    public required string EventAction { get; init; }

    public required string DedupKey { get; init; }

    public string Client { get; } = "Vigie";

    public string? ClientUrl { get; init; }

    /// <summary>What has happened; only a trigger has it.</summary>
    public PagerDutyPayload? Payload { get; init; }

    public IReadOnlyList<PagerDutyLink>? Links { get; init; }

    public static PagerDutyEvent Of(Alert alert, AlertNotice notice, Readers readers, string routingKey)
    {
        string action = alert.State switch { AlertState.Resolved => "resolve", AlertState.Acknowledged => "acknowledge", _ => "trigger" };
        AlertText text = AlertText.Of(alert, notice, readers);
        return new PagerDutyEvent
        {
            RoutingKey = routingKey,
            EventAction = action,
            DedupKey = alert.Id.Length <= LongestKey ? alert.Id : NoticeKey.Hashed(alert.Id),
            ClientUrl = readers.Page,
            Payload = action == "trigger" ? PayloadOf(alert, text, readers) : null,
            Links = action == "trigger" && text.RunbookUrl is { } runbook ? [new PagerDutyLink(runbook, "Runbook")] : null,
        };
    }

    private static PagerDutyPayload PayloadOf(Alert alert, AlertText text, Readers readers) => new()
    {
        Summary = SafeText.Cut(text.Summary, LongestSummary),
        Source = readers.Page is { } page ? new Uri(page).Host : "vigie",
        Severity = alert.Severity switch { AlertSeverity.Critical => "critical", AlertSeverity.Warning => "warning", _ => "info" },
        Timestamp = alert.Since,
        Component = alert.Model is { } model ? SafeText.Line(model, 100) : null,
        Class = SafeText.Line(alert.Rule, 100),
        CustomDetails = new PagerDutyDetails
        {
            Figure = alert.Figure,
            Limit = alert.Limit,
            Count = alert.Count,
            Tweets = [.. text.Tweets.Select(tweet => $"{tweet.Text ?? TweetText.Gone} ({tweet.Note})")],
            Words = text.Words,
            Runbook = text.RunbookUrl ?? text.Runbook,
            Acknowledge = text.Acknowledge,
        },
    };
}

/// <summary>What a PagerDuty event says.</summary>
internal sealed record PagerDutyPayload
{
    public required string Summary { get; init; }

    public required string Source { get; init; }

    public required string Severity { get; init; }

    public required DateTimeOffset Timestamp { get; init; }

    public string? Component { get; init; }

    public required string Class { get; init; }

    public required PagerDutyDetails CustomDetails { get; init; }
}

/// <summary>What a PagerDuty incident shows below.</summary>
internal sealed record PagerDutyDetails
{
    public required double Figure { get; init; }

    public required double Limit { get; init; }

    public required long Count { get; init; }

    public required IReadOnlyList<string> Tweets { get; init; }

    public string? Words { get; init; }

    public required string Runbook { get; init; }

    public string? Acknowledge { get; init; }
}

/// <summary>A link of a PagerDuty incident.</summary>
internal sealed record PagerDutyLink(string Href, string Text);
