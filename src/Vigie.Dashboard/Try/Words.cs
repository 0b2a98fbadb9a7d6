using Vigie.Models;
using Vigie.Server;
using Vigie.Tweets;

namespace Vigie.Dashboard.Try;

/// <summary>A word of a tweet and which way it pulled.</summary>
/// <param name="Start">First UTF-16 code unit.</param>
/// <param name="End">Behind the last one.</param>
/// <param name="Pull">What it added to the score, towards the good side where that is above 0 (or towards neutral, where that is what was explained).</param>
/// <param name="Known">Whether the model has seen it.</param>
public sealed record WordPull(int Start, int End, double Pull, bool Known);

/// <summary>Why a model decided as it did, as the pages show it.</summary>
/// <param name="Words">The words in their order, none over another.</param>
/// <param name="Lean">What the model leans to without any word.</param>
/// <param name="Total">Lean and all words together.</param>
/// <param name="TowardsNeutral">Whether pulls above 0 go towards neutral, and not towards the good side.</param>
/// <param name="LeftOut">Words at the end that are not explained, because the text is long.</param>
public sealed record Reasons(IReadOnlyList<WordPull> Words, double Lean, double Total, bool TowardsNeutral, int LeftOut)
{
    private const double Least = 0.005; // two decimals are shown

    /// <summary>The greatest pull, by which colours are measured; not so small that noise would shine.</summary>
    public double Strongest => Math.Max(0.25, Words.Select(word => Math.Abs(word.Pull)).DefaultIfEmpty().Max());

    /// <summary>Those that pulled most, strongest first.</summary>
    public IEnumerable<WordPull> Top(int most) => Words.Where(word => Math.Abs(word.Pull) >= Least).OrderByDescending(word => Math.Abs(word.Pull)).Take(most);

    internal static Reasons? Of(ExplanationAnswer? why, string text)
    {
        if (why is null) return null;
        // Of two classes the positive one is explained; of three, the one decided for. To the right is always towards the good side.
        double sign = why.Class is Sentiment.Negative ? -1 : 1;
        return new Reasons([.. Spans(why.Words, text).Select(word => word with { Pull = sign * word.Pull })], sign * why.Intercept, sign * why.Score, why.Class is Sentiment.Neutral, why.WordsLeftOut ?? 0);
    }

    /// <summary>Tokens that cover the same characters, such as the parts of a hashtag, as one. None begins or ends within a character of two code units: a half of one cannot be shown.</summary>
    internal static IReadOnlyList<WordPull> Spans(IReadOnlyList<WordContribution> all, string text)
    {
        var spans = new List<WordPull>();
        foreach (WordContribution token in all)
        {
            WordContribution word = token with { Start = IsWithin(text, token.Start) ? token.Start - 1 : token.Start, End = IsWithin(text, token.End) ? token.End + 1 : token.End };
            if (spans.Count > 0 && word.Start < spans[^1].End) spans[^1] = spans[^1] with { End = Math.Max(spans[^1].End, word.End), Pull = spans[^1].Pull + word.Contribution, Known = spans[^1].Known || word.Known };
            else if (word.End > word.Start) spans.Add(new WordPull(word.Start, word.End, word.Contribution, word.Known));
        }

        return spans;
    }

    private static bool IsWithin(string text, int at) => at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at]);
}
