using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>
/// Brings messages from the outbox to the channels, at least once each. Every channel has a loop of its own, so that one that is slow or dead delays no other.
/// </summary>
internal sealed class NoticeSender : BackgroundService
{
    private readonly ChannelLoop[] loops;

    /// <param name="outbox">Where messages wait.</param>
    /// <param name="channels">Who brings them.</param>
    /// <param name="perMinute">Most attempts a minute and channel.</param>
    /// <param name="changed">Told when a channel goes down or comes up, and of each one's first success. Must not throw; it may put messages into the outbox.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="log">Hears of failures, without texts and secrets.</param>
    /// <param name="seed">Of the retries' jitter.</param>
    public NoticeSender(INoticeOutbox outbox, IReadOnlyList<IAlertChannel> channels, int perMinute, Action<ChannelCondition> changed, TimeProvider clock, ILogger log, ulong? seed = null)
    {
        ulong start = seed ?? BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        loops = [.. channels.Select((channel, i) => new ChannelLoop(outbox, channel, perMinute, changed, clock, log, new RetryPauses(new Xoshiro256(start, (ulong)i + 1))))];
    }

    /// <summary>Messages delivered since the start.</summary>
    public long Delivered => loops.Sum(loop => loop.Delivered);

    /// <summary>Attempts that failed since the start.</summary>
    public long Failed => loops.Sum(loop => loop.Failed);

    /// <summary>Something was put into the outbox: whoever waits looks at once.</summary>
    public void Wake()
    {
        foreach (ChannelLoop loop in loops) loop.Wake();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(loops.Select(loop => Task.Run(() => loop.RunAsync(stoppingToken), CancellationToken.None)));
}
