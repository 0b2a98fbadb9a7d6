using System.Globalization;

namespace Vigie.Server;

/// <summary>How much one client may ask for. A client is an API key or signed-in user, else an address (of IPv6, the first 64 bits).</summary>
public sealed record RateLimitOptions
{
    /// <summary>Most requests of a client within any <see cref="Window"/>; a batch is one. 1 to 1,000,000, or 0 for no limit.</summary>
    public int Requests { get; init; } = 100;

    /// <summary>Most tweets of a client in batches within any <see cref="Window"/>; at least <c>max_batch</c>, at most 1,000,000,000, or 0 for no limit.</summary>
    public int Tweets { get; init; } = 1_000_000;

    /// <summary>How long a request counts; 1 s to 1 day, in steps of a 60th.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// So many clients are told apart at a time, 270 bytes each: this many addresses, and as many keys and users. 64 to 10,000,000. When more addresses ask within
    /// one window, those that come new share the limit of a few clients; nobody's count is forgotten for it.
    /// </summary>
    public int Clients { get; init; } = 100_000;

    internal void Check(int maxBatch)
    {
        if (Requests is < 0 or > 1_000_000) throw Wrong("requests", Requests, "1 to 1000000, or 0 for no limit");
        if (Tweets != 0 && (Tweets < maxBatch || Tweets > 1_000_000_000))
            throw Wrong("tweets", Tweets, string.Create(CultureInfo.InvariantCulture, $"{maxBatch} (max_batch, or the largest batch could never pass) to 1000000000, or 0 for no limit"));
        if (Window < TimeSpan.FromSeconds(1) || Window > TimeSpan.FromDays(1))
            throw new InvalidInputException($"rate_limit.window is {Duration.Format(Window)}, expected 1 s to 1 day");
        if (Clients is < 64 or > 10_000_000) throw Wrong("clients", Clients, "64 to 10000000");
    }

    private static InvalidInputException Wrong(string name, int value, string expected) =>
        new(string.Create(CultureInfo.InvariantCulture, $"rate_limit.{name} is {value}, expected {expected}"));
}
