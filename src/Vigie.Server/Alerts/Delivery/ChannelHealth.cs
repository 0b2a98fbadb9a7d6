namespace Vigie.Server;

/// <summary>Watches whether a channel takes anything. Time is counted by a clock that nobody sets.</summary>
internal sealed class ChannelHealth(string channel, Action<ChannelCondition> changed, TimeProvider clock, ILogger log)
{
    /// <summary>A channel that has failed for so long is down.</summary>
    public static readonly TimeSpan DownAfter = TimeSpan.FromMinutes(5);

    private long failingSince;
    private DateTimeOffset since;
    private string? reason;
    private bool? isDown; // unknown until something was sent

    public void Succeeded()
    {
        bool news = isDown != false;
        if (isDown == true) ChannelLog.Up(log, channel);
        (isDown, reason) = (false, null);
        if (news) changed(new ChannelCondition(channel, IsDown: false, clock.GetUtcNow(), null));
    }

    public void Failed(DeliveryException refusal)
    {
        if (reason is null) (failingSince, since) = (clock.GetTimestamp(), clock.GetUtcNow());
        reason = refusal.Message;
        if (refusal.IsFinal) Down();
        else Look();
    }

    /// <summary>Sees whether it has failed for long enough, which may come true between two attempts.</summary>
    /// <returns>When to look again; null where there is nothing to see.</returns>
    public TimeSpan? Look()
    {
        if (reason is null || isDown == true) return null;
        TimeSpan left = DownAfter - clock.GetElapsedTime(failingSince);
        if (left > TimeSpan.Zero) return left;
        Down();
        return null;
    }

    private void Down()
    {
        if (isDown == true) return;
        isDown = true;
        ChannelLog.Down(log, channel, since, reason!);
        changed(new ChannelCondition(channel, IsDown: true, since, reason));
    }
}
