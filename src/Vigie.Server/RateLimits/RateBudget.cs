using System.Globalization;

namespace Vigie.Server;

/// <summary>One thing that clients may have so much of: requests, or tweets in batches. By Redis where it answers, else by this process.</summary>
internal sealed class RateBudget
{
    private readonly LocalWindows addresses, named;
    private readonly SharedWindows? shared;

    /// <param name="name">What it is of: <c>requests</c>.</param>
    /// <param name="limit">Most in any window.</param>
    /// <param name="options">The window, and how many clients are told apart.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="redis">Shared with the other replicas; null for none.</param>
    public RateBudget(string name, int limit, RateLimitOptions options, TimeProvider clock, RedisLink? redis)
    {
        (Name, Limit) = (name, limit);
        LimitText = limit.ToString(CultureInfo.InvariantCulture);
        string unit = name == "requests" ? "" : $";qu=\"{name}\""; // requests are what the draft counts unless told otherwise
        Policy = string.Create(CultureInfo.InvariantCulture, $"\"{name}\";q={limit};w={(long)options.Window.TotalSeconds}{unit}");
        addresses = new LocalWindows(clock, limit, options.Window, options.Clients);
        named = new LocalWindows(clock, limit, options.Window, options.Clients);
        if (redis is not null) shared = new SharedWindows(redis, name, limit, options.Window);
    }

    public string Name { get; }

    public int Limit { get; }

    /// <summary><see cref="Limit"/> as a header says it.</summary>
    public string LimitText { get; }

    /// <summary>The header <c>RateLimit-Policy</c>.</summary>
    public string Policy { get; }

    /// <summary>Lets something through and counts it, or refuses it.</summary>
    public ValueTask<RateDecision> TakeAsync(Client client, int count)
    {
        LocalWindows local = client.IsNamed ? named : addresses; // apart, so that no flood of addresses crowds out those who have a key
        return shared is null ? new(local.Take(client, count)) : TakeSharedAsync(shared, local, client, count);
    }

    private static async ValueTask<RateDecision> TakeSharedAsync(SharedWindows shared, LocalWindows local, Client client, int count)
    {
        if (count == 1 && local.IsRefused(client, out RateDecision refused)) return refused;
        if (await shared.TakeAsync(client, count) is not { } decision) return local.Take(client, count);
        if (decision.Allowed) local.Add(client, count);
        else if (count == 1) local.Refuse(client, decision.Wait);
        return decision;
    }
}
