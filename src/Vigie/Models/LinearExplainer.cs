using Vigie.Features;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>Divides the score of a linear model among the words of a text, leaving nothing over.</summary>
internal sealed class LinearExplainer(LinearTextModel model)
{
    public Explanation Explain(string text, Prediction prediction, int explained, Sentiment classOf)
    {
        FeatureRow row = model.Vectorizer.NewRow();
        model.Vectorizer.Transform(text, row);
        NgramBuffer ngrams = row.Ngrams;
        ngrams.Fill(text, locate: true);
        double[] coefficients = model.Linear.Coefficients[explained];
        double intercept = model.Linear.Intercepts[explained];
        ReadOnlySpan<Token> tokens = ngrams.Tokens.Tokens;

        // A feature met several times has one value: each place gets its part.
        var places = new Dictionary<int, int>();
        foreach (ulong fingerprint in ngrams.Fingerprints)
        {
            int column = model.Vectorizer.Column(fingerprint);
            if (column >= 0) places[column] = places.GetValueOrDefault(column) + 1;
        }
        var words = new double[tokens.Length];
        var known = new bool[tokens.Length];
        var features = new Dictionary<int, FeatureContribution>();
        for (int i = 0; i < ngrams.Count; i++)
        {
            int column = model.Vectorizer.Column(ngrams.Fingerprints[i]);
            if (column < 0) continue;
            MarkKnown(ngrams, ngrams.Spans[i], known);
            double value = row.Values[row.IndexOf(column)], contribution = value * coefficients[column];
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
        if (span.Kind == NgramKind.Chars && model.Vectorizer.Options.Ngrams is not { WordMax: 0, SkipMax: 0 }) return;
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
