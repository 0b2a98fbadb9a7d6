using System.Text;

namespace Vigie.Embeddings;

/// <summary>
/// The character n-grams of a word, each hashed to one of a fixed number of buckets: P. Bojanowski, E. Grave, A. Joulin and T. Mikolov, 'Enriching word
/// vectors with subword information', TACL 5, 2017. N-grams and buckets are those of the fastText program, so that its files can be read.
/// </summary>
/// <param name="MinN">Fewest characters of an n-gram; from 1. <c>where</c> is cut as <c>&lt;where&gt;</c>, so its 3-grams are <c>&lt;wh</c>, <c>whe</c>, <c>her</c>, <c>ere</c>, <c>re&gt;</c>.</param>
/// <param name="MaxN">Most characters of an n-gram; 0 for words without n-grams.</param>
/// <param name="Bucket">Number of buckets; from 1 where there are n-grams.</param>
public sealed record Subwords(int MinN = 3, int MaxN = 6, int Bucket = 2_000_000)
{
    // fastText's name for the end of a line. It is a word of its files, and the only one that has no n-grams.
    private const string EndOfSentence = "</s>";

    /// <summary>Words are wholes: there are no n-grams.</summary>
    public static Subwords None { get; } = new(0, 0, 0);

    /// <summary>True where words have n-grams.</summary>
    public bool Any => MaxN > 0;

    /// <summary>Adds the bucket of each n-gram of a word, in fastText's order; a bucket that two n-grams share is added twice.</summary>
    /// <param name="word">Any word. A lone surrogate counts as U+FFFD.</param>
    /// <param name="buckets">Receives numbers from 0 to <see cref="Bucket"/> - 1.</param>
    public void AddBuckets(ReadOnlySpan<char> word, List<int> buckets)
    {
        if (!Any || word.SequenceEqual(EndOfSentence)) return;
        int most = Encoding.UTF8.GetMaxByteCount(word.Length) + 2;
        Span<byte> bytes = most <= 512 ? stackalloc byte[most] : new byte[most];
        int length = Encoding.UTF8.GetBytes(word, bytes[1..]) + 2;
        (bytes[0], bytes[length - 1]) = ((byte)'<', (byte)'>');
        bytes = bytes[..length];
        for (int start = 0; start < length; start++)
        {
            if (!StartsCharacter(bytes[start])) continue;
            uint hash = 2166136261;
            int end = start;
            for (int n = 1; n <= MaxN && end < length; n++)
            {
                do hash = Mix(hash, bytes[end++]);
                while (end < length && !StartsCharacter(bytes[end]));
                // The brackets alone say nothing: they stand in every word.
                bool bracket = n == 1 && (start == 0 || end == length);
                if (n >= MinN && !bracket) buckets.Add((int)(hash % (uint)Bucket));
            }
        }
    }

    internal Subwords Validated()
    {
        if (MaxN < 0) throw new InvalidInputException($"max_n {MaxN}: expected 0 for no n-grams, or the most characters of one");
        if (!Any) return None;
        if (MinN < 1 || MinN > MaxN) throw new InvalidInputException($"min_n {MinN}: expected 1 to max_n, which is {MaxN}");
        if (Bucket < 1) throw new InvalidInputException($"bucket {Bucket}: expected 1 or more buckets for the n-grams");
        return this;
    }

    // FNV-1a over signed bytes, as fastText has it: a byte above 127 flips the upper bits too.
    private static uint Mix(uint hash, byte value) => (hash ^ (uint)(sbyte)value) * 16777619;

    private static bool StartsCharacter(byte value) => (value & 0xC0) != 0x80;
}
