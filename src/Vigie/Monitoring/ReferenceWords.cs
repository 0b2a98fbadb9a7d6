using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Features;

namespace Vigie.Monitoring;

/// <summary>
/// How frequent words were in training. The profile has the share of each of the most frequent; any other word was at most as frequent as the last of them.
/// </summary>
internal sealed class ReferenceWords
{
    private readonly Dictionary<ulong, Known> _known = [];
    private readonly double _new, _newBound;

    /// <summary>Reads a profile.</summary>
    /// <param name="profile">The profile; it has words.</param>
    /// <param name="factor">So many times more frequent than in training is as in training.</param>
    /// <param name="boundLevel">Level of the bound on each share, which was measured on as many texts as the profile has.</param>
    public ReferenceWords(TrainingProfile profile, double factor, double boundLevel)
    {
        double Bound(double share) => Math.Min(1, Math.Max(factor * share, ReferenceBounds.ShareAtMost((long)Math.Round(share * profile.Texts), profile.Texts, boundLevel)));
        foreach ((string name, double share) in profile.TopWords) _known[WordName.FingerprintOf(name)] = new Known(name, Math.Min(1, share), Bound(Math.Min(1, share)));
        _new = profile.TopWords.Values.Min();
        _newBound = Bound(_new);
        // Shares of all words together are at most the words of a text. Of a histogram's bins, the upper edges.
        double tokens = 0;
        for (int bin = 0; bin < profile.Tokens.Edges.Count; bin++) tokens += profile.Tokens.Counts[bin] * (bin + 1 < profile.Tokens.Edges.Count ? profile.Tokens.Edges[bin + 1] : 2 * profile.Tokens.Edges[bin]);
        // If each word's share is at most the bound and all shares add up to T, the chance that any is in k texts or more is at most T / bound times that of a word at the bound: the tail
        // of the binomial law grows faster than its share.
        NewWords = Math.Max(1, tokens / Math.Max(1, profile.Tokens.Counts.Sum()) / _newBound);
    }

    /// <summary>As many new words, all as frequent as one can be, are as likely to mislead as all that there are.</summary>
    public double NewWords { get; }

    /// <summary>No word's limit is below that of new ones.</summary>
    public double LeastBound => _newBound;

    /// <summary>Most frequent words of the training.</summary>
    public int KnownWords => _known.Count;

    /// <summary>What is known of a word.</summary>
    public Known Of(ulong word) => _known.TryGetValue(word, out Known known) ? known : new Known(null, _new, _newBound);

    /// <summary>How often chance gives a word of the share <see cref="Known.Bound"/> so many texts.</summary>
    public static double P(in Known word, long texts, long all) => Binomial.AtLeast(texts, all, word.Bound);

    /// <summary>Whether it is worth asking for <see cref="P"/>: what is not is never below a thousandth.</summary>
    public static bool IsRemarkable(in Known word, long texts, long all)
    {
        double expected = all * word.Bound;
        return texts > expected + 2 * Math.Sqrt(expected * (1 - word.Bound));
    }

    /// <summary>A word as it was in training.</summary>
    /// <param name="Name">Its name; null for one that was not among the most frequent.</param>
    /// <param name="Share">Share of texts that had it, or may have had it at most.</param>
    /// <param name="Bound">The largest share that is as in training.</param>
    internal readonly record struct Known(string? Name, double Share, double Bound)
    {
        public bool IsNew => Name is null;
    }
}
