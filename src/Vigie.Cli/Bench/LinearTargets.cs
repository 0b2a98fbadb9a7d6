namespace Vigie.Cli;

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

    /// <summary>What <c>bench linear</c> measures.</summary>
    public static BenchSuite Suite { get; } = new("bench linear", "Linear models", "", Peer.OfLinear, All);
}
