using System.Collections.Frozen;

namespace Vigie.Text;

/// <summary>How probable a word of a hashtag is in one language, and the cuts that make a run of letters most probable in it.</summary>
internal sealed class HashtagWords
{
    private const int LongestWord = 24;

    // Words of the second list, and forms that only their lemma vouches for, are that much less likely.
    private const float OtherLanguage = 4;
    private const float InflectedForm = 4;

    // An unknown word of n letters costs 12 + 2.3 n nats: a tenth a letter, as in Norvig.
    private const float Unknown = -12;
    private const float UnknownLetter = -2.3f;

    private readonly FrozenDictionary<string, float>.AlternateLookup<ReadOnlySpan<char>> logProbability;
    private readonly bool inflected;

    private HashtagWords(Dictionary<string, float> probabilities, bool inflected)
    {
        logProbability = probabilities.ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        this.inflected = inflected;
    }

    /// <summary>The frequent words, then the verbs and the adjectives that the lemmatiser knows.</summary>
    public static string[] English =>
        [.. WordFile.Words("english-words").Concat(WordFile.Words("english-adjectives")).Concat(WordFile.Words("english-verbs")).Distinct()];

    public static string[] French => [.. WordFile.Words("french-words").Distinct()];

    /// <param name="own">Words of the language, most frequent first.</param>
    /// <param name="other">Words that it borrows, most frequent first.</param>
    /// <param name="inflected">Whether an English form counts as a word where its lemma is one.</param>
    public static HashtagWords Of(string[] own, string[] other, bool inflected)
    {
        var probabilities = new Dictionary<string, float>(StringComparer.Ordinal);
        AddZipf(probabilities, own, 0);
        AddZipf(probabilities, other, OtherLanguage);
        return new HashtagWords(probabilities, inflected);
    }

    public bool Contains(ReadOnlySpan<char> word) => logProbability.ContainsKey(word);

    /// <summary>Finds the most probable cuts.</summary>
    /// <param name="letters">A run of letters in lower case.</param>
    /// <param name="cut">Takes, for the place behind each word, the place where that word begins; one longer than <paramref name="letters"/>.</param>
    /// <returns>The words' log-probability.</returns>
    public float Cut(ReadOnlySpan<char> letters, Span<int> cut)
    {
        Span<float> best = stackalloc float[letters.Length + 1];
        best[0] = 0;
        for (int end = 1; end <= letters.Length; end++)
        {
            best[end] = float.NegativeInfinity;
            cut[end] = 0;
            if (end < letters.Length && HashtagSplitter.BelongsToTheLetterBefore(letters[end])) continue;
            for (int start = Math.Max(0, end - LongestWord); start < end; start++)
            {
                float score = best[start] + LogProbability(letters[start..end]);
                if (score <= best[end]) continue;
                best[end] = score;
                cut[end] = start;
            }
        }

        return best[letters.Length];
    }

    private float LogProbability(ReadOnlySpan<char> word)
    {
        if (logProbability.TryGetValue(word, out float known)) return known;
        if (inflected && word.Length >= 4)
        {
            Span<char> buffer = stackalloc char[LongestWord + EnglishLemmatizer.Spare];
            word.CopyTo(buffer);
            int length = EnglishLemmatizer.Lemmatize(buffer, word.Length);
            if (length != word.Length && logProbability.TryGetValue(buffer[..length], out float lemma)) return lemma - InflectedForm;
        }

        return Unknown + UnknownLetter * word.Length;
    }

    private static void AddZipf(Dictionary<string, float> probabilities, string[] words, float penalty)
    {
        // Zipf–Mandelbrot: p(rank) ∝ 1 / (rank + 2.7).
        float harmonic = MathF.Log(words.Length / 2.7f);
        int rank = 0;
        foreach (string word in words) probabilities.TryAdd(word, -MathF.Log(++rank + 2.7f) - MathF.Log(harmonic) - penalty);
    }
}
