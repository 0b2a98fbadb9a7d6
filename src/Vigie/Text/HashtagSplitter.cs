using System.Globalization;

namespace Vigie.Text;

/// <summary>
/// Cuts a hashtag into its words: <c>LostLuggageAgain</c> → lost luggage again, <c>worstairlineever</c> → worst airline ever.
/// Capitals, digits and underscores cut first; what is still no word is cut where the product of unigram probabilities is greatest
/// (Viterbi's algorithm; P. Norvig, <i>Natural Language Corpus Data</i>, in Beautiful Data, O'Reilly 2009).
/// </summary>
/// <remarks>
/// A word's probability comes from its place in the word list by Zipf's law; a word that no list knows pays for each of its letters, so that
/// a name stays whole. Digits, and letters beyond the lists, are kept.
/// </remarks>
public sealed class HashtagSplitter
{
    private const int LongestRun = 256;

    private static readonly Lazy<HashtagWords> EnglishFirst = new(() => HashtagWords.Of(HashtagWords.English, HashtagWords.French, inflected: true));
    private static readonly Lazy<HashtagWords> FrenchFirst = new(() => HashtagWords.Of(HashtagWords.French, HashtagWords.English, inflected: false));
    private static readonly Lazy<HashtagSplitter> LazyEnglish = new(() => new(HashtagWords.Of(HashtagWords.English, [], inflected: true)));
    private static readonly Lazy<HashtagSplitter> LazyFrench = new(() => new(FrenchFirst.Value));
    private static readonly Lazy<HashtagSplitter> LazyBoth = new(() => new(EnglishFirst.Value, FrenchFirst.Value));

    private readonly HashtagWords[] readings;

    private HashtagSplitter(params HashtagWords[] readings) => this.readings = readings;

    /// <summary>English words.</summary>
    public static HashtagSplitter English => LazyEnglish.Value;

    /// <summary>French words, and English ones as the second choice, because French hashtags use both.</summary>
    public static HashtagSplitter French => LazyFrench.Value;

    /// <summary>
    /// For tweets of either language: each run of letters is read as English with some French and as French with some English, and cut by
    /// the reading that makes it more probable.
    /// </summary>
    public static HashtagSplitter Both => LazyBoth.Value;

    /// <summary>Writes the place of each word into <paramref name="pieces"/> and returns their number. Allocates nothing.</summary>
    /// <param name="hashtag">With or without its #, in the case it was written in: capitals say where words begin.</param>
    /// <param name="pieces">Takes the words' places in order; as many as <paramref name="hashtag"/> has characters is always enough.</param>
    /// <exception cref="ArgumentException"><paramref name="pieces"/> is too short.</exception>
    public int Split(ReadOnlySpan<char> hashtag, Span<Range> pieces)
    {
        int count = 0;
        for (int start = 0; start < hashtag.Length;)
        {
            if (!char.IsDigit(hashtag[start]) && !IsLetter(hashtag[start]))
            {
                start++;
                continue;
            }

            int end = start + 1;
            bool digits = char.IsDigit(hashtag[start]);
            while (end < hashtag.Length && (digits ? IsDigitOrItsMark(hashtag[end]) : IsLetter(hashtag[end]))) end++;
            if (digits) Add(start..end, pieces, ref count);
            else SplitLetters(hashtag, start, end, pieces, ref count);
            start = end;
        }

        return count;
    }

    // Whatever the tokenizer takes into a hashtag and is no digit: also ² and Ⅻ, and the vowel signs of Indian scripts.
    private static bool IsLetter(char c) => char.IsSurrogate(c) || CharClass.IsWord(char.GetUnicodeCategory(c)) && !char.IsDigit(c);

    private static bool IsDigitOrItsMark(char c) => char.IsDigit(c) || IsMark(c);

    private static bool IsMark(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    internal static bool BelongsToTheLetterBefore(char c) => char.IsLowSurrogate(c) || IsMark(c);

    private static void Add(Range piece, Span<Range> pieces, ref int count)
    {
        if (count == pieces.Length) throw new ArgumentException($"room for {pieces.Length} pieces is not enough for this hashtag", nameof(pieces));
        pieces[count++] = piece;
    }

    /// <summary>A run of letters: one known word, or cut at its capitals, each part by probability.</summary>
    private void SplitLetters(ReadOnlySpan<char> hashtag, int start, int end, Span<Range> pieces, ref int count)
    {
        if (end - start > LongestRun)
        {
            Add(start..end, pieces, ref count);
            return;
        }

        Span<char> lower = stackalloc char[LongestRun];
        lower = lower[..(end - start)];
        hashtag[start..end].ToLowerInvariant(lower);
        if (IsWord(lower))
        {
            Add(start..end, pieces, ref count);
            return;
        }

        for (int from = start; from < end;)
        {
            int to = EndOfCapitalisedPart(hashtag[..end], from);
            SplitByProbability(lower[(from - start)..(to - start)], from, pieces, ref count);
            from = to;
        }
    }

    /// <summary>Where the part that begins at <paramref name="from"/> ends: Lost|Luggage, BA|Fail, a run of capitals to the end.</summary>
    private static int EndOfCapitalisedPart(ReadOnlySpan<char> run, int from)
    {
        int to = from + 1;
        if (char.IsUpper(run[from]))
        {
            while (to < run.Length && char.IsUpper(run[to])) to++;
            if (to == run.Length) return to;
            if (to - from > 1) return to - 1;
        }

        while (to < run.Length && !char.IsUpper(run[to])) to++;
        return to;
    }

    private bool IsWord(ReadOnlySpan<char> word)
    {
        foreach (HashtagWords words in readings)
        {
            if (words.Contains(word)) return true;
        }

        return false;
    }

    private void SplitByProbability(ReadOnlySpan<char> letters, int offset, Span<Range> pieces, ref int count)
    {
        Span<int> cut = stackalloc int[LongestRun + 1], other = stackalloc int[LongestRun + 1];
        float best = readings[0].Cut(letters, cut);
        for (int i = 1; i < readings.Length; i++)
        {
            float score = readings[i].Cut(letters, other);
            if (score <= best) continue;
            best = score;
            other.CopyTo(cut);
        }

        // The cuts are found from the end; the pieces are wanted from the start.
        int first = count;
        for (int end = letters.Length; end > 0; end = cut[end]) Add((offset + cut[end])..(offset + end), pieces, ref count);
        pieces[first..count].Reverse();
    }
}
