using Vigie.Networks;
using Vigie.Text;

namespace Vigie.Tests.Networks;

/// <summary>Networks of every kind and pooling, with weights drawn by seed.</summary>
internal static class SmallNetworks
{
    public static readonly string[] Words = ["thank", "you", "so", "much", "best", "crew", "ever", "lost", "my", "bag", "again", "never", "late", "<user>", "!", ":)", "not"];

    public static IReadOnlyList<NetworkShape> Shapes { get; } =
    [
        Shape(NetworkKind.Dense, Pooling.Mean) with { Layers = 3 },
        Shape(NetworkKind.Dense, Pooling.Max | Pooling.Mean),
        Shape(NetworkKind.Dense, Pooling.Attention) with { Scores = 3 },
        Shape(NetworkKind.Lstm, Pooling.Last),
        Shape(NetworkKind.Lstm, Pooling.Last | Pooling.Max) with { Layers = 2 },
        Shape(NetworkKind.Lstm, Pooling.Mean) with { Scores = 3 },
        Shape(NetworkKind.Bilstm, Pooling.Last) with { Layers = 2 },
        Shape(NetworkKind.Bilstm, Pooling.Max),
        Shape(NetworkKind.Bilstm, Pooling.Last | Pooling.Max | Pooling.Mean | Pooling.Attention) with { Scores = 3, Layers = 2 },
        Shape(NetworkKind.Cnn, Pooling.Max),
        Shape(NetworkKind.Cnn, Pooling.Max | Pooling.Mean | Pooling.Attention) with { Kernels = [1, 5], Scores = 3 },
    ];

    public static TokenVocabulary Vocabulary(int bigramBuckets = 0, int maxLength = 40) => new(new TextPipeline { NegationScope = 0 }, Words, maxLength, bigramBuckets);

    /// <summary>Weights between -0.5 and 0.5, padding zero.</summary>
    public static NetworkWeights Draw(NetworkShape shape, int rows, ulong seed = 3)
    {
        var random = new Xoshiro256(seed);
        return new NetworkWeights(shape, rows, NetworkWeights.Layout(shape, rows).Select(array =>
        {
            float[] values = [.. Enumerable.Range(0, array.Shape.Aggregate(1, (a, b) => a * b)).Select(_ => (float)(random.NextDouble() - 0.5))];
            if (array.Name == "embedding") values.AsSpan(0, shape.Dimension).Clear();
            return new NetworkArray(array.Name, array.Shape, values);
        }));
    }

    /// <summary>Texts of known and unknown words, of 1 to <paramref name="longest"/> of them.</summary>
    public static string[] Texts(int count, int longest = 12, ulong seed = 5)
    {
        var random = new Xoshiro256(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Join(' ', Enumerable.Range(0, 1 + random.Next(longest)).Select(_ => random.Chance(0.1) ? "zzz" : Words[random.Next(Words.Length)])))];
    }

    private static NetworkShape Shape(NetworkKind kind, Pooling pooling) => new() { Kind = kind, Dimension = 10, Units = 12, Layers = 1, Pooling = pooling };
}
