using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>Posts to a program of one's own: JSON, signed, with the key by which it drops repeats.</summary>
internal sealed class WebhookChannel : IAlertChannel
{
    private readonly Uri url;
    private readonly byte[][] keys;
    private readonly Readers readers;
    private readonly Receiver receiver;
    private readonly TimeProvider clock;

    public WebhookChannel(WebhookOptions options, Readers readers, Receiver receiver, TimeProvider clock)
    {
        (url, this.readers, this.receiver, this.clock) = (new Uri(options.Url!), readers, receiver, clock);
        keys = [.. new[] { options.Secret, options.PreviousSecret }.OfType<string>().Select(secret => WebhookSignature.KeyOf("alerts.webhook.secret", secret))];
    }

    public string Name => ChannelNames.Webhook;

    public Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        WebhookMessage message = WebhookMessage.Of(notice, readers);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(message, ChannelJson.Readable.WebhookMessage);
        DateTimeOffset now = clock.GetUtcNow();
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
        request.Headers.Add("Idempotency-Key", message.Key);
        request.Headers.Add(WebhookSignature.IdHeader, message.Key);
        request.Headers.Add(WebhookSignature.TimestampHeader, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(WebhookSignature.SignatureHeader, WebhookSignature.Of(keys, message.Key, now, body));
        return receiver.SendAsync(request, cancellation: cancellation);
    }
}
