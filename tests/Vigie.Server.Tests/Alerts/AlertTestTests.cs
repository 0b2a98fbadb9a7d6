namespace Vigie.Server.Tests;

public sealed class AlertTestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_channel_is_tried_and_says_what_came_of_it()
    {
        await using StandIn good = await StandIn.StartAsync(), bad = await StandIn.StartAsync(StandIn.Says(404, "no_service"));
        AlertOptions options = TestNotices.Loopback with
        {
            Slack = new SlackOptions { Url = bad.Url("/services/hunter2") },
            Webhook = new WebhookOptions { Url = good.Url(), Secret = "0123456789abcdef0123456789abcdef" },
            Pagerduty = new PagerDutyOptions { RoutingKey = "0123456789abcdef0123456789abcdef", Url = good.Url("/v2/enqueue") },
        };
        IReadOnlyList<ChannelAnswer> answers = await AlertTest.RunAsync(options, null, TimeProvider.System, Cancel);
        Assert.Equal(
            [("slack", false, "127.0.0.1 answered 404: no_service"), ("webhook", true, null), ("pagerduty", true, null)],
            answers.Select(answer => (answer.Channel, answer.Taken, answer.Refusal)));
        // What was opened for the test is closed.
        Assert.Equal(["trigger", "resolve"], good.Requests.Where(request => request.Path == "/v2/enqueue").Select(request => request.Json.GetProperty("event_action").GetString()));

        Assert.Equal("webhook", Assert.Single(await AlertTest.RunAsync(options, "webhook", TimeProvider.System, Cancel)).Channel);
        Assert.Equal("there is no channel 'sms'; configured are slack, webhook, pagerduty", (await Assert.ThrowsAsync<InvalidInputException>(() => AlertTest.RunAsync(options, "sms", TimeProvider.System, Cancel))).Message);
        Assert.StartsWith("no channel is configured", (await Assert.ThrowsAsync<InvalidInputException>(() => AlertTest.RunAsync(new AlertOptions(), null, TimeProvider.System, Cancel))).Message, StringComparison.Ordinal);
    }
}
