using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>Capitals: none at all, everything, or one word shouted. Handles, hashtags and URLs keep their own.</summary>
internal sealed record CaseNoise(double Lower, double Upper, double OneWord) : INoise
{
    public string Apply(string text, TweetContext context)
    {
        double drawn = context.Random.NextDouble();
        if (drawn < Lower) return Recase(text, char.ToLowerInvariant);
        if (drawn < Lower + Upper) return Recase(text, char.ToUpperInvariant);
        if (drawn >= Lower + Upper + OneWord) return text;
        (int Start, int Length)[] words = [.. Words.In(text).Where(word => word.Length > 2)];
        if (words.Length == 0) return text;
        (int start, int length) = words[context.Random.Next(words.Length)];
        return string.Concat(text.AsSpan(0, start), text.Substring(start, length).ToUpperInvariant(), text.AsSpan(start + length));
    }

    private static string Recase(string text, Func<char, char> recase)
    {
        char[] letters = text.ToCharArray();
        foreach ((int start, int length) in Words.In(text))
            for (int i = start; i < start + length; i++) letters[i] = recase(letters[i]);
        return new string(letters);
    }
}

/// <summary>Careless or heated punctuation: none at the end, marks repeated, dots trailing off, commas dropped.</summary>
/// <param name="Rate">Share of tweets.</param>
internal sealed record PunctuationNoise(double Rate) : INoise
{
    private static readonly string[] Heated = ["!!", "!!!", "!!!!", "?!", "??", "...", "….", "!1!", ".", "…"];

    public string Apply(string text, TweetContext context)
    {
        if (text.Length == 0 || !context.Random.Chance(Rate)) return text;
        string bare = text.TrimEnd('.', '!', '?', '…', ' ');
        string end = text[bare.Length..];
        switch (context.Random.Next(5))
        {
            case 0 or 1:
                return bare.Length == 0 ? text : bare;
            case 2:
                return text.Replace(",", "", StringComparison.Ordinal);
            case 3 when end.Contains('?', StringComparison.Ordinal):
                return bare + (context.Random.Chance(0.5) ? "???" : "?!");
            default:
                // The French set a space before '!' and '?'; on Twitter about half of them do.
                string gap = context.Language == TweetLanguage.French && end.Length == 0 && context.Random.Chance(0.5) ? " " : "";
                return bare + gap + Heated[context.Random.Next(Heated.Length)];
        }
    }
}

/// <summary>
/// Emoji (skin tones and joined sequences included) and typed emoticons at the end, now and then at the start. Most fit the mood;
/// some are worn by every mood (😂 🙏 😭), so that a sign is a hint and not a label.
/// </summary>
internal sealed record EmojiNoise(double Emoji, double Emoticon) : INoise
{
    private const double ShareThatFits = 0.7;

    public string Apply(string text, TweetContext context)
    {
        double drawn = context.Random.NextDouble();
        if (drawn >= Emoji + Emoticon) return text;
        string kind = drawn < Emoji ? "emoji" : "emoticon";
        string mood = !context.Random.Chance(ShareThatFits) ? "any" : context.Sarcastic ? "sarcastic" : context.Truth switch
        {
            Sentiment.Negative => "negative",
            Sentiment.Positive => "positive",
            _ => "any",
        };
        string sign = context.Expansion.Expand($"{kind}.{mood}");
        int copies = kind == "emoji" && context.Random.Chance(0.2) ? 2 + context.Random.Next(2) : 1;
        string signs = string.Concat(Enumerable.Repeat(sign, copies));
        return context.Random.Chance(0.08) && !text.StartsWith('@') ? $"{signs} {text}" : $"{text} {signs}";
    }
}

/// <summary>Hashtags: the topic's or a travel tag at the end, in CamelCase or plain; or a word of the sentence turned into one.</summary>
internal sealed record HashtagNoise(double Tag, double InlineWord) : INoise
{
    public string Apply(string text, TweetContext context)
    {
        if (context.Random.Chance(InlineWord))
        {
            (int Start, int Length)[] words = [.. Words.In(text).Where(word => word.Length > 4)];
            if (words.Length > 0) text = text.Insert(words[context.Random.Next(words.Length)].Start, "#");
        }

        if (!context.Random.Chance(Tag)) return text;
        string? first = null;
        for (int count = context.Random.Chance(0.25) ? 2 : 1; count > 0; count--)
        {
            string tag = context.Expansion.Expand(context.Random.Chance(0.5) ? context.Topic.Rule("tag") : "hashtag");
            if (context.Random.Chance(0.3)) tag = tag.ToLowerInvariant();
            if (tag == first) continue;
            text = $"{text} {tag}";
            first = tag;
        }

        return text;
    }
}

/// <summary>Addresses the brand: <c>@AirParadis</c> in front, unless the sentence already names an account.</summary>
/// <param name="Rate">Share of the tweets that name none.</param>
internal sealed record HandleNoise(double Rate) : INoise
{
    public string Apply(string text, TweetContext context) =>
        text.Contains('@', StringComparison.Ordinal) || !context.Random.Chance(Rate) ? text : $"{context.Expansion.Expand("handle")} {text}";
}

/// <summary>A shortened link at the end, as for a photo or an article.</summary>
/// <param name="Rate">Share of tweets.</param>
internal sealed record UrlNoise(double Rate) : INoise
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public string Apply(string text, TweetContext context)
    {
        if (!context.Random.Chance(Rate)) return text;
        char[] path = new char[10];
        for (int i = 0; i < path.Length; i++) path[i] = Alphabet[context.Random.Next(Alphabet.Length)];
        return string.Create(CultureInfo.InvariantCulture, $"{text} https://t.co/{new string(path)}");
    }
}
