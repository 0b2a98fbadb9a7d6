using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Vigie.Server.Tests;

public sealed class NoticeSenderTests : IDisposable
{
    private readonly MemoryOutbox outbox = new(TimeProvider.System);
    private readonly RecordedLog log = new(LogLevel.Information);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => log.Dispose();

    [Fact]
    public async Task A_receiver_that_never_answers_delays_no_other_and_no_stop()
    {
        var entered = new TaskCompletionSource();
        var slow = new ScriptedChannel("slow", async (_, stop) =>
        {
            entered.TrySetResult();
            await Task.Delay(Timeout.Infinite, stop);
        });
        var quick = new ScriptedChannel("quick", (_, _) => Task.CompletedTask);
        using NoticeSender sender = Sender(_ => { }, slow, quick);
        await sender.StartAsync(Cancel);
        outbox.Put("slow", TestNotices.Notice("n-1"));
        for (int i = 0; i < 10; i++) outbox.Put("quick", TestNotices.Notice($"n-{i}"));
        sender.Wake();
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await RunningServer.UntilAsync(() => Task.FromResult(sender.Delivered == 10));

        await sender.StopAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.True(sender.ExecuteTask!.IsCompletedSuccessfully);
        Assert.Equal(1, outbox.Waiting); // the slow one's stays, for the next process
    }

    [Fact]
    public async Task What_is_put_in_while_everybody_sleeps_goes_at_once_when_they_are_woken()
    {
        var channel = new ScriptedChannel("one", (_, _) => Task.CompletedTask);
        using NoticeSender sender = Sender(_ => { }, channel);
        await sender.StartAsync(Cancel);
        for (int i = 0; i < 200; i++)
        {
            outbox.Put("one", TestNotices.Notice($"n-{i}"));
            sender.Wake();
            // Without the wake it would take a minute.
            await RunningServer.UntilAsync(() => Task.FromResult(sender.Delivered == i + 1));
        }

        await sender.StopAsync(Cancel);
        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"n-{i}"), channel.Tried);
    }

    [Fact]
    public async Task A_dead_channel_is_told_of_on_the_others()
    {
        var conditions = new ConcurrentQueue<ChannelCondition>();
        var dead = new ScriptedChannel("dead", (_, _) => throw new DeliveryException("invalid_token", isFinal: true));
        var alive = new ScriptedChannel("alive", (_, _) => Task.CompletedTask);
        NoticeSender? sender = null;
        using NoticeSender made = Sender(
            condition =>
            {
                conditions.Enqueue(condition);
                if (!condition.IsDown) return;
                outbox.Put("alive", TestNotices.Notice($"channel-down-{condition.Channel}")); // as the engine does
                sender!.Wake();
            },
            dead,
            alive);
        sender = made;
        await sender.StartAsync(Cancel);
        outbox.Put("dead", TestNotices.Notice());
        sender.Wake();
        await RunningServer.UntilAsync(() => Task.FromResult(alive.Tried.Contains("channel-down-dead")));
        await sender.StopAsync(Cancel);
        Assert.Contains(conditions, condition => condition is { Channel: "dead", IsDown: true, Reason: "invalid_token" });
        Assert.Contains(log.Lines, line => line.StartsWith("Error: dead has taken nothing since", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_outbox_that_is_away_is_asked_again()
    {
        var channel = new ScriptedChannel("one", (_, _) => Task.CompletedTask);
        using NoticeSender sender = Sender(_ => { }, channel);
        outbox.IsAway = true;
        await sender.StartAsync(Cancel);
        await RunningServer.UntilAsync(() => Task.FromResult(log.Lines.Any(line => line.Contains("The outbox of one", StringComparison.Ordinal))));
        outbox.IsAway = false;
        outbox.Put("one", TestNotices.Notice());
        await RunningServer.UntilAsync(() => Task.FromResult(sender.Delivered == 1), sender.Wake);
        await sender.StopAsync(Cancel);
    }

    private NoticeSender Sender(Action<ChannelCondition> changed, params IAlertChannel[] channels) => new(outbox, channels, 1000, changed, TimeProvider.System, log, seed: 1);
}
