using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>Slack, webhook and PagerDuty, against receivers that look closely.</summary>
public sealed class HttpChannelTests : IDisposable
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"; // the specification's own example
    private const string RoutingKey = "0123456789abcdef0123456789abcdef";

    private readonly RecordedLog log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task Slack_gets_blocks_within_its_limits()
    {
        await using StandIn slack = await StandIn.StartAsync(StandIn.Says(200, "ok"));
        Alert[] alerts = [.. Enumerable.Range(0, 12).Select(i => TestNotices.Alert($"{i}", tweets: [.. Enumerable.Repeat(TestNotices.Hostile, 10)]) with { Summary = TestNotices.Hostile, Words = [.. Enumerable.Repeat(TestNotices.Hostile, 20)] })];
        await SendAsync(Slack(slack), TestNotices.Notice(alerts: alerts) with { More = 3, Lines = [.. Enumerable.Repeat(TestNotices.Hostile, 30)] });

        JsonElement message = Assert.Single(slack.Requests).Json;
        JsonElement[] blocks = [.. message.GetProperty("blocks").EnumerateArray()];
        Assert.InRange(blocks.Length, 40, 50);
        Assert.All(blocks, block =>
        {
            JsonElement text = block.TryGetProperty("text", out JsonElement own) ? own : Assert.Single(block.GetProperty("elements").EnumerateArray());
            int longest = block.GetProperty("type").GetString() == "header" ? 150 : 3000;
            Assert.InRange(text.GetProperty("text").GetString()!.Length, 1, longest);
        });
        Assert.Contains("10 more alerts of the same group are not shown.", message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tweet_makes_no_link_and_calls_nobody_in_Slack()
    {
        await using StandIn slack = await StandIn.StartAsync(StandIn.Says(200, "ok"));
        Alert alert = TestNotices.Alert(tweets: TestNotices.Hostile) with { Summary = "<!here> & <https://evil.example|click>", Rule = "<!here>", Model = "<@U1>", Words = ["<!everyone>"], Runbook = "<!here>|x", Id = "<!here>" };
        await SendAsync(Slack(slack) with { PublicUrl = "https://vigie.example.org" }, TestNotices.Notice(alerts: alert));

        JsonElement message = Assert.Single(slack.Requests).Json;
        Assert.Equal("[Vigie] Critical: &lt;!here&gt; &amp; &lt;https://evil.example|click&gt;", message.GetProperty("text").GetString());
        Assert.Equal("none", message.GetProperty("parse").GetString());
        Assert.False(message.GetProperty("link_names").GetBoolean());
        Assert.False(message.GetProperty("unfurl_links").GetBoolean());
        JsonElement[] texts = [.. message.GetProperty("blocks").EnumerateArray().Select(block => block.TryGetProperty("text", out JsonElement own) ? own : block.GetProperty("elements")[0])];
        Assert.All(texts.Where(text => text.GetProperty("type").GetString() == "plain_text"), text =>
        {
            Assert.DoesNotContain("<", text.GetProperty("text").GetString()!, StringComparison.Ordinal);
            Assert.False(text.GetProperty("emoji").GetBoolean());
        });
        // The one piece of markup is ours.
        JsonElement markup = Assert.Single(texts, text => text.GetProperty("type").GetString() == "mrkdwn");
        Assert.True(markup.GetProperty("verbatim").GetBoolean());
        Assert.Equal("<https://vigie.example.org/runbooks/%3C%21here%3E%7Cx|What to do>\nTo take it on: POST https://vigie.example.org/alerts/%3C%21here%3E/acknowledge", markup.GetProperty("text").GetString());
        Assert.Contains("&lt;!channel&gt;", string.Concat(texts.Select(text => text.GetProperty("text").GetString())), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "no_service", true)]
    [InlineData(400, "invalid_payload", true)]
    [InlineData(429, "rate_limited", false)]
    [InlineData(500, "rollup_error", false)]
    [InlineData(302, "", true)]
    public async Task What_Slack_refuses_is_told_without_its_address(int status, string answer, bool isFinal)
    {
        await using StandIn slack = await StandIn.StartAsync();
        slack.Answer = StandIn.Says(status, $"{answer} for {slack.Url("/services/T0/B0/hunter2hunter2")}", ("Location", "http://169.254.169.254/"));
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(Slack(slack), TestNotices.Notice()));
        Assert.Equal(isFinal, refused.IsFinal);
        Assert.Contains($"answered {status}: {answer}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
        Assert.Single(slack.Requests);
    }

    [Fact]
    public async Task A_webhook_s_signature_is_that_of_the_specification()
    {
        // The example of the Standard Webhooks specification.
        byte[] body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", WebhookSignature.Of([WebhookSignature.KeyOf("", Secret)], "msg_p5jXN8AQM9LWM0D4loKWxJek", DateTimeOffset.FromUnixTimeSeconds(1614265330), body));

        await using StandIn receiver = await StandIn.StartAsync();
        const string old = "an older secret of thirty bytes";
        await SendAsync(Webhook(receiver) with { Webhook = new WebhookOptions { Url = receiver.Url("/hook?token=t"), Secret = Secret, PreviousSecret = old } }, TestNotices.Notice("n-42"));
        ReceivedRequest request = Assert.Single(receiver.Requests);
        Assert.Equal("/hook?token=t", request.Path);
        Assert.Equal("n-42", request.Headers["Idempotency-Key"]);
        Assert.Equal("n-42", request.Headers["webhook-id"]);
        string signed = $"n-42.{request.Headers["webhook-timestamp"]}.{request.Text}";
        string[] expected = [.. new[] { Convert.FromBase64String(Secret[6..]), Encoding.UTF8.GetBytes(old) }.Select(key => "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signed))))];
        Assert.Equal(expected, request.Headers["webhook-signature"].Split(' '));
        Assert.False(request.Headers.ContainsKey("traceparent"));
    }

    [Fact]
    public async Task A_webhook_gets_everything_as_json()
    {
        await using StandIn receiver = await StandIn.StartAsync();
        Alert alert = TestNotices.Alert(tweets: "say \"hi\" <b> 😡 \uD800") with { Words = ["hi"] };
        await SendAsync(Webhook(receiver), TestNotices.Notice("strange key\r\n", NoticeKind.Escalated, alert) with { More = 2 });
        ReceivedRequest request = Assert.Single(receiver.Requests);
        Assert.Matches("^[0-9a-f]{32}$", request.Headers["Idempotency-Key"]);
        JsonElement message = request.Json;
        Assert.Equal(request.Headers["Idempotency-Key"], message.GetProperty("key").GetString());
        Assert.Equal("escalated", message.GetProperty("kind").GetString());
        Assert.Equal("critical", message.GetProperty("severity").GetString());
        Assert.Equal(2, message.GetProperty("more").GetInt32());
        Assert.Equal("https://vigie.example.org/runbooks/wrong-reports", message.GetProperty("runbooks").GetProperty("wrong-reports").GetString());
        JsonElement one = Assert.Single(message.GetProperty("alerts").EnumerateArray());
        Assert.Equal("open", one.GetProperty("state").GetString());
        Assert.Equal(3, one.GetProperty("figure").GetDouble());
        JsonElement tweet = Assert.Single(one.GetProperty("tweets").EnumerateArray());
        Assert.Equal("say \"hi\" <b> 😡 \uFFFD", tweet.GetProperty("text").GetString());
        Assert.Equal("positive", tweet.GetProperty("predicted").GetString());
        Assert.Equal("negative", tweet.GetProperty("right").GetString());
        Assert.False(one.TryGetProperty("resolved_at", out _));
    }

    [Fact]
    public async Task A_figure_that_is_no_number_is_told_too()
    {
        await using StandIn receiver = await StandIn.StartAsync();
        await SendAsync(Webhook(receiver), TestNotices.Notice(alerts: TestNotices.Alert() with { Figure = double.PositiveInfinity, Limit = double.NaN }));
        JsonElement alert = Assert.Single(receiver.Requests).Json.GetProperty("alerts")[0];
        Assert.Equal(("Infinity", "NaN"), (alert.GetProperty("figure").GetString(), alert.GetProperty("limit").GetString()));
    }

    [Fact]
    public async Task PagerDuty_opens_acknowledges_and_closes_one_incident_by_its_number()
    {
        await using StandIn pager = await StandIn.StartAsync(StandIn.Says(202, """{"status":"success"}"""));
        AlertOptions options = TestNotices.Loopback with { Pagerduty = new PagerDutyOptions { RoutingKey = RoutingKey, Url = pager.Url("/v2/enqueue") } };
        await SendAsync(options, TestNotices.Notice(alerts: [TestNotices.Alert("17"), TestNotices.Alert("18", AlertSeverity.Warning), TestNotices.Alert("19", AlertSeverity.Info)]));
        await SendAsync(options, TestNotices.Notice(kind: NoticeKind.Repeated, alerts: TestNotices.Alert("17", state: AlertState.Acknowledged)));
        await SendAsync(options, TestNotices.Notice(kind: NoticeKind.Resolved, alerts: TestNotices.Alert("17", state: AlertState.Resolved)));

        JsonElement[] events = [.. pager.Requests.Select(request => request.Json)];
        Assert.Equal(
            [("trigger", "17"), ("trigger", "18"), ("trigger", "19"), ("acknowledge", "17"), ("resolve", "17")],
            events.Select(one => (one.GetProperty("event_action").GetString(), one.GetProperty("dedup_key").GetString())));
        Assert.Equal(["critical", "warning", "info"], events[..3].Select(one => one.GetProperty("payload").GetProperty("severity").GetString()));
        Assert.All(events, one => Assert.Equal(RoutingKey, one.GetProperty("routing_key").GetString()));
        JsonElement payload = events[0].GetProperty("payload");
        Assert.Equal("3 tweets were reported wrong within 5 minutes; the limit is 3", payload.GetProperty("summary").GetString());
        Assert.Equal("vigie.example.org", payload.GetProperty("source").GetString());
        Assert.Equal("wrong-reports", payload.GetProperty("class").GetString());
        Assert.Equal(3, payload.GetProperty("custom_details").GetProperty("figure").GetDouble());
        Assert.Equal("https://vigie.example.org/runbooks/wrong-reports", events[0].GetProperty("links")[0].GetProperty("href").GetString());
        Assert.False(events[4].TryGetProperty("payload", out _));
    }

    [Fact]
    public async Task An_event_that_PagerDuty_refuses_keeps_no_other_from_it()
    {
        await using StandIn pager = await StandIn.StartAsync((request, context) => StandIn.Says(request.Json.GetProperty("dedup_key").GetString() == "17" ? 400 : 202)(request, context));
        AlertOptions options = TestNotices.Loopback with { Pagerduty = new PagerDutyOptions { RoutingKey = RoutingKey, Url = pager.Url() } };
        await SendAsync(options, TestNotices.Notice(alerts: [TestNotices.Alert("17"), TestNotices.Alert("18")]));
        Assert.Equal(2, pager.Requests.Count);
        Assert.Contains("pagerduty: 1 of 2 were refused", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PagerDuty_refuses_without_the_key_in_the_message()
    {
        await using StandIn pager = await StandIn.StartAsync(async (request, context) =>
        {
            context.Response.StatusCode = 400;
            await context.Response.Body.WriteAsync(request.Body); // a receiver that says everything back
        });
        AlertOptions options = TestNotices.Loopback with { Pagerduty = new PagerDutyOptions { RoutingKey = RoutingKey, Url = pager.Url() } };
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(options, TestNotices.Notice()));
        Assert.True(refused.IsFinal);
        Assert.DoesNotContain(RoutingKey, refused.ToString(), StringComparison.Ordinal);
        Assert.Contains(EffectiveSetting.Mask, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_end_is_read_to_a_bound()
    {
        // By hand: Kestrel goes on to take what nobody reads.
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task<long> answering = Task.Run(async () =>
        {
            using TcpClient connection = await listener.AcceptTcpClientAsync(Cancel);
            NetworkStream stream = connection.GetStream();
            await stream.ReadAtLeastAsync(new byte[1000], 1, cancellationToken: Cancel);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 500 No\r\nContent-Length: 1073741824\r\n\r\n"), Cancel);
            long written = 0;
            try
            {
                for (byte[] lot = new byte[65536]; written < 1 << 30; written += lot.Length) await stream.WriteAsync(lot, Cancel);
            }
            catch (IOException)
            {
                return written; // the other side has had enough
            }

            return written;
        });
        AlertOptions options = TestNotices.Loopback with { Webhook = new WebhookOptions { Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", Secret = Secret } };
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(options, TestNotices.Notice()));
        Assert.False(refused.IsFinal);
        Assert.InRange(await answering, 0, 64 << 20); // what the system's buffers hold, of a gigabyte
    }

    [Fact]
    public async Task A_receiver_that_says_yes_and_breaks_off_has_the_message()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = Task.Run(async () =>
        {
            using TcpClient connection = await listener.AcceptTcpClientAsync(Cancel);
            NetworkStream stream = connection.GetStream();
            await stream.ReadAtLeastAsync(new byte[1000], 1, cancellationToken: Cancel);
            await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), Cancel);
        });
        await SendAsync(TestNotices.Loopback with { Webhook = new WebhookOptions { Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/", Secret = Secret } }, TestNotices.Notice());
        await answering;
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_left_after_ten_seconds()
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestNotices.Now);
        var asked = new TaskCompletionSource();
        await using StandIn receiver = await StandIn.StartAsync(async (_, context) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        using var channels = new AlertChannels(Webhook(receiver), clock, log);
        Task sending = channels.All[0].SendAsync(TestNotices.Notice(), Cancel);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => sending);
        Assert.Equal("127.0.0.1 did not answer within 10 seconds", refused.Message);
        Assert.False(refused.IsFinal);
    }

    private static AlertOptions Slack(StandIn slack) => TestNotices.Loopback with { Slack = new SlackOptions { Url = slack.Url("/services/T0/B0/hunter2hunter2") } };

    private static AlertOptions Webhook(StandIn receiver) => TestNotices.Loopback with { Webhook = new WebhookOptions { Url = receiver.Url("/hook"), Secret = Secret } };

    private async Task SendAsync(AlertOptions options, AlertNotice notice)
    {
        options.Check();
        using var channels = new AlertChannels(options, TimeProvider.System, log);
        await Assert.Single(channels.All).SendAsync(notice, Cancel);
    }
}
