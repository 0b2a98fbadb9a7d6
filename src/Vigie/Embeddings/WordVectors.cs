using System.Numerics.Tensors;

namespace Vigie.Embeddings;

/// <summary>Words with a vector each. Immutable and safe for any number of threads.</summary>
public sealed class WordVectors
{
    private readonly Dictionary<string, int> indices;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup;

    /// <summary>Takes words and their vectors.</summary>
    /// <param name="words">Distinct words, by convention the most frequent first.</param>
    /// <param name="values">words × <paramref name="dimension"/>, row by row; kept, not copied.</param>
    /// <param name="dimension">Length of each vector, 1 or more.</param>
    /// <param name="counts">How often each word occurred in the text that the vectors were learnt from, where that is known.</param>
    /// <exception cref="InvalidInputException">A word stands there twice, or the numbers do not fill the rows.</exception>
    public WordVectors(IReadOnlyList<string> words, float[] values, int dimension, IReadOnlyList<long>? counts = null)
    {
        if (dimension < 1 || (long)words.Count * dimension != values.Length)
            throw new InvalidInputException($"{values.Length} numbers for {words.Count} words of dimension {dimension}");
        if (counts is not null && counts.Count != words.Count) throw new InvalidInputException($"{counts.Count} counts for {words.Count} words");
        (Words, Values, Dimension, Counts) = (words, values, dimension, counts);
        indices = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int i = 0; i < words.Count; i++)
        {
            if (!indices.TryAdd(words[i], i)) throw new InvalidInputException($"the word '{words[i]}' has two vectors, number {indices[words[i]]} and number {i}");
        }
        lookup = indices.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The words, by convention the most frequent first.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>How often each word occurred in the text that the vectors were learnt from; null where that is not known.</summary>
    public IReadOnlyList<long>? Counts { get; }

    /// <summary>Number of words.</summary>
    public int Count => Words.Count;

    /// <summary>Length of each vector.</summary>
    public int Dimension { get; }

    /// <summary>All vectors, words × <see cref="Dimension"/>, row by row.</summary>
    public ReadOnlySpan<float> All => Values;

    internal float[] Values { get; }

    /// <summary>The vector of a word by its number.</summary>
    public ReadOnlySpan<float> this[int index] => Values.AsSpan(index * Dimension, Dimension);

    /// <summary>The number of a word, or -1.</summary>
    public int IndexOf(ReadOnlySpan<char> word) => lookup.TryGetValue(word, out int index) ? index : -1;

    /// <summary>Cosine of the angle between two words' vectors; 0 where one of them has no length.</summary>
    public float Similarity(int first, int second)
    {
        float cosine = TensorPrimitives.CosineSimilarity(this[first], this[second]);
        return float.IsNaN(cosine) ? 0 : cosine;
    }
}
