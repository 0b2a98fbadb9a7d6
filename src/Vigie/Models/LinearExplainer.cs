using Vigie.Features;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>Divides a score that is linear in the n-grams of a text among its words, leaving nothing over.</summary>
/// <param name="kinds">Which n-grams there are.</param>
/// <param name="find">The column of an n-gram's fingerprint, or -1.</param>
/// <param name="intercept">The score of a text without a known n-gram.</param>
internal sealed class LinearExplainer(Ngrams kinds, Func<ulong, int> find, double intercept)
{
    /// <summary>Explains the score of one text.</summary>
    /// <param name="ngrams">Its n-grams, located.</param>
    /// <param name="valueOf">The value of a column that occurs so many times.</param>
    /// <param name="coefficientOf">What a column's value is multiplied by.</param>
    /// <param name="prediction">What the classifier said of it.</param>
    /// <param name="classOf">The class that the score speaks for.</param>
    public Explanation Explain(NgramBuffer ngrams, Func<int, int, double> valueOf, Func<int, double> coefficientOf, Prediction prediction, Sentiment classOf)
    {
        ReadOnlySpan<Token> tokens = ngrams.Tokens.Tokens;

        // A feature met several times has one value: each place gets its part.
        var places = new Dictionary<int, int>();
        foreach (ulong fingerprint in ngrams.Fingerprints)
        {
            int column = find(fingerprint);
            if (column >= 0) places[column] = places.GetValueOrDefault(column) + 1;
        }
        var words = new double[tokens.Length];
        var known = new bool[tokens.Length];
        var features = new Dictionary<int, FeatureContribution>();
        for (int i = 0; i < ngrams.Count; i++)
        {
            int column = find(ngrams.Fingerprints[i]);
            if (column < 0) continue;
            MarkKnown(ngrams, ngrams.Spans[i], known);
            double value = valueOf(column, places[column]), contribution = value * coefficientOf(column);
            Share(ngrams, ngrams.Spans[i], contribution / places[column], words);
            features.TryAdd(column, new FeatureContribution(ngrams.Name(i), value, contribution));
        }
        // With no known feature the answer is the prior, and no word has a part in it.
        double score = intercept + features.Values.Sum(feature => feature.Contribution);
        return new Explanation(
            prediction, classOf, score, intercept, Words(ngrams, words, known),
            [.. features.Values.OrderByDescending(feature => Math.Abs(feature.Contribution)).ThenBy(feature => feature.Name, StringComparer.Ordinal)]);
    }

    // Word n-grams are shared equally by their words; character n-grams by how many of their characters stand in each word.
    private static void Share(NgramBuffer ngrams, NgramSpan span, double contribution, double[] words)
    {
        (int first, int last) = ngrams.TokensUnder(span);
        if (span.Kind == NgramKind.Skip)
        {
            words[first] += contribution / 2;
            words[last] += contribution / 2;
            return;
        }
        ReadOnlySpan<Token> tokens = ngrams.Tokens.Tokens;
        int covered = 0;
        for (int t = first; t <= last; t++) covered += Overlap(span, tokens[t]);
        for (int t = first; t <= last; t++)
        {
            words[t] += span.Kind == NgramKind.Words ? contribution / (last - first + 1)
                : covered > 0 ? contribution * Overlap(span, tokens[t]) / covered : contribution / (last - first + 1);
        }
    }

    private static int Overlap(NgramSpan span, Token token) => Math.Max(0, Math.Min(span.Start + span.Length, token.End) - Math.Max(span.Start, token.Start));

    // Characters stand under every word of the language: where there are features of words, only those say that a word is known.
    private void MarkKnown(NgramBuffer ngrams, NgramSpan span, bool[] known)
    {
        if (span.Kind == NgramKind.Chars && kinds is not { WordMax: 0, SkipMax: 0 }) return;
        (int first, int last) = ngrams.TokensUnder(span);
        if (span.Kind == NgramKind.Skip) known[first] = known[last] = true;
        else known.AsSpan(first..(last + 1)).Fill(true);
    }

    private static WordContribution[] Words(NgramBuffer ngrams, double[] contributions, bool[] known)
    {
        ReadOnlySpan<Token> tokens = ngrams.Tokens.Tokens;
        var words = new WordContribution[tokens.Length];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = new WordContribution(ngrams.Tokens.Name(i), tokens[i].SourceStart, tokens[i].SourceEnd, contributions[i], known[i]);
        }
        return words;
    }
}
