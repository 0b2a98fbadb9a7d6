using System.Collections.Frozen;
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
    private const int LongestWord = 24;
    private const int LongestRun = 256;

    // Words of the second list, and forms that only their lemma vouches for, are that much less likely.
    private const float OtherLanguage = 4;
    private const float InflectedForm = 4;

    // An unknown word of n letters costs 12 + 2.3 n nats: a tenth a letter, as in Norvig.
    private const float Unknown = -12;
    private const float UnknownLetter = -2.3f;

    private static readonly Lazy<HashtagSplitter> LazyEnglish = new(() => new(english: true));
    private static readonly Lazy<HashtagSplitter> LazyFrench = new(() => new(english: false));

    private readonly FrozenDictionary<string, float>.AlternateLookup<ReadOnlySpan<char>> logProbability;
    private readonly bool english;

    private HashtagSplitter(bool english)
    {
        this.english = english;
        string[] own = english ? EnglishWords() : [.. WordFile.Words("french-words")];
        string[] other = english ? [] : EnglishWords();
        var probabilities = new Dictionary<string, float>(StringComparer.Ordinal);
        AddZipf(probabilities, own, 0);
        AddZipf(probabilities, other, OtherLanguage);
        logProbability = probabilities.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>English words.</summary>
    public static HashtagSplitter English => LazyEnglish.Value;

    /// <summary>French words, and English ones as the second choice, because French hashtags use both.</summary>
    public static HashtagSplitter French => LazyFrench.Value;

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
            while (end < hashtag.Length && (digits ? char.IsDigit(hashtag[end]) : IsLetter(hashtag[end]))) end++;
            if (digits) Add(start..end, pieces, ref count);
            else SplitLetters(hashtag, start, end, pieces, ref count);
            start = end;
        }

        return count;
    }

    private static bool IsLetter(char c) => char.IsLetter(c) || char.IsHighSurrogate(c) || BelongsToTheLetterBefore(c);

    private static bool BelongsToTheLetterBefore(char c) => char.IsLowSurrogate(c) || char.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

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
        if (logProbability.ContainsKey(lower))
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

    private void SplitByProbability(ReadOnlySpan<char> letters, int offset, Span<Range> pieces, ref int count)
    {
        Span<float> best = stackalloc float[LongestRun + 1];
        Span<int> cut = stackalloc int[LongestRun + 1];
        best[0] = 0;
        for (int end = 1; end <= letters.Length; end++)
        {
            best[end] = float.NegativeInfinity;
            if (end < letters.Length && BelongsToTheLetterBefore(letters[end])) continue;
            for (int start = Math.Max(0, end - LongestWord); start < end; start++)
            {
                float score = best[start] + LogProbability(letters[start..end]);
                if (score <= best[end]) continue;
                best[end] = score;
                cut[end] = start;
            }
        }

        // The cuts are found from the end; the pieces are wanted from the start.
        int first = count;
        for (int end = letters.Length; end > 0; end = cut[end]) Add((offset + cut[end])..(offset + end), pieces, ref count);
        pieces[first..count].Reverse();
    }

    private float LogProbability(ReadOnlySpan<char> word)
    {
        if (logProbability.TryGetValue(word, out float known)) return known;
        if (english && word.Length >= 4)
        {
            Span<char> buffer = stackalloc char[LongestWord + EnglishLemmatizer.Spare];
            word.CopyTo(buffer);
            int length = EnglishLemmatizer.Lemmatize(buffer, word.Length);
            if (length != word.Length && logProbability.TryGetValue(buffer[..length], out float lemma)) return lemma - InflectedForm;
        }

        return Unknown + UnknownLetter * word.Length;
    }

    /// <summary>The frequent words, then the verbs and the adjectives that the lemmatiser knows.</summary>
    private static string[] EnglishWords() =>
        [.. WordFile.Words("english-words").Concat(WordFile.Words("english-adjectives")).Concat(WordFile.Words("english-verbs")).Distinct()];

    private static void AddZipf(Dictionary<string, float> probabilities, string[] words, float penalty)
    {
        // Zipf–Mandelbrot: p(rank) ∝ 1 / (rank + 2.7).
        float harmonic = MathF.Log(words.Length / 2.7f);
        int rank = 0;
        foreach (string word in words.Distinct()) probabilities.TryAdd(word, -MathF.Log(++rank + 2.7f) - MathF.Log(harmonic) - penalty);
    }
}
