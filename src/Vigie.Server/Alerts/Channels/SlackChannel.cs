using System.Net.Http.Headers;

namespace Vigie.Server;

/// <summary>Posts to a Slack channel by an incoming webhook.</summary>
internal sealed class SlackChannel(SlackOptions options, Readers readers, Receiver receiver) : IAlertChannel
{
    private static readonly MediaTypeHeaderValue Json = new("application/json") { CharSet = "utf-8" };

    private readonly Uri url = new(options.Url!);

    public string Name => ChannelNames.Slack;

    public Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new ByteArrayContent(SlackBlocks.Of(NoticeText.Of(notice, readers, SlackBlocks.MostAlerts))) { Headers = { ContentType = Json } },
        };
        return receiver.SendAsync(request, cancellation: cancellation);
    }
}
