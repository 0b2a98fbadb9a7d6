using System.Threading.Channels;

namespace Vigie.Server;

/// <summary>
/// One channel's deliveries, one after the other, the oldest first. While the first in the line fails, the others wait with it, so that they arrive in their
/// order; one that has failed for half an hour lets them pass, since it may be the message and not the receiver.
/// </summary>
internal sealed class ChannelLoop(INoticeOutbox outbox, IAlertChannel channel, int perMinute, Action<ChannelCondition> changed, TimeProvider clock, ILogger log, RetryPauses pauses)
{
    /// <summary>A message that has not got through for so long, and so often, is given up.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromHours(24);

    private const int LeastAttempts = 10, Looked = 100;

    private static readonly TimeSpan LetsPassAfter = TimeSpan.FromMinutes(30);

    // Another process may have written, and a clock set back must not make anything wait for days.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan OutboxPause = TimeSpan.FromSeconds(1);

    // A message under way when the server stops has this long to be acknowledged; cut off, the receiver may have it and would get it again.
    private static readonly TimeSpan LastWord = TimeSpan.FromMilliseconds(500);

    private readonly ChannelHealth health = new(channel.Name, changed, clock, log);
    private readonly SendWindow window = new(perMinute, clock);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly HashSet<long> unmarked = [];

    private long delivered, failed;

    public long Delivered => Interlocked.Read(ref delivered);

    public long Failed => Interlocked.Read(ref failed);

    /// <summary>Looks again at once.</summary>
    public void Wake() => news.Writer.TryWrite(true);

    /// <summary>Delivers until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                TimeSpan wait = await StepAsync(stop);
                if (wait > TimeSpan.Zero) await WaitAsync(wait, stop);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure) // whatever happens to the outbox's database, alerts go on after it
            {
                ChannelLog.OutboxAway(log, channel.Name, OutboxPause, failure);
                await Task.Delay(OutboxPause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Tries the message whose turn it is, if there is one.</summary>
    /// <returns>How long there is nothing to do.</returns>
    internal async Task<TimeSpan> StepAsync(CancellationToken stop)
    {
        news.Reader.TryRead(out _); // what comes after this look is news again
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<WaitingNotice> waiting = await outbox.WaitingAsync(channel.Name, Looked, stop);
        (WaitingNotice? next, TimeSpan wait) = Choose(waiting, now);
        if (next is null) return Least(wait, health.Look());
        // What was delivered before its mark could be written is only marked.
        if (unmarked.Contains(next.Id))
        {
            await MarkAsync(next);
            return TimeSpan.Zero;
        }

        if (window.Wait() is { Ticks: > 0 } full) return Least(full, health.Look());
        await TryAsync(next, stop);
        return TimeSpan.Zero;
    }

    private static (WaitingNotice? Next, TimeSpan Wait) Choose(IReadOnlyList<WaitingNotice> waiting, DateTimeOffset now)
    {
        TimeSpan wait = LongestWait;
        foreach (WaitingNotice notice in waiting)
        {
            TimeSpan due = notice.NextTry - now;
            // Further ahead than any pause reaches, it was set by a clock that has been put back since.
            if (due <= TimeSpan.Zero || due > Receiver.LongestPause + LongestWait) return (notice, TimeSpan.Zero);
            wait = Least(wait, due);
            if (now - notice.PutAt < LetsPassAfter) break;
        }

        return (null, wait);
    }

    private async Task TryAsync(WaitingNotice waiting, CancellationToken stop)
    {
        if (await outbox.ReadAsync(waiting, stop) is not { } notice)
        {
            await MarkAsync(waiting);
            return;
        }

        window.Count();
        if (await SendAsync(notice, stop) is { } refusal)
        {
            await RefusedAsync(waiting, refusal);
            return;
        }

        unmarked.Add(waiting.Id);
        await MarkAsync(waiting);
        Interlocked.Increment(ref delivered);
        health.Succeeded();
    }

    private async Task<DeliveryException?> SendAsync(AlertNotice notice, CancellationToken stop)
    {
        using var cutOff = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using CancellationTokenRegistration stopping = stop.Register(() => cutOff.CancelAfter(LastWord));
        try
        {
            await channel.SendAsync(notice, cutOff.Token);
            return null;
        }
        catch (DeliveryException refusal)
        {
            return refusal;
        }
        catch (Exception failure) when (!stop.IsCancellationRequested) // a message that cannot even be made is our fault, and must not stand in the way of the others
        {
            ChannelLog.Broken(log, channel.Name, failure.GetType().Name, failure.StackTrace);
            return new DeliveryException($"the message could not be made ({failure.GetType().Name})", cause: failure);
        }
    }

    private async Task MarkAsync(WaitingNotice notice)
    {
        await outbox.DeliveredAsync(notice, CancellationToken.None);
        unmarked.Remove(notice.Id);
    }

    private async Task RefusedAsync(WaitingNotice waiting, DeliveryException refusal)
    {
        Interlocked.Increment(ref failed);
        health.Failed(refusal);
        DateTimeOffset now = clock.GetUtcNow();
        int attempt = waiting.Attempts + 1;
        if (refusal.IsFinal || (attempt >= LeastAttempts && now - waiting.PutAt >= GivesUpAfter))
        {
            ChannelLog.GivenUp(log, channel.Name, waiting.Key, attempt, refusal.Message);
            await outbox.GivenUpAsync(waiting, refusal.Message, CancellationToken.None);
            return;
        }

        TimeSpan pause = pauses.Next(waiting.Attempts, refusal.RetryAfter);
        ChannelLog.Failed(log, channel.Name, waiting.Key, attempt, refusal.Message, pause);
        await outbox.FailedAsync(waiting, now + pause, refusal.Message, CancellationToken.None);
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken stop)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task woken = news.Reader.WaitToReadAsync(enough.Token).AsTask(), over = Task.Delay(time, clock, enough.Token);
        await Task.WhenAny(woken, over);
        await enough.CancelAsync();
        await woken.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private static TimeSpan Least(TimeSpan one, TimeSpan? other) => other < one ? other.Value : one;
}
