using System.Collections.Frozen;

namespace Vigie.Text;

/// <summary>
/// Maps an English word to its base form by lists of irregular forms and rules of spelling, without looking at its sentence.
/// The plan is that of WordNet's Morphy (G. A. Miller et al., <i>Introduction to WordNet</i>, 1990): exceptions first, then detachment of an
/// ending, with a list of known words to decide; what no list knows follows the spelling rules of G. Minnen, J. Carroll and D. Pearce,
/// <i>Applied morphological processing of English</i>, Natural Language Engineering 7(3), 2001.
/// </summary>
/// <remarks>
/// Without a tagger, a word that could be several is a verb before it is a noun before it is an adjective: <c>meeting</c> → <c>meet</c>,
/// <c>leaves</c> → <c>leave</c>, <c>cleaner</c> → <c>clean</c>. Words whose noun lives on its own stay: <c>wedding</c>, <c>news</c>, <c>morning</c>.
/// Adverbs in -ly stay. A whole contraction (<c>don't</c>) stays; a clitic becomes its word (<c>n't</c> → <c>not</c>), and <c>'s</c> falls off the end of a word.
/// </remarks>
public static class EnglishLemmatizer
{
    /// <summary>How many characters the buffer must offer beyond the word: <c>lit</c> → <c>light</c> needs two.</summary>
    public const int Spare = 2;

    private static readonly FrozenDictionary<string, string> Irregular = ReadIrregular();
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> IrregularLookup = Irregular.GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Verbs = WordFile.Words("english-verbs")
        .Concat(WordFile.Lines("english-irregular-verbs").Select(line => line[0])).ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Adjectives =
        WordFile.Words("english-adjectives").ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Every irregular form and its base form; words that only look inflected stand for themselves.</summary>
    public static IReadOnlyDictionary<string, string> Exceptions => Irregular;

    /// <summary>Replaces the word in <c>buffer[..length]</c> by its lemma and returns the lemma's length. Allocates nothing.</summary>
    /// <param name="buffer">Holds the word in lower case with <c>'</c> (U+0027) as apostrophe, and <see cref="Spare"/> characters more.</param>
    /// <param name="length">Length of the word, from 0 to <c>buffer.Length</c>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative or beyond the buffer.</exception>
    /// <exception cref="ArgumentException">The lemma is longer than the buffer.</exception>
    public static int Lemmatize(Span<char> buffer, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)buffer.Length, nameof(length));
        // Clitics come off in a loop: a text may hold any number of them, a stack may not.
        ReadOnlySpan<char> word;
        while (true)
        {
            if (length < 2) return length;
            word = buffer[..length];
            if (IrregularLookup.TryGetValue(word, out string? lemma))
            {
                lemma.CopyTo(buffer);
                return lemma.Length;
            }

            if (word is [_, .., '\'', 's']) length -= 2;
            else if (word is [.., 's', '\'']) length--;
            else break;
        }

        return (word[^2], word[^1]) switch
        {
            (not '\'', 's') => WithoutS(buffer, length),
            ('e', 'd') => WithoutEd(buffer, length),
            ('n', 'g') when word.EndsWith("ing") => EnglishVerbSpelling.Restore(buffer, length - 3, length, Verbs),
            ('e', 'r') => WithoutComparison(buffer, length, 2),
            ('s', 't') when word.EndsWith("est") => WithoutComparison(buffer, length, 3),
            _ => length,
        };
    }

    private static int WithoutS(Span<char> buffer, int length)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (word[^2] is 's' or 'u' or 'i') return Verbs.Contains(word[..^1]) ? length - 1 : length;
        if (length <= 3) return length == 3 && EnglishVerbSpelling.IsVowel(word[0]) ? length - 1 : length;
        if (word.EndsWith("ies") && length > 4)
        {
            buffer[length - 3] = 'y';
            return length - 2;
        }

        bool es = word.EndsWith("oes") && length > 4 || word.EndsWith("xes") || word.EndsWith("ches") || word.EndsWith("shes")
            || word.EndsWith("sses") || word.EndsWith("zzes");
        length -= es ? 2 : 1;
        // A plural of a gerund follows the gerund: feelings → feeling → feel, but weddings → wedding.
        return word[..length].EndsWith("ing") ? Lemmatize(buffer, length) : length;
    }

    private static int WithoutEd(Span<char> buffer, int length)
    {
        ReadOnlySpan<char> word = buffer[..length];
        if (word.EndsWith("eed")) return Verbs.Contains(word[..^1]) ? length - 1 : length;
        if (!word.EndsWith("ied") || length <= 4) return EnglishVerbSpelling.Restore(buffer, length - 2, length, Verbs);
        buffer[length - 3] = 'y';
        return length - 2;
    }

    /// <summary>-er and -est come off a known adjective only: nicer, faster, bigger, happier.</summary>
    private static int WithoutComparison(Span<char> buffer, int length, int ending)
    {
        int stem = length - ending;
        if (stem < 2) return length;
        ReadOnlySpan<char> word = buffer[..length];
        if (Adjectives.Contains(word[..(stem + 1)])) return stem + 1;
        if (Adjectives.Contains(word[..stem])) return stem;
        if (word[stem - 1] == word[stem - 2] && Adjectives.Contains(word[..(stem - 1)])) return stem - 1;
        if (word[stem - 1] != 'i') return length;
        buffer[stem - 1] = 'y';
        if (Adjectives.Contains(word[..stem])) return stem;
        buffer[stem - 1] = 'i';
        return length;
    }

    private static FrozenDictionary<string, string> ReadIrregular()
    {
        var lemmas = WordFile.Words("english-unchanged").Distinct().ToDictionary(word => word, StringComparer.Ordinal);
        foreach (string[] line in WordFile.Lines("english-irregular-others").Concat(WordFile.Lines("english-irregular-verbs")))
            foreach (string form in line.AsSpan(1)) lemmas[form] = line[0];
        return lemmas.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
