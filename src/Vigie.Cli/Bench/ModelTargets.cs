namespace Vigie.Cli;

/// <summary>
/// The numbers to reach for word vectors, fastText, trees and networks, on the rows that <see cref="LinearTargets"/> speaks of. Source: the project's third milestone, set
/// from what gensim 4.2, fastText 0.9.2, scikit-learn 1.2, XGBoost 1.7 and PyTorch 1.13 reached on a machine of two cores.
/// </summary>
internal static class ModelTargets
{
    private static readonly IReadOnlyList<Target> All =
    [
        new("word2vec", null, Figure.WordsPerCpuSecond, Bound.AtLeast, 400_000),
        new("fasttext", null, Figure.WordsPerCpuSecond, Bound.AtLeast, 200_000),
        new("fasttext", 50_000, Figure.F1Macro, Bound.AtLeast, 0.790),
        new("fasttext", 50_000, Figure.CpuSeconds, Bound.AtMost, 1.0),
        new("fasttext", 200_000, Figure.F1Macro, Bound.AtLeast, 0.805),
        new("fasttext", 200_000, Figure.CpuSeconds, Bound.AtMost, 4),
        new("fasttext", null, Figure.F1Macro, Bound.AtLeast, 0.830),
        new("fasttext", null, Figure.CpuSeconds, Bound.AtMost, 25),
        new("tfidf-xgboost", 50_000, Figure.F1Macro, Bound.AtLeast, 0.758),
        new("tfidf-xgboost", 50_000, Figure.CpuSeconds, Bound.AtMost, 20),
        new("tfidf-rf", 50_000, Figure.F1Macro, Bound.AtLeast, 0.753),
        new("tfidf-rf", 50_000, Figure.CpuSeconds, Bound.AtMost, 55),
        new("word2vec-lstm", 50_000, Figure.F1Macro, Bound.AtLeast, 0.790),
        new("word2vec-lstm", 50_000, Figure.EpochCpuSeconds, Bound.AtMost, 14),
        new("word2vec-lstm", 50_000, Figure.PeakMib, Bound.AtMost, 700),
        new("word2vec-lstm", 200_000, Figure.F1Macro, Bound.AtLeast, 0.818),
        new("word2vec-lstm", 200_000, Figure.CpuSeconds, Bound.AtMost, 380),
        new("word2vec-lstm", 200_000, Figure.PeakMib, Bound.AtMost, 1024),
        new("best-neural", 200_000, Figure.F1Macro, Bound.AtLeast, 0.828),
        new("best-neural", null, Figure.F1Macro, Bound.AtLeast, 0.855),
        new("word2vec-lstm", null, Figure.P50Microseconds, Bound.AtMost, 300),
        new("word2vec-lstm", null, Figure.P95Microseconds, Bound.AtMost, 600),
    ];

    /// <summary>What <c>bench models</c> measures.</summary>
    public static BenchSuite Suite { get; } = new("bench models", "Word vectors, fastText, trees and networks", "-models", Peer.OfModels, All);
}
