using System.Numerics.Tensors;

namespace Vigie.Embeddings;

/// <summary>
/// Vectors of words and of their character n-grams: any word has a vector, whether or not it was learnt. The vector of a learnt word is the mean of its own row and
/// the rows of its n-grams; that of another word is the mean of its n-grams' rows. Immutable and safe for any number of threads.
/// </summary>
public sealed class SubwordVectors
{
    private readonly float[] rows;
    private readonly int[]? bucketRows;
    private readonly float[] nothing;
    private readonly int firstBucketRow;

    /// <summary>Takes the rows of words and of all buckets: fastText's input matrix.</summary>
    /// <param name="words">Distinct words, by convention the most frequent first.</param>
    /// <param name="rows">(words + buckets) × <paramref name="dimension"/>: first a row for each word, then one for each bucket; kept, not copied.</param>
    /// <param name="dimension">Length of each vector, 1 or more.</param>
    /// <param name="subwords">Which n-grams there are.</param>
    /// <param name="counts">How often each word occurred in the text that the vectors were learnt from, where that is known.</param>
    /// <exception cref="InvalidInputException">A word stands there twice, a setting is out of range, or the numbers do not fill the rows.</exception>
    public SubwordVectors(IReadOnlyList<string> words, float[] rows, int dimension, Subwords subwords, IReadOnlyList<long>? counts = null)
        : this(subwords.Validated(), words, rows, dimension, null, counts) { }

    /// <summary>Takes the rows of words and of some buckets only; the others' rows are zero.</summary>
    /// <param name="words">Distinct words, by convention the most frequent first.</param>
    /// <param name="rows">A row for each word, then one for each bucket that has one, row by row; kept, not copied.</param>
    /// <param name="dimension">Length of each vector, 1 or more.</param>
    /// <param name="subwords">Which n-grams there are.</param>
    /// <param name="bucketRows">For each bucket the number of its row, which is the number of words or more, or -1 where it has none; kept, not copied.</param>
    /// <param name="counts">How often each word occurred in the text that the vectors were learnt from, where that is known.</param>
    /// <exception cref="InvalidInputException">A word stands there twice, a setting is out of range, or the numbers do not fill the rows.</exception>
    public SubwordVectors(IReadOnlyList<string> words, float[] rows, int dimension, Subwords subwords, int[] bucketRows, IReadOnlyList<long>? counts = null)
        : this(subwords.Validated(), words, rows, dimension, bucketRows, counts) { }

    private SubwordVectors(Subwords subwords, IReadOnlyList<string> words, float[] rows, int dimension, int[]? bucketRows, IReadOnlyList<long>? counts)
    {
        int count = dimension < 1 ? 0 : rows.Length / dimension;
        int buckets = bucketRows is null ? subwords.Bucket : count - words.Count;
        if (dimension < 1 || buckets < 0 || ((long)words.Count + buckets) * dimension != rows.Length)
            throw new InvalidInputException($"{rows.Length} numbers for {words.Count} words and {Math.Max(0, buckets)} buckets of dimension {dimension}");
        if (bucketRows is not null && bucketRows.Length != subwords.Bucket) throw new InvalidInputException($"rows for {bucketRows.Length} buckets, where there are {subwords.Bucket}");
        if (bucketRows is not null && Array.FindIndex(bucketRows, row => row >= count || row >= 0 && row < words.Count) is >= 0 and int wrong)
            throw new InvalidInputException($"bucket {wrong} has row {bucketRows[wrong]}, expected -1 or a number from {words.Count} to {count - 1}");
        (Subwords, this.rows, this.bucketRows, nothing) = (subwords, rows, bucketRows, new float[dimension]);
        firstBucketRow = words.Count;
        var means = new float[words.Count * dimension];
        Parallel.For(0, words.Count, () => new List<int>(), (word, _, found) =>
        {
            Mean(words[word], word, means.AsSpan(word * dimension, dimension), found);
            return found;
        }, _ => { });
        Words = new WordVectors(words, means, dimension, counts);
    }

    /// <summary>The learnt words, each with the mean of its own row and those of its n-grams: what fastText's .vec files hold.</summary>
    public WordVectors Words { get; }

    /// <summary>Which n-grams there are.</summary>
    public Subwords Subwords { get; }

    /// <summary>Length of each vector.</summary>
    public int Dimension => nothing.Length;

    /// <summary>The own row of a learnt word, without its n-grams.</summary>
    public ReadOnlySpan<float> WordRow(int word) => rows.AsSpan(word * nothing.Length, nothing.Length);

    /// <summary>The row of a bucket of n-grams; zeros where none of its n-grams was ever seen.</summary>
    public ReadOnlySpan<float> BucketRow(int bucket)
    {
        int row = bucketRows is null ? firstBucketRow + bucket : bucketRows[bucket];
        return row < 0 ? nothing : rows.AsSpan(row * nothing.Length, nothing.Length);
    }

    /// <summary>The vector of any word.</summary>
    /// <param name="word">A word, learnt or not.</param>
    /// <param name="vector">Receives <see cref="Dimension"/> numbers; zeros where the answer is false.</param>
    /// <returns>False where the word was not learnt and nothing is known of any of its n-grams either.</returns>
    public bool TryGetVector(ReadOnlySpan<char> word, Span<float> vector)
    {
        int known = Words.IndexOf(word);
        if (known < 0) return Mean(word, -1, vector, []);
        Words[known].CopyTo(vector);
        return true;
    }

    // The mean divides by the number of all n-grams, unseen ones included, as fastText does.
    private bool Mean(ReadOnlySpan<char> word, int index, Span<float> vector, List<int> buckets)
    {
        buckets.Clear();
        Subwords.AddBuckets(word, buckets);
        vector.Clear();
        if (index >= 0) TensorPrimitives.Add(vector, WordRow(index), vector);
        foreach (int bucket in buckets) TensorPrimitives.Add(vector, BucketRow(bucket), vector);
        int count = buckets.Count + (index < 0 ? 0 : 1);
        if (count > 0) TensorPrimitives.Multiply(vector, 1f / count, vector);
        return vector.ContainsAnyExcept(0f);
    }
}
