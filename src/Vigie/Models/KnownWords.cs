using Vigie.Features;

namespace Vigie.Models;

/// <summary>What a model over n-grams found in a text to go by.</summary>
internal static class KnownWords
{
    /// <summary>The evidence in the text that <paramref name="row"/> was just filled with. Where no feature is a single word, or features are hashed, words cannot be told apart.</summary>
    public static Evidence Evidence(this FittedVectorizer vectorizer, FeatureRow row)
    {
        bool unknown = row.Columns.IsEmpty;
        ReadOnlySpan<ulong> tokens = row.Ngrams.TokenFingerprints;
        if (tokens.IsEmpty || vectorizer.Vocabulary is null || vectorizer.Options.Ngrams is not { WordMin: 1, WordMax: > 0 }) return new Evidence(unknown, unknown ? 1 : 0);
        int missing = 0;
        foreach (ulong token in tokens)
        {
            if (vectorizer.Column(token) < 0) missing++;
        }
        return new Evidence(unknown, (double)missing / tokens.Length);
    }
}
