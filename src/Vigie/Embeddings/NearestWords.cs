using System.Collections.Concurrent;
using System.Numerics.Tensors;

namespace Vigie.Embeddings;

/// <summary>A word and how near it is.</summary>
/// <param name="Word">The word.</param>
/// <param name="Index">Its number among the vectors.</param>
/// <param name="Similarity">Cosine of the angle to what was asked for, in [-1, 1].</param>
public readonly record struct NearWord(string Word, int Index, float Similarity);

/// <summary>Finds the words whose vectors point most nearly the same way. Exact: every word is looked at. Safe for any number of threads.</summary>
public sealed class NearestWords
{
    private const int NumbersPerTask = 1 << 20; // about half a millisecond of work

    private readonly WordVectors vectors;
    private readonly float[] inverseNorms;

    /// <summary>Prepares the search: measures the length of each vector, and copies none.</summary>
    public NearestWords(WordVectors vectors)
    {
        this.vectors = vectors;
        inverseNorms = new float[vectors.Count];
        for (int word = 0; word < inverseNorms.Length; word++) inverseNorms[word] = InverseNorm(vectors[word]);
    }

    /// <summary>The words nearest to a word, the word itself left out; nearest first, of equally near ones the first in the file first.</summary>
    /// <param name="word">A word that has a vector.</param>
    /// <param name="count">How many, 1 or more; fewer where there are not so many.</param>
    /// <exception cref="InvalidInputException">The word has no vector, or <paramref name="count"/> is below 1.</exception>
    public IReadOnlyList<NearWord> To(string word, int count = 10)
    {
        int index = IndexOf(word);
        return To(vectors[index], count, [index]);
    }

    /// <summary>The words nearest to a vector.</summary>
    /// <param name="vector">As long as the words' vectors, of any length but 0 as an arrow.</param>
    /// <param name="count">How many, 1 or more; fewer where there are not so many.</param>
    /// <param name="except">Numbers of words to leave out.</param>
    /// <exception cref="InvalidInputException">The vector does not fit, or is zero; <paramref name="count"/> is below 1.</exception>
    public IReadOnlyList<NearWord> To(ReadOnlySpan<float> vector, int count = 10, IReadOnlyCollection<int>? except = null)
    {
        if (vector.Length != vectors.Dimension) throw new InvalidInputException($"a vector of {vectors.Dimension} numbers is wanted, got {vector.Length}");
        if (count < 1) throw new InvalidInputException($"{count} nearest words were asked for; it takes at least 1");
        float inverse = InverseNorm(vector);
        if (inverse == 0) throw new InvalidInputException("a vector of zeros points nowhere: nothing is near to it");
        var wanted = new float[vector.Length];
        TensorPrimitives.Multiply(vector, inverse, wanted);

        int rows = Math.Max(1, NumbersPerTask / vectors.Dimension);
        if (vectors.Count <= rows) return Ranked(Search(wanted, 0, vectors.Count, count, except));
        var parts = new ConcurrentBag<PriorityQueue<int, (float, int)>>();
        Parallel.ForEach(Partitioner.Create(0, vectors.Count, rows), range => parts.Add(Search(wanted, range.Item1, range.Item2, count, except)));
        PriorityQueue<int, (float, int)> all = parts.First();
        foreach (PriorityQueue<int, (float, int)> part in parts.Skip(1)) all.EnqueueRange(part.UnorderedItems);
        while (all.Count > count) all.Dequeue();
        return Ranked(all);
    }

    /// <summary>
    /// What is to <paramref name="plus"/> as nothing is to <paramref name="minus"/>: the words nearest to the sum of the one side's directions less the other's, such as
    /// king + woman - man. 3CosAdd of T. Mikolov, W. Yih and G. Zweig, 'Linguistic regularities in continuous space word representations', NAACL 2013.
    /// </summary>
    /// <param name="plus">Words to add, left out of the answer.</param>
    /// <param name="minus">Words to take away, left out of the answer.</param>
    /// <param name="count">How many, 1 or more.</param>
    /// <exception cref="InvalidInputException">A word has no vector, no word is given, or they cancel out.</exception>
    public IReadOnlyList<NearWord> Analogy(IReadOnlyCollection<string> plus, IReadOnlyCollection<string> minus, int count = 10)
    {
        if (plus.Count + minus.Count == 0) throw new InvalidInputException("an analogy takes at least one word");
        var sum = new float[vectors.Dimension];
        int[] added = [.. plus.Select(IndexOf)], taken = [.. minus.Select(IndexOf)];
        foreach (int word in added) TensorPrimitives.MultiplyAdd(vectors[word], inverseNorms[word], sum, sum);
        foreach (int word in taken) TensorPrimitives.MultiplyAdd(vectors[word], -inverseNorms[word], sum, sum);
        return To(sum, count, [.. added, .. taken]);
    }

    private int IndexOf(string word)
    {
        int index = vectors.IndexOf(word);
        if (index >= 0) return index;
        string lower = word.ToLowerInvariant();
        string meant = lower != word && vectors.IndexOf(lower) >= 0 ? $"; '{lower}' has one" : "";
        throw new InvalidInputException($"the word '{word}' has no vector among {vectors.Count}{meant}");
    }

    // The queue gives up the least near first; of equally near ones, the later.
    private PriorityQueue<int, (float, int)> Search(ReadOnlySpan<float> wanted, int from, int to, int count, IReadOnlyCollection<int>? except)
    {
        var best = new PriorityQueue<int, (float, int)>();
        float least = float.NegativeInfinity;
        for (int word = from; word < to; word++)
        {
            float near = TensorPrimitives.Dot(wanted, vectors[word]) * inverseNorms[word];
            if (near <= least || except?.Contains(word) == true) continue;
            best.Enqueue(word, (near, -word));
            if (best.Count <= count) continue;
            best.Dequeue();
            best.TryPeek(out _, out (float Near, int) last);
            least = last.Near; // later words have to be nearer, not just as near
        }

        return best;
    }

    private NearWord[] Ranked(PriorityQueue<int, (float Near, int)> best)
    {
        var ranked = new NearWord[best.Count];
        for (int place = ranked.Length - 1; best.TryDequeue(out int word, out (float Near, int) key); place--)
            ranked[place] = new NearWord(vectors.Words[word], word, Math.Clamp(key.Near, -1, 1));
        return ranked;
    }

    private static float InverseNorm(ReadOnlySpan<float> vector)
    {
        float norm = TensorPrimitives.Norm(vector);
        return norm > 0 ? 1 / norm : 0;
    }
}
