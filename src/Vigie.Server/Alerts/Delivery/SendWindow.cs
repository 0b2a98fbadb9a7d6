namespace Vigie.Server;

/// <summary>Bounds attempts in any minute: the last net in a storm. What is beyond waits.</summary>
internal sealed class SendWindow(int perMinute, TimeProvider clock)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly Queue<long> sent = new();

    /// <summary>How long until another is allowed; nothing where it is now.</summary>
    public TimeSpan Wait()
    {
        while (sent.TryPeek(out long first) && clock.GetElapsedTime(first) >= Minute) sent.Dequeue();
        return sent.Count < perMinute ? TimeSpan.Zero : Minute - clock.GetElapsedTime(sent.Peek());
    }

    public void Count() => sent.Enqueue(clock.GetTimestamp());
}
