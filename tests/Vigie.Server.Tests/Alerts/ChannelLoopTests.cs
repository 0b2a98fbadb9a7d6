using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class ChannelLoopTests : IDisposable
{
    private readonly FakeTimeProvider clock = new(TestNotices.Now);
    private readonly RecordedLog log = new();
    private readonly List<ChannelCondition> conditions = [];
    private readonly MemoryOutbox outbox;

    public ChannelLoopTests() => outbox = new MemoryOutbox(clock);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task What_waits_while_a_receiver_is_down_for_ten_minutes_arrives_once_and_in_order()
    {
        DateTimeOffset back = clock.GetUtcNow().AddMinutes(10);
        await using StandIn receiver = await StandIn.StartAsync((request, context) => clock.GetUtcNow() < back ? StandIn.Says(503, "being repaired")(request, context) : Task.CompletedTask);
        using var channels = new AlertChannels(Webhook(receiver), clock, log);
        ChannelLoop loop = Loop(channels.All[0]);
        for (int i = 0; i < 5; i++) outbox.Put("webhook", TestNotices.Notice($"n-{i}"));

        int failures = 0;
        while (outbox.Waiting > 0)
        {
            int before = receiver.Requests.Count;
            clock.Advance(await loop.StepAsync(Cancel));
            if (receiver.Requests.Count > before && outbox.Waiting == 5) failures++;
        }

        string[] keys = [.. receiver.Requests.Select(request => request.Headers["Idempotency-Key"])];
        Assert.All(keys[..failures], key => Assert.Equal("n-0", key)); // the first only: the others wait behind it
        Assert.Equal(["n-0", "n-1", "n-2", "n-3", "n-4"], keys[failures..]);
        Assert.InRange(failures, 5, 40); // tens of seconds apart and more, not a flood
        Assert.InRange(clock.GetUtcNow() - back, TimeSpan.Zero, TimeSpan.FromMinutes(5));
        Assert.Equal(["n-0", "n-1", "n-2", "n-3", "n-4"], outbox.Delivered.Select(delivered => delivered.Key));
        Assert.Equal([(true, "webhook"), (false, "webhook")], conditions.Select(condition => (condition.IsDown, condition.Channel)));
        Assert.Equal(TestNotices.Now, conditions[0].Since);
        Assert.Contains("503: being repaired", conditions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_channel_is_down_after_five_minutes_even_between_two_attempts()
    {
        // Asked to be left alone for an hour, nobody tries meanwhile.
        ChannelLoop loop = Loop(Scripted(_ => throw new DeliveryException("busy", retryAfter: TimeSpan.FromHours(1))));
        outbox.Put("scripted", TestNotices.Notice());
        await loop.StepAsync(Cancel);
        TimeSpan wait = await loop.StepAsync(Cancel);

        while (conditions.Count == 0)
        {
            clock.Advance(wait);
            wait = await loop.StepAsync(Cancel);
        }

        Assert.Equal(TimeSpan.FromMinutes(5), clock.GetUtcNow() - TestNotices.Now);
        Assert.Equal(new ChannelCondition("scripted", IsDown: true, TestNotices.Now, "busy"), Assert.Single(conditions));
        Assert.Equal(1, loop.Failed);
    }

    [Fact]
    public async Task A_final_refusal_is_not_tried_again_and_the_channel_is_down_at_once()
    {
        bool refuses = true;
        ScriptedChannel channel = Scripted(_ => refuses ? throw new DeliveryException("no such hook", isFinal: true) : Task.CompletedTask);
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice("n-1"));
        await loop.StepAsync(Cancel);
        Assert.Equal(("n-1", "no such hook"), Assert.Single(outbox.GivenUp));
        Assert.True(Assert.Single(conditions).IsDown);

        refuses = false;
        outbox.Put("scripted", TestNotices.Notice("n-2"));
        await loop.StepAsync(Cancel);
        Assert.Equal(["n-1", "n-2"], channel.Tried);
        Assert.Equal([true, false], conditions.Select(condition => condition.IsDown));
    }

    [Fact]
    public async Task A_message_that_never_gets_through_is_given_up_after_a_day_and_lets_others_pass_after_half_an_hour()
    {
        ScriptedChannel channel = Scripted(notice => notice.Key == "poison" ? throw new DeliveryException("500") : Task.CompletedTask);
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice("poison"));
        outbox.Put("scripted", TestNotices.Notice("good"));
        while (outbox.Delivered.IsEmpty) clock.Advance(await loop.StepAsync(Cancel));
        Assert.InRange(clock.GetUtcNow() - TestNotices.Now, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(36));

        while (outbox.GivenUp.IsEmpty) clock.Advance(await loop.StepAsync(Cancel));
        Assert.Equal("poison", Assert.Single(outbox.GivenUp).Key);
        Assert.InRange(clock.GetUtcNow() - TestNotices.Now, TimeSpan.FromHours(24), TimeSpan.FromHours(24) + TimeSpan.FromMinutes(5));
        Assert.InRange(channel.Tried.Count, 300, 1200); // two and a half minutes apart on average
    }

    [Fact]
    public async Task Who_asks_to_be_left_alone_is_and_nobody_for_longer_than_an_hour()
    {
        await using StandIn receiver = await StandIn.StartAsync(StandIn.Says(429, "slow down", ("Retry-After", "90")));
        using var channels = new AlertChannels(Webhook(receiver), clock, log);
        ChannelLoop loop = Loop(channels.All[0]);
        outbox.Put("webhook", TestNotices.Notice());
        await loop.StepAsync(Cancel);
        DateTimeOffset next = Assert.Single(await outbox.WaitingAsync("webhook", 1, Cancel)).NextTry;
        Assert.Equal(TimeSpan.FromSeconds(90), next - clock.GetUtcNow());

        receiver.Answer = StandIn.Says(503, "", ("Retry-After", "Sat, 24 Nov 2096 10:00:00 GMT"));
        clock.Advance(TimeSpan.FromSeconds(90));
        await loop.StepAsync(Cancel);
        next = Assert.Single(await outbox.WaitingAsync("webhook", 1, Cancel)).NextTry;
        Assert.Equal(TimeSpan.FromHours(1), next - clock.GetUtcNow());
    }

    [Fact]
    public async Task A_process_that_dies_between_delivery_and_mark_repeats_under_the_same_key()
    {
        await using StandIn receiver = await StandIn.StartAsync();
        using var channels = new AlertChannels(Webhook(receiver), clock, log);
        outbox.Put("webhook", TestNotices.Notice("n-7"));
        outbox.MarksFail = true;
        await Assert.ThrowsAsync<IOException>(() => Loop(channels.All[0]).StepAsync(Cancel));

        outbox.MarksFail = false; // the next process
        await Loop(channels.All[0]).StepAsync(Cancel);
        Assert.Equal(["n-7", "n-7"], receiver.Requests.Select(request => request.Headers["Idempotency-Key"]));
        Assert.Equal(0, outbox.Waiting);
    }

    [Fact]
    public async Task An_outbox_that_cannot_be_marked_brings_no_repeat_while_the_process_lives()
    {
        ScriptedChannel channel = Scripted(_ => Task.CompletedTask);
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice());
        outbox.MarksFail = true;
        await Assert.ThrowsAsync<IOException>(() => loop.StepAsync(Cancel));
        await Assert.ThrowsAsync<IOException>(() => loop.StepAsync(Cancel));
        outbox.MarksFail = false;
        await loop.StepAsync(Cancel);
        Assert.Single(channel.Tried);
        Assert.Equal(0, outbox.Waiting);
    }

    [Fact]
    public async Task A_message_under_way_when_the_server_stops_is_waited_for_a_moment()
    {
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        var channel = new ScriptedChannel("scripted", async (_, cancellation) =>
        {
            asked.TrySetResult();
            await answer.Task.WaitAsync(cancellation);
        });
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice());
        using var stopped = new CancellationTokenSource();
        Task running = loop.RunAsync(stopped.Token);
        await asked.Task;
        await stopped.CancelAsync();
        clock.Advance(TimeSpan.FromMilliseconds(400));
        answer.SetResult();
        await running;

        Assert.Single(outbox.Delivered);
        Assert.Equal(0, outbox.Waiting);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_does_not_hold_up_the_stop()
    {
        var asked = new TaskCompletionSource();
        var channel = new ScriptedChannel("scripted", (_, cancellation) =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellation);
        });
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice());
        using var stopped = new CancellationTokenSource();
        Task running = loop.RunAsync(stopped.Token);
        await asked.Task;
        await stopped.CancelAsync();
        Assert.False(running.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(500));
        await running;

        Assert.Empty(outbox.Delivered);
        Assert.Equal(1, outbox.Waiting);
    }

    [Fact]
    public async Task In_a_storm_a_channel_sends_so_many_a_minute_and_the_rest_waits()
    {
        ScriptedChannel channel = Scripted(_ => Task.CompletedTask);
        ChannelLoop loop = Loop(channel, perMinute: 20);
        for (int i = 0; i < 100; i++) outbox.Put("scripted", TestNotices.Notice($"n-{i}"));
        var counts = new List<int>();
        for (int minute = 0; minute < 5; minute++)
        {
            while (await loop.StepAsync(Cancel) == TimeSpan.Zero) Assert.True(channel.Tried.Count <= 20 * (minute + 1));
            counts.Add(channel.Tried.Count);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([20, 40, 60, 80, 100], counts);
    }

    [Fact]
    public async Task A_clock_that_is_two_days_ahead_and_put_back_makes_nothing_wait_for_two_days()
    {
        bool refuses = true;
        ScriptedChannel channel = Scripted(_ => refuses ? throw new DeliveryException("busy") : Task.CompletedTask);
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice());
        WaitingNotice ahead = Assert.Single(await outbox.WaitingAsync("scripted", 1, Cancel));
        await outbox.FailedAsync(ahead, clock.GetUtcNow().AddDays(2), "", Cancel);
        refuses = false;
        await loop.StepAsync(Cancel);
        Assert.Equal(0, outbox.Waiting);
    }

    [Fact]
    public async Task A_message_that_cannot_be_made_stops_nothing_and_quotes_nothing()
    {
        ScriptedChannel channel = Scripted(notice => notice.Key == "bad" ? throw new ArgumentException("secret tweet") : Task.CompletedTask);
        ChannelLoop loop = Loop(channel);
        outbox.Put("scripted", TestNotices.Notice("bad"));
        outbox.Put("scripted", TestNotices.Notice("good"));
        while (outbox.Delivered.IsEmpty) clock.Advance(await loop.StepAsync(Cancel));
        Assert.Equal("good", Assert.Single(outbox.Delivered).Key);
        Assert.NotEmpty(log.Lines);
        Assert.All(log.Lines, line => Assert.DoesNotContain("secret tweet", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_receiver_that_says_everything_back_gets_no_secret_into_the_log()
    {
        const string secret = "0123456789abcdef0123456789abcdef";
        await using StandIn receiver = await StandIn.StartAsync();
        receiver.Answer = (request, context) => StandIn.Says(500, $"{receiver.Url()} {request.Path} {secret} {string.Join(' ', request.Headers.Values)} {request.Text}")(request, context);
        using var channels = new AlertChannels(
            TestNotices.Loopback with
            {
                Slack = new SlackOptions { Url = receiver.Url("/services/hunter2hunter2") },
                Webhook = new WebhookOptions { Url = receiver.Url("/hook?token=hunter2hunter2"), Secret = secret },
                Pagerduty = new PagerDutyOptions { RoutingKey = secret, Url = receiver.Url() },
                Sns = new SnsOptions { Topic = "arn:aws:sns:eu-west-3:123456789012:alerts", AccessKeyId = "AKID", SecretAccessKey = secret, SessionToken = "hunter2hunter2", Endpoint = receiver.Url() },
            },
            clock,
            log);
        foreach (IAlertChannel channel in channels.All)
        {
            outbox.Put(channel.Name, TestNotices.Notice());
            ChannelLoop loop = Loop(channel);
            await loop.StepAsync(Cancel);
            clock.Advance(TimeSpan.FromMinutes(6));
            await loop.StepAsync(Cancel); // and the channel is down
        }

        Assert.Equal(4, conditions.Count);
        string told = string.Join('\n', log.Lines.Concat(conditions.Select(condition => condition.ToString())));
        Assert.Contains("answered 500", told, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", told, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, told, StringComparison.Ordinal);
    }

    [Fact]
    public void Pauses_are_drawn_below_a_bound_that_doubles_to_five_minutes()
    {
        for (int attempt = 0; attempt < 60; attempt++)
        {
            double bound = Math.Min(300, Math.Pow(2, attempt));
            double[] drawn = [.. Enumerable.Range(0, 500).Select(seed => new RetryPauses(new Xoshiro256((ulong)seed)).Next(attempt, null).TotalSeconds)];
            Assert.All(drawn, pause => Assert.InRange(pause, 0, bound));
            Assert.InRange(drawn.Average(), 0.42 * bound, 0.58 * bound); // evenly
        }

        Assert.Equal(new RetryPauses(new Xoshiro256(7)).Next(5, null), new RetryPauses(new Xoshiro256(7)).Next(5, null));
    }

    private static AlertOptions Webhook(StandIn receiver) => TestNotices.Loopback with { Webhook = new WebhookOptions { Url = receiver.Url("/hook"), Secret = "0123456789abcdef0123456789abcdef" } };

    private static ScriptedChannel Scripted(Func<AlertNotice, Task> answer) => new("scripted", (notice, _) => answer(notice));

    private ChannelLoop Loop(IAlertChannel channel, int perMinute = 1000) => new(outbox, channel, perMinute, conditions.Add, clock, log, new RetryPauses(new Xoshiro256(1)));
}
