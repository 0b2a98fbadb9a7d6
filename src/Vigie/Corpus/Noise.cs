using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>What a noise step may know of the tweet that it roughens.</summary>
internal sealed record TweetContext(Expansion Expansion, TweetLanguage Language, Topic Topic, Sentiment Truth, bool Sarcastic)
{
    public Xoshiro256 Random => Expansion.Random;
}

/// <summary>One way in which people's typing departs from a clean sentence. Steps know nothing of one another; their order is <see cref="NoiseChain"/>'s.</summary>
internal interface INoise
{
    /// <summary>Returns the roughened text, or <paramref name="text"/> itself where the dice leave it alone.</summary>
    string Apply(string text, TweetContext context);
}

/// <summary>Noise steps in the order in which a tweet goes through them.</summary>
internal sealed record NoiseChain(IReadOnlyList<INoise> Steps)
{
    /// <summary>Twitter's limit since November 2017.</summary>
    public const int MaxLength = 280;

    /// <summary>The steps at their everyday rates, which are shares of tweets unless a step says otherwise.</summary>
    /// <param name="level">Multiplies every rate: 0 leaves clean sentences, 1 is everyday.</param>
    public static NoiseChain Everyday(double level) => new(
    [
        // Words first, then letters, then signs around them: a typo must not break a URL that is not there yet.
        new SlangNoise(Rate(0.30, level)),
        new ElongationNoise(Rate(0.05, level)),
        new TypoNoise(Rate(0.012, level)),
        new AccentNoise(Rate(0.25, level)),
        new CaseNoise(Lower: Rate(0.22, level), Upper: Rate(0.015, level), OneWord: Rate(0.05, level)),
        new PunctuationNoise(Rate(0.35, level)),
        new EmojiNoise(Rate(0.17, level), Rate(0.06, level)),
        new HashtagNoise(Tag: Rate(0.16, level), InlineWord: Rate(0.05, level)),
        new HandleNoise(Rate(0.55, Math.Min(level, 1))),
        new UrlNoise(Rate(0.05, level)),
    ]);

    /// <summary>Takes a clean sentence through every step.</summary>
    public string Roughen(string text, TweetContext context)
    {
        foreach (INoise step in Steps) text = step.Apply(text, context);
        return text;
    }

    /// <summary>The text as the publisher hands it out, whatever the author typed: within the limit, and HTML entities escaped.</summary>
    public static string Publish(string text) => HtmlEntities.Escape(Cut(text, MaxLength));

    /// <summary>Cuts at a word boundary so that the escaped text keeps within the limit.</summary>
    internal static string Cut(string text, int limit)
    {
        if (HtmlEntities.EscapedLength(text) <= limit) return text;
        int end = text.Length;
        while (end > 0 && HtmlEntities.EscapedLength(text.AsSpan(0, end)) > limit - 1) end = text.LastIndexOf(' ', end - 1);
        if (end > 0) return text[..end] + "…";
        // One endless word: cut it anywhere but between the halves of a character.
        end = text.Length;
        while (HtmlEntities.EscapedLength(text.AsSpan(0, end)) > limit - 1) end--;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }

    private static double Rate(double everyday, double level) => Math.Min(1, everyday * level);
}

/// <summary>The three characters that Twitter's API hands out escaped. Quotes stay as they are.</summary>
internal static class HtmlEntities
{
    public static string Escape(string text) => text.AsSpan().IndexOfAny('&', '<', '>') < 0
        ? text
        : text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public static int EscapedLength(ReadOnlySpan<char> text) => text.Length + 4 * text.Count('&') + 3 * (text.Count('<') + text.Count('>'));
}
