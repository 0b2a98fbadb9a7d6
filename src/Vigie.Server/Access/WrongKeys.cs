using System.Net;

namespace Vigie.Server;

/// <summary>
/// Wrong keys and tokens by the address that they came from, and how long that address has to wait before another wrong one is looked at. Right keys are taken
/// all the while: 32 random bytes are not found by guessing, and one misconfigured program must not lock out the office around it.
/// </summary>
internal sealed class WrongKeys(TimeProvider clock)
{
    /// <summary>Wrong keys that cost nothing; each one more doubles the wait, which begins at a second.</summary>
    public const int Free = 25;

    /// <summary>So that many addresses cannot fill the memory.</summary>
    private const int MostKept = 20_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>After which wrong keys are forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<Client, Failures> kept = [];

    internal int Count
    {
        get
        {
            lock (gate) return kept.Count;
        }
    }

    /// <summary>How long an address has to wait; zero where it may try.</summary>
    public TimeSpan Wait(IPAddress? address)
    {
        lock (gate) return kept.TryGetValue(Client.At(address), out Failures failures) && failures.Until > clock.GetUtcNow() ? failures.Until - clock.GetUtcNow() : TimeSpan.Zero;
    }

    /// <summary>Counts a wrong key.</summary>
    public void Add(IPAddress? address)
    {
        Client network = Client.At(address);
        DateTimeOffset now = clock.GetUtcNow();
        lock (gate)
        {
            if (kept.Count >= MostKept) Forget(now);
            int count = kept.TryGetValue(network, out Failures before) && now - before.Last < Memory ? before.Count + 1 : 1;
            TimeSpan wait = count < Free ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, count - Free), LongestWait.TotalSeconds));
            kept[network] = new Failures(count, now, now + wait);
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach ((Client network, Failures failures) in kept)
        {
            if (failures.Until <= now && now - failures.Last >= Memory) kept.Remove(network);
        }

        // Nothing old enough: the half that has been quiet for longest.
        if (kept.Count < MostKept) return;
        foreach (Client network in kept.OrderBy(entry => entry.Value.Last).Take(MostKept / 2).Select(entry => entry.Key).ToList()) kept.Remove(network);
    }

    private readonly record struct Failures(int Count, DateTimeOffset Last, DateTimeOffset Until);
}
