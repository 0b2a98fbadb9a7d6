using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Text;

namespace Vigie.Monitoring;

/// <summary>Words that some texts have in common and that texts rarely have: what a burst of them is about, at a glance.</summary>
public static class SharedWords
{
    /// <summary>The share of training texts that a word has which is not among their most frequent ones: at most about that of the rarest one that is.</summary>
    private const double RareShare = 0.001;

    /// <summary>What chance does more often is no matter of these texts.</summary>
    private const double Level = 0.01;

    /// <summary>Finds them.</summary>
    /// <param name="texts">A few texts.</param>
    /// <param name="pipeline">How the model cuts texts: its words are what is compared.</param>
    /// <param name="profile">How frequent words were in training; null where nobody knows.</param>
    /// <param name="most">At most so many words.</param>
    /// <returns>Words of two texts or more, the most telling first: by how rarely chance puts one into as many of them.</returns>
    public static IReadOnlyList<string> Of(IReadOnlyList<string> texts, TextPipeline pipeline, TrainingProfile? profile, int most = 8)
    {
        ArgumentNullException.ThrowIfNull(texts);
        string[] different = [.. texts.Distinct()]; // a text that was reported twice shares all its words with itself
        if (different.Length < 2) return [];
        var tokenizer = new Tokenizer(pipeline with { NegationScope = 0 });
        var counts = new Dictionary<string, int>();
        foreach (string text in different)
        {
            foreach (string word in tokenizer.Tokenize(text).Distinct().Where(word => word.Any(char.IsLetterOrDigit) && !word.StartsWith('<')))
                counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        return [.. counts.Where(pair => pair.Value > 1)
            .Select(pair => (Word: pair.Key, P: Binomial.AtLeast(pair.Value, different.Length, Share(pair.Key))))
            .Where(word => word.P <= Level)
            .OrderBy(word => word.P).ThenBy(word => word.Word, StringComparer.Ordinal)
            .Take(most).Select(word => word.Word)];

        double Share(string word) => profile is null ? RareShare : profile.TopWords.GetValueOrDefault(word, RareShare);
    }
}
