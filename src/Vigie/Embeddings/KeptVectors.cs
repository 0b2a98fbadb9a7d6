using System.Text.Unicode;

namespace Vigie.Embeddings;

/// <summary>The wanted words of a file and their vectors, as they come.</summary>
internal sealed class KeptVectors
{
    private readonly string path;
    private readonly WordVectorReading reading;
    private readonly List<string> words = [];
    private readonly List<long> counts = [];
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> seen = new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    private float[] values = [];
    private char[] letters = new char[256];
    private int dimension;
    private long duplicates, damaged;

    public KeptVectors(string path, WordVectorReading reading) => (this.path, this.reading) = (path, reading);

    /// <summary>Words met with, wanted or not.</summary>
    public long WordsRead { get; set; }

    /// <summary>Lines left out.</summary>
    public long Skipped { get; set; }

    public int Count => words.Count;

    /// <summary>How often each word occurred; null where the file does not say.</summary>
    public IReadOnlyList<long>? Counts => counts.Count == words.Count ? counts : null;

    /// <summary>Whether as many words are kept as were asked for.</summary>
    public bool IsFull => words.Count >= reading.MaxWords;

    /// <summary>Prepares for vectors of that length.</summary>
    /// <param name="length">Numbers in each.</param>
    /// <param name="atMost">Words that can come; room for them is made at once where all are wanted.</param>
    public void Expect(int length, long atMost)
    {
        dimension = length;
        atMost = Math.Min(atMost, reading.MaxWords ?? long.MaxValue);
        if (reading.Keep is null && atMost * length <= Array.MaxLength) values = new float[atMost * length];
    }

    /// <summary>Where the vector of a word is to be written; empty where the word is not wanted, or has its vector.</summary>
    public Span<float> Place(ReadOnlySpan<byte> word) => Wants(word, out ReadOnlySpan<char> read) ? Add(read) : default;

    /// <summary>Whether a word is wanted and has no vector yet.</summary>
    public bool Wants(ReadOnlySpan<byte> word, out ReadOnlySpan<char> read)
    {
        if (letters.Length < word.Length) letters = new char[2 * word.Length];
        Utf8.ToUtf16(word, letters, out _, out int count, replaceInvalidSequences: true);
        read = letters.AsSpan(0, count);
        if (reading.Keep is { } keep && !keep(read)) return false;
        if (seen.Contains(read))
        {
            duplicates++;
            return false;
        }

        if (read.Contains('\uFFFD') && !Utf8.IsValid(word)) damaged++;
        return true;
    }

    /// <summary>Takes a wanted word; its vector is to be written where the answer points to, and is 0 until then.</summary>
    public Span<float> Add(ReadOnlySpan<char> word, long? occurrences = null)
    {
        if (occurrences is { } known) counts.Add(known);
        string text = word.ToString();
        seen.Set.Add(text);
        int start = words.Count * dimension;
        words.Add(text);
        if (values.Length < start + dimension) Grow();
        return values.AsSpan(start, dimension);
    }

    /// <summary>The vector of the word that was kept as number <paramref name="index"/>.</summary>
    public Span<float> this[int index] => values.AsSpan(index * dimension, dimension);

    /// <summary>Takes back the last word, whose vector turned out to be malformed.</summary>
    public void RemoveLast()
    {
        seen.Set.Remove(words[^1]);
        words.RemoveAt(words.Count - 1);
    }

    /// <summary>The wanted words so far.</summary>
    /// <exception cref="InvalidInputException">There is none.</exception>
    public IReadOnlyList<string> Words()
    {
        if (words.Count == 0)
        {
            throw new InvalidInputException(WordsRead == 0
                ? $"{path}: the file holds no vectors"
                : $"{path}: none of the wanted words is among its {WordsRead} words; were they lower-cased, or cut, in another way?");
        }

        return words;
    }

    public LoadedWordVectors Loaded(WordVectorFormat format)
    {
        Words();
        if (values.Length != words.Count * dimension) Array.Resize(ref values, words.Count * dimension);
        return new LoadedWordVectors(new WordVectors(words, values, dimension, Counts), format, WordsRead, duplicates, damaged, Skipped);
    }

    private void Grow()
    {
        long wanted = Math.Max((long)values.Length * 3 / 2, 1024L * dimension), needed = (long)words.Count * dimension;
        if (needed > Array.MaxLength)
            throw new InvalidInputException($"{path}: {words.Count} vectors of {dimension} numbers are more than memory takes in one piece; keep fewer words");
        Array.Resize(ref values, (int)Math.Min(Math.Max(wanted, needed), Array.MaxLength));
    }
}
