using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Embeddings;

/// <summary>
/// BERT's tokenizer: a text is cleaned, cut at blanks and punctuation, and each word is cut into the longest pieces that the vocabulary has. J. Devlin and others,
/// 'BERT', NAACL 2019; Y. Wu and others, 2016, for the pieces. Immutable and safe for any number of threads.
/// </summary>
public sealed class WordPieceTokenizer
{
    private const int LongestWord = 100; // characters; more are the unknown token, as in BERT

    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> starts, continuations;
    private readonly bool lowercase;
    private readonly int unknown;

    /// <summary>Takes a vocabulary.</summary>
    /// <param name="vocabulary">The tokens by number; pieces inside a word begin with <c>##</c>. [UNK], [CLS], [SEP] and [PAD] must be among them.</param>
    /// <param name="lowercase">For "uncased" models: upper case and accents fall away.</param>
    /// <exception cref="InvalidInputException">One of the four tokens is missing, or a token stands there twice.</exception>
    public WordPieceTokenizer(IReadOnlyList<string> vocabulary, bool lowercase = true)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        var inner = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < vocabulary.Count; id++)
        {
            bool continues = vocabulary[id].StartsWith("##", StringComparison.Ordinal) && vocabulary[id].Length > 2;
            if (!(continues ? inner : first).TryAdd(continues ? vocabulary[id][2..] : vocabulary[id], id)) throw new InvalidInputException($"the vocabulary has {FieldText.Quote(vocabulary[id])} twice; the second time as token {id}");
        }

        (starts, continuations) = (first.GetAlternateLookup<ReadOnlySpan<char>>(), inner.GetAlternateLookup<ReadOnlySpan<char>>());
        (this.lowercase, Count) = (lowercase, vocabulary.Count);
        (unknown, Start, End, Padding) = (Special("[UNK]"), Special("[CLS]"), Special("[SEP]"), Special("[PAD]"));

        int Special(string token) => first.TryGetValue(token, out int id) ? id : throw new InvalidInputException($"the vocabulary of {vocabulary.Count} tokens has no {token}: it is none of BERT's");
    }

    /// <summary>Number of tokens that there are.</summary>
    public int Count { get; }

    /// <summary>[CLS], which every text begins with.</summary>
    public int Start { get; }

    /// <summary>[SEP], which every text ends with.</summary>
    public int End { get; }

    /// <summary>[PAD], which fills up shorter texts of a batch.</summary>
    public int Padding { get; }

    /// <summary>Reads <c>vocab.txt</c>: one token a line.</summary>
    /// <exception cref="InvalidInputException">The file cannot be read or is no such vocabulary.</exception>
    public static WordPieceTokenizer Read(string path, bool lowercase = true)
    {
        try
        {
            return new WordPieceTokenizer([.. TextLines.Read(path)], lowercase);
        }
        catch (InvalidInputException problem) when (!problem.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidInputException($"{path}: {problem.Message}", problem);
        }
    }

    /// <summary>The tokens of a text between <see cref="Start"/> and <see cref="End"/>.</summary>
    /// <param name="text">Any text; names of special tokens in it are plain text.</param>
    /// <param name="most">Longest result, 2 or more; a longer text is cut off.</param>
    public int[] Encode(string text, int most = 512)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 2);
        var ids = new List<int> { Start };
        ReadOnlySpan<char> clean = Clean(text);
        for (int at = 0; at < clean.Length && ids.Count < most - 1;)
        {
            int length = WordLength(clean[at..]);
            if (length > 0) AddPieces(clean.Slice(at, length), ids);
            at += Math.Max(1, length);
        }

        if (ids.Count > most - 1) ids.RemoveRange(most - 1, ids.Count - most + 1);
        ids.Add(End);
        return [.. ids];
    }

    // One space for any white space; no control characters; Chinese characters are words; upper case and accents as the model has them.
    private string Clean(string text)
    {
        var clean = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes()) // half a surrogate pair comes as U+FFFD
        {
            if (IsBlank(rune)) clean.Append(' ');
            else if (rune.Value is 0 or 0xFFFD || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse) continue;
            else if (IsChinese(rune.Value)) clean.Append(' ').Append(rune.ToString()).Append(' ');
            else clean.Append(rune.ToString());
        }

        if (!lowercase) return clean.ToString();
        string decomposed = clean.ToString().Normalize(NormalizationForm.FormD);
        clean.Clear();
        foreach (Rune rune in decomposed.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark) clean.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return clean.ToString();
    }

    // Up to the next blank or punctuation mark; a mark is a word of its own; 0 at a blank.
    private static int WordLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune)) break;
            bool mark = IsPunctuation(rune);
            if (mark && length > 0) break;
            length += rune.Utf16SequenceLength;
            if (mark) break;
        }

        return length;
    }

    private void AddPieces(ReadOnlySpan<char> word, List<int> ids)
    {
        int before = ids.Count, letters = 0;
        foreach (Rune _ in word.EnumerateRunes()) letters++;
        for (int at = 0; at < word.Length && letters <= LongestWord;)
        {
            int length = word.Length - at, id;
            while (!(at == 0 ? starts : continuations).TryGetValue(word.Slice(at, length), out id))
            {
                do length--;
                while (length > 0 && char.IsLowSurrogate(word[at + length])); // never between the halves of a character
                if (length == 0) break;
            }

            if (length == 0)
            {
                ids.RemoveRange(before, ids.Count - before);
                break;
            }

            ids.Add(id);
            at += length;
        }

        if (ids.Count == before) ids.Add(unknown);
    }

    private static bool IsBlank(Rune rune) => rune.Value is '\t' or '\n' or '\r' || Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;

    // All ASCII signs that are no letters, digits or blanks count, '$' and '^' too.
    private static bool IsPunctuation(Rune rune) =>
        rune.IsAscii ? rune.Value > ' ' && !Rune.IsLetterOrDigit(rune) && rune.Value != 0x7F : Rune.IsPunctuation(rune);

    private static bool IsChinese(int code) => code is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F
        or >= 0x2B740 and <= 0x2B81F or >= 0x2B820 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
