namespace Vigie.Server;

/// <summary>Wakes one thread. Wakes that come while it is up are one wake; nothing to dispose, so that late ones do no harm.</summary>
internal sealed class Wakeup
{
    private readonly object gate = new();
    private bool set;

    /// <summary>Wakes.</summary>
    public void Set()
    {
        lock (gate)
        {
            set = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Waits to be woken, for at most a time.</summary>
    public void Wait(TimeSpan? most = null)
    {
        lock (gate)
        {
            if (!set) Monitor.Wait(gate, most ?? Timeout.InfiniteTimeSpan);
            set = false;
        }
    }
}
