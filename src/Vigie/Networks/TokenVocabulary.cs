using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Vigie.Text;

namespace Vigie.Networks;

/// <summary>
/// From texts to ids of embedding rows: row 0 is padding, row 1 stands for every unknown word, from row 2 on stand the words, the most frequent first, and
/// behind them, where <see cref="BigramBuckets"/> is above 0, rows that pairs of neighbouring words share by their hash. Immutable and safe for any number of
/// threads; each thread brings its own <see cref="TokenEncoder"/>.
/// </summary>
public sealed class TokenVocabulary
{
    /// <summary>The row of padding.</summary>
    public const int Padding = 0;

    /// <summary>The row of unknown words.</summary>
    public const int Unknown = 1;

    /// <summary>The row of the first word.</summary>
    public const int FirstWord = 2;

    private readonly Dictionary<string, int> rows;

    /// <summary>Takes words.</summary>
    /// <param name="text">How texts are cut into words.</param>
    /// <param name="words">Distinct words; the first has row 2.</param>
    /// <param name="maxLength">Steps that are read of a text, from 1; what comes behind is left out.</param>
    /// <param name="bigramBuckets">Rows for pairs of neighbouring words, from 0.</param>
    /// <exception cref="InvalidInputException">A word stands there twice, or a number is out of range.</exception>
    public TokenVocabulary(TextPipeline text, IReadOnlyList<string> words, int maxLength, int bigramBuckets = 0)
    {
        if (maxLength < 1) throw new InvalidInputException($"max_length {maxLength}: expected 1 or more steps");
        if (bigramBuckets < 0) throw new InvalidInputException($"bigram_buckets {bigramBuckets}: expected 0 or more");
        (Text, Words, MaxLength, BigramBuckets) = (text, words, maxLength, bigramBuckets);
        rows = new Dictionary<string, int>(words.Count, StringComparer.Ordinal);
        for (int i = 0; i < words.Count; i++)
        {
            if (!rows.TryAdd(words[i], FirstWord + i)) throw new InvalidInputException($"the word '{words[i]}' stands twice in the vocabulary");
        }
        Lookup = rows.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How texts are cut into words.</summary>
    public TextPipeline Text { get; }

    /// <summary>The words; the first has row 2.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>Steps that are read of a text.</summary>
    public int MaxLength { get; }

    /// <summary>Rows for pairs of neighbouring words; 0 where a step is its word alone.</summary>
    public int BigramBuckets { get; }

    /// <summary>Ids per step: the word, and where there are <see cref="BigramBuckets"/> its pair with the word before it.</summary>
    public int Columns => BigramBuckets > 0 ? 2 : 1;

    /// <summary>Rows of the embedding table.</summary>
    public int Rows => FirstWord + Words.Count + BigramBuckets;

    internal Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> Lookup { get; }

    /// <summary>The words of texts, the most frequent first, equally frequent ones in ordinal order.</summary>
    /// <param name="texts">Any texts.</param>
    /// <param name="text">How they are cut into words.</param>
    /// <param name="most">Words that are kept at most.</param>
    /// <param name="least">Occurrences that a kept word has at least.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public static IReadOnlyList<string> CountWords(IReadOnlyList<string> texts, TextPipeline text, int most, int least, CancellationToken cancellation = default)
    {
        var tokenizer = new Tokenizer(text);
        var buffer = new TokenBuffer();
        var name = new ArrayBufferWriter<char>(64);
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int i = 0; i < texts.Count; i++)
        {
            if ((i & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            tokenizer.Tokenize(texts[i], buffer);
            for (int t = 0; t < buffer.Count; t++) CollectionsMarshal.GetValueRefOrAddDefault(lookup, Spelling(buffer, t, name), out _)++;
        }
        return [.. counts.Where(word => word.Value >= least && IsText(word.Key)).OrderByDescending(word => word.Value).ThenBy(word => word.Key, StringComparer.Ordinal).Take(most).Select(word => word.Key)];
    }

    // Half a surrogate pair cannot be written to a file; it reaches here only where the pipeline does not normalise.
    private static bool IsText(string word) => !word.EnumerateRunes().Contains(Rune.ReplacementChar);

    /// <summary>Encodes texts.</summary>
    public EncodedTexts Encode(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        TokenEncoder encoder = NewEncoder();
        var ids = new int[Math.Max(16, checked(16 * Columns * texts.Count))];
        var starts = new int[texts.Count + 1];
        for (int i = 0; i < texts.Count; i++)
        {
            if ((i & 1023) == 0) cancellation.ThrowIfCancellationRequested();
            encoder.Encode(texts[i]);
            starts[i + 1] = checked(starts[i] + encoder.Ids.Length);
            if (starts[i + 1] > ids.Length) Array.Resize(ref ids, Math.Max(starts[i + 1], checked(ids.Length + ids.Length / 2)));
            encoder.Ids.CopyTo(ids.AsSpan(starts[i]));
        }
        Array.Resize(ref ids, starts[^1]);
        return new EncodedTexts(Columns, ids, starts);
    }

    /// <summary>An encoder for use by one thread at a time.</summary>
    public TokenEncoder NewEncoder() => new(this);

    internal static ReadOnlySpan<char> Spelling(TokenBuffer buffer, int token, ArrayBufferWriter<char> name)
    {
        ReadOnlySpan<char> chars = buffer[token];
        if (!buffer.Tokens[token].Negated && !chars.ContainsAnyInRange(Placeholder.Url, Placeholder.Number)) return chars;
        name.ResetWrittenCount();
        buffer.WriteName(token, name);
        return name.WrittenSpan;
    }
}

/// <summary>Encodes texts one after another, reusing its buffers. For one thread at a time.</summary>
public sealed class TokenEncoder
{
    private readonly TokenVocabulary vocabulary;
    private readonly Tokenizer tokenizer;
    private readonly TokenBuffer buffer = new();
    private readonly ArrayBufferWriter<char> name = new(64);
    private readonly int[] ids;
    private int length;

    internal TokenEncoder(TokenVocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        tokenizer = new Tokenizer(vocabulary.Text);
        ids = new int[checked(vocabulary.MaxLength * vocabulary.Columns)];
    }

    /// <summary>The ids of the last text, step by step; of a text without words, one step of the unknown word.</summary>
    public ReadOnlySpan<int> Ids => ids.AsSpan(0, length);

    /// <summary>The steps of the last text.</summary>
    public int Steps => length / vocabulary.Columns;

    /// <summary>Words of the last text, those left out for its length included.</summary>
    public int WordCount => buffer.Count;

    /// <summary>Those of the read words that the vocabulary lacks; of a text without words, 0.</summary>
    public int UnknownCount { get; private set; }

    /// <summary>True once a text far longer than any tweet has passed: such an encoder is not worth keeping.</summary>
    public bool IsOversized => buffer.Chars.Length > 1 << 16;

    /// <summary>Replaces <see cref="Ids"/> by those of a text. Any text is accepted.</summary>
    public void Encode(ReadOnlySpan<char> text)
    {
        tokenizer.Tokenize(text, buffer);
        (length, UnknownCount) = (0, 0);
        int steps = Math.Min(buffer.Count, vocabulary.MaxLength), before = TokenVocabulary.Padding;
        for (int t = 0; t < steps; t++)
        {
            bool known = vocabulary.Lookup.TryGetValue(TokenVocabulary.Spelling(buffer, t, name), out int row);
            if (!known) UnknownCount++;
            before = Add(known ? row : TokenVocabulary.Unknown, before);
        }
        if (steps == 0) Add(TokenVocabulary.Unknown, before);
    }

    private int Add(int row, int before)
    {
        ids[length++] = row;
        if (vocabulary.BigramBuckets > 0)
        {
            ulong pair = (ulong)before << 32 | (uint)row;
            ulong bucket = Math.BigMul(Xoshiro256.SplitMix64(ref pair), (ulong)vocabulary.BigramBuckets, out _);
            ids[length++] = TokenVocabulary.FirstWord + vocabulary.Words.Count + (int)bucket;
        }
        return row;
    }
}
