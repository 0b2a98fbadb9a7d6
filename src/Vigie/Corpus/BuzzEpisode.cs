namespace Vigie.Corpus;

/// <summary>
/// A burst of anger about one topic: at <see cref="Start"/> the stream swells to <see cref="Height"/> times its normal rate, then the
/// excess halves every <see cref="HalfLife"/>. Its tweets have their own vocabulary and hashtag, and the share of retweets and replies
/// among them grows as it spreads.
/// </summary>
public sealed record BuzzEpisode
{
    /// <summary>The topic, one of <see cref="CorpusGenerator.Topics"/>.</summary>
    public required string Topic { get; init; }

    /// <summary>When it breaks out.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Rate at the start as a multiple of the mean normal rate; above 1, at most 1000. 8 means seven extra tweets for each normal one.</summary>
    public double Height { get; init; } = 8;

    /// <summary>Time in which the excess over the normal rate halves; from one minute to a year.</summary>
    public TimeSpan HalfLife { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Share of the normal rate that the excess still is, after a time: 2^(−elapsed / half-life). 0 before the start.</summary>
    public double Excess(DateTimeOffset at) => at < Start ? 0 : (Height - 1) * HalfToThe((at - Start) / HalfLife);

    // Math.Pow may differ in its last bit from one C library to the next, which would break 'same seed, same bytes'.
    // Halvings are exact, and exp of a fraction of ln 2 in [0, 0.7) is its Taylor series to full precision.
    internal static double HalfToThe(double halvings)
    {
        double whole = Math.Floor(halvings);
        double x = -(halvings - whole) * 0.693147180559945309;
        double sum = 1;
        for (int n = 20; n > 0; n--) sum = 1 + x / n * sum;
        return Math.ScaleB(sum, (int)-Math.Min(whole, 2000));
    }
}
