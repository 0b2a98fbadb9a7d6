using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vigie.Embeddings;

/// <summary>Which rows of the input matrix make up each word: its own and, with subwords, those of its n-grams' buckets.</summary>
internal sealed class InputRows
{
    private readonly int[] starts;
    private readonly int[] rows;

    private InputRows(int[] starts, int[] rows, int count) => (this.starts, this.rows, Count) = (starts, rows, count);

    /// <summary>Number of rows of the matrix.</summary>
    public int Count { get; }

    /// <summary>Row i for word i.</summary>
    public static InputRows OneEach(int words) => new([.. Enumerable.Range(0, words + 1)], [.. Enumerable.Range(0, words)], words);

    /// <summary>Row i for word i, and behind the words' rows one for each bucket that is used, the most frequent words' first: what is often read lies together.</summary>
    /// <param name="words">The words, the most frequent first.</param>
    /// <param name="subwords">Their n-grams.</param>
    /// <param name="bucketRows">For each bucket the number of its row, or -1.</param>
    public static InputRows WithSubwords(IReadOnlyList<string> words, Subwords subwords, out int[] bucketRows)
    {
        bucketRows = new int[subwords.Bucket];
        Array.Fill(bucketRows, -1);
        int used = words.Count;
        var starts = new int[words.Count + 1];
        var rows = new List<int>();
        var buckets = new List<int>();
        for (int word = 0; word < words.Count; word++)
        {
            rows.Add(word);
            buckets.Clear();
            subwords.AddBuckets(words[word], buckets);
            foreach (int bucket in buckets)
            {
                if (bucketRows[bucket] < 0) bucketRows[bucket] = used++;
                rows.Add(bucketRows[bucket]);
            }
            starts[word + 1] = rows.Count;
        }
        return new InputRows(starts, [.. rows], used);
    }

    /// <summary>The rows of a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> Of(int word)
    {
        int start = starts[word];
        return MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(rows), start), starts[word + 1] - start);
    }
}
