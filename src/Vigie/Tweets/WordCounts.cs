using System.Runtime.InteropServices;

namespace Vigie.Tweets;

/// <summary>How often each word occurs in each class.</summary>
internal sealed class WordCounts
{
    // The prior weighs as much as this many words of text: enough to silence words seen a few times.
    private const double PriorWords = 1000;

    private readonly Dictionary<string, Counts> counts = [];
    private readonly Dictionary<string, Counts>.AlternateLookup<ReadOnlySpan<char>> lookup;

    public WordCounts() => lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();

    private record struct Counts(long Negative, long Neutral, long Positive);

    /// <summary>Different words.</summary>
    public int Count => counts.Count;

    /// <summary>Counts the words of a text, @mentions left out of the vocabulary; answers how many words the text has.</summary>
    public int Add(string text, Sentiment? label)
    {
        int words = 0;
        Span<char> lower = stackalloc char[64];
        foreach (Range range in TweetWords.Of(text))
        {
            words++;
            ReadOnlySpan<char> word = text.AsSpan()[range];
            if (word[0] == '@' || word.Length > lower.Length) continue;
            word.ToLowerInvariant(lower);
            ref Counts of = ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, lower[..word.Length], out _);
            switch (label)
            {
                case Sentiment.Negative: of.Negative++; break;
                case Sentiment.Neutral: of.Neutral++; break;
                case Sentiment.Positive: of.Positive++; break;
                case null: break;
            }
        }

        return words;
    }

    /// <summary>
    /// The words that set each class apart: the log-odds ratio of a class against the other ones with an informative Dirichlet prior (the words' shares of the whole
    /// set), over its standard deviation. Monroe, Colaresi, Quinn 2008, 'Fightin' Words', equations 16, 20 and 22.
    /// </summary>
    public IReadOnlyList<TopWord>[] TopWords(int size)
    {
        long[] totals = [counts.Values.Sum(c => c.Negative), counts.Values.Sum(c => c.Neutral), counts.Values.Sum(c => c.Positive)];
        return [.. Enumerable.Range(0, 3).Select(label => TopWords(size, label, totals))];
    }

    private IReadOnlyList<TopWord> TopWords(int size, int label, long[] totals)
    {
        double all = totals.Sum(), inside = totals[label], outside = all - inside;
        if (inside == 0 || outside == 0) return [];
        return
        [
            .. counts
                .Select(word =>
                {
                    (double negative, double neutral, double positive) = (word.Value.Negative, word.Value.Neutral, word.Value.Positive);
                    double together = negative + neutral + positive;
                    double here = label switch { 0 => negative, 1 => neutral, _ => positive };
                    double prior = PriorWords * together / all;
                    double elsewhere = together - here;
                    double ratio = Math.Log((here + prior) / (inside + PriorWords - here - prior)) - Math.Log((elsewhere + prior) / (outside + PriorWords - elsewhere - prior));
                    return new TopWord(word.Key, (long)here, together == 0 ? 0 : ratio / Math.Sqrt((1 / (here + prior)) + (1 / (elsewhere + prior))));
                })
                .Where(word => word.ZScore > 0 && double.IsFinite(word.ZScore))
                .OrderByDescending(word => word.ZScore)
                .ThenBy(word => word.Text, StringComparer.Ordinal)
                .Take(size),
        ];
    }
}
