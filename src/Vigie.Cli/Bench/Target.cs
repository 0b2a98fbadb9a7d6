namespace Vigie.Cli;

/// <summary>What a target is about.</summary>
internal enum Figure
{
    F1Macro,
    RocAuc,
    CpuSeconds,

    /// <summary>Of the cheapest epoch of a network.</summary>
    EpochCpuSeconds,
    PeakMib,
    TweetsPerSecond,
    P50Microseconds,
    P95Microseconds,

    /// <summary>Of word vectors: all words of all passes over processor time.</summary>
    WordsPerCpuSecond,
    ReadSeconds,
    ReadPeakMib,
}

/// <summary>How a target bounds its figure.</summary>
internal enum Bound
{
    AtLeast,
    AtMost,

    /// <summary>At most this far from what the peer reached on the same rows.</summary>
    OffPeer,
}

/// <summary>A number to reach.</summary>
/// <param name="Recipe">Of which recipe, or which word vectors; null for reading.</param>
/// <param name="Size">The sample; null for all rows, and where it does not matter.</param>
/// <param name="Figure">Which figure.</param>
/// <param name="Bound">In which direction.</param>
/// <param name="Wanted">In the figure's unit.</param>
/// <param name="Noted">What the peer reached when the target was set; stands in for a peer that was not measured.</param>
internal sealed record Target(string? Recipe, int? Size, Figure Figure, Bound Bound, double Wanted, double? Noted = null);
