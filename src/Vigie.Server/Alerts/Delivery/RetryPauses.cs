namespace Vigie.Server;

/// <summary>
/// How long to wait before another attempt: exponential with full jitter, a time drawn evenly between nothing and a bound that begins at a second and doubles
/// up to five minutes, so that many who were refused together do not come back together.
/// </summary>
/// <param name="random">Draws.</param>
internal sealed class RetryPauses(Xoshiro256 random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1), Longest = TimeSpan.FromMinutes(5);

    /// <summary>The next pause.</summary>
    /// <param name="attempts">Failed ones before this.</param>
    /// <param name="asked">What the receiver asked for; it gets at least that.</param>
    public TimeSpan Next(int attempts, TimeSpan? asked)
    {
        TimeSpan bound = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(attempts, 20)));
        TimeSpan drawn = bound * random.NextDouble();
        return asked > drawn ? asked.Value : drawn;
    }
}
