using System.Net;
using System.Net.Sockets;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Wrong credentials, and how long whoever sent them has to wait: by address and user, and by address alone for those who try many users. Others at other
/// addresses are not held up, so nobody can lock a user out.
/// </summary>
internal sealed class Guesses(TimeProvider clock)
{
    /// <summary>Free attempts for one user from one address; each one more doubles the wait, which begins at a second.</summary>
    private const int FreeByUser = 5;

    private const int FreeByAddress = 25;

    /// <summary>So that many addresses cannot fill the memory.</summary>
    private const int MostKept = 20_000;

    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    /// <summary>After which failures are forgotten.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<(string Network, string? User), Failures> kept = [];

    /// <summary>What is remembered.</summary>
    internal int Count
    {
        get
        {
            lock (gate) return kept.Count;
        }
    }

    /// <summary>How long to wait before the next attempt; zero where it may be made.</summary>
    public TimeSpan Wait(IPAddress? address, string? user)
    {
        string network = NetworkOf(address);
        DateTimeOffset now = clock.GetUtcNow();
        lock (gate)
        {
            TimeSpan wait = TimeSpan.Zero;
            foreach ((string, string?) key in Keys(network, user))
            {
                if (kept.TryGetValue(key, out Failures failures) && failures.Until - now > wait) wait = failures.Until - now;
            }

            return wait;
        }
    }

    /// <summary>Counts a wrong attempt; <paramref name="user"/> is null for a token.</summary>
    public void Failed(IPAddress? address, string? user)
    {
        string network = NetworkOf(address);
        DateTimeOffset now = clock.GetUtcNow();
        lock (gate)
        {
            if (kept.Count >= MostKept) Forget(now);
            foreach ((string Network, string? User) key in Keys(network, user))
            {
                int count = kept.TryGetValue(key, out Failures before) && now - before.Last < Memory ? before.Count + 1 : 1;
                int over = count - (key.User is null ? FreeByAddress : FreeByUser);
                TimeSpan wait = over < 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Min(Math.Pow(2, over), LongestWait.TotalSeconds));
                kept[key] = new Failures(count, now, now + wait);
            }
        }
    }

    /// <summary>Forgets the user's wrong attempts from there. Those of the address stay: one's own password must not buy guesses at another's.</summary>
    public void Succeeded(IPAddress? address, string user)
    {
        lock (gate) kept.Remove((NetworkOf(address), user));
    }

    private static (string Network, string? User)[] Keys(string network, string? user) => user is null ? [(network, null)] : [(network, user), (network, null)];

    /// <summary>Who has one address of IPv6 has 2^64 of them.</summary>
    private static string NetworkOf(IPAddress? address)
    {
        if (address is null) return "";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexString(address.GetAddressBytes().AsSpan(0, 8)) : address.ToString();
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (((string, string?) key, Failures failures) in kept)
        {
            if (failures.Until <= now && now - failures.Last >= Memory) kept.Remove(key);
        }

        // Nothing old enough: the half that has been quiet for longest.
        if (kept.Count < MostKept) return;
        foreach ((string, string?) key in kept.OrderBy(entry => entry.Value.Last).Take(MostKept / 2).Select(entry => entry.Key).ToList()) kept.Remove(key);
    }

    private readonly record struct Failures(int Count, DateTimeOffset Last, DateTimeOffset Until);
}
