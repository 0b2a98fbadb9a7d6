namespace Vigie.Cli;

/// <summary>What a target is about.</summary>
internal enum Figure
{
    F1Macro,
    RocAuc,
    CpuSeconds,
    PeakMib,
    TweetsPerSecond,
    P50Microseconds,
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
/// <param name="Recipe">Of which recipe; null for reading.</param>
/// <param name="Size">The sample; null for all rows, and where it does not matter.</param>
/// <param name="Figure">Which figure.</param>
/// <param name="Bound">In which direction.</param>
/// <param name="Wanted">In the figure's unit.</param>
/// <param name="Noted">What the peer reached when the target was set; stands in for a peer that was not measured.</param>
internal sealed record Target(string? Recipe, int? Size, Figure Figure, Bound Bound, double Wanted, double? Noted = null);

/// <summary>
/// The numbers to reach on the 1,408,097 rows of Sentiment140 that docs/benchmarks.md describes. Source: the project's first milestone, set from what scikit-learn 1.2
/// and fastText 0.9.2 reached on a quiet machine of two cores: each bound lies beyond the best of them.
/// </summary>
internal static class LinearTargets
{
    public const long RowsOfTheFile = 1_408_097;

    public static IReadOnlyList<Target> All { get; } =
    [
        new("tfidf-lr", 50_000, Figure.F1Macro, Bound.OffPeer, 0.003, Noted: 0.773),
        new("tfidf-lr", 50_000, Figure.RocAuc, Bound.OffPeer, 0.003, Noted: 0.850),
        new("tfidf-lr", 50_000, Figure.CpuSeconds, Bound.AtMost, 0.25),
        new("tfidf-lr", 200_000, Figure.F1Macro, Bound.OffPeer, 0.003, Noted: 0.783),
        new("tfidf-lr", 200_000, Figure.RocAuc, Bound.OffPeer, 0.003, Noted: 0.864),
        new("tfidf-lr", 200_000, Figure.CpuSeconds, Bound.AtMost, 1.0),
        new("linear-best", 50_000, Figure.F1Macro, Bound.AtLeast, 0.798),
        new("linear-best", 50_000, Figure.CpuSeconds, Bound.AtMost, 1.5),
        new("linear-best", 200_000, Figure.F1Macro, Bound.AtLeast, 0.818),
        new("linear-best", 200_000, Figure.RocAuc, Bound.AtLeast, 0.895),
        new("linear-best", 200_000, Figure.CpuSeconds, Bound.AtMost, 5),
        new("linear-best", 200_000, Figure.PeakMib, Bound.AtMost, 400),
        new("linear-best", null, Figure.F1Macro, Bound.AtLeast, 0.838),
        new("linear-best", null, Figure.RocAuc, Bound.AtLeast, 0.912),
        new("linear-best", null, Figure.CpuSeconds, Bound.AtMost, 45),
        new("linear-best", null, Figure.PeakMib, Bound.AtMost, 2048),
        new("tfidf-lr", null, Figure.TweetsPerSecond, Bound.AtLeast, 400_000),
        new("tfidf-lr", null, Figure.P50Microseconds, Bound.AtMost, 5),
        new(null, null, Figure.ReadSeconds, Bound.AtMost, 4),
        new(null, null, Figure.ReadPeakMib, Bound.AtMost, 150),
    ];
}
