using Vigie.Tweets;

namespace Vigie.Corpus;

/// <summary>
/// Writes tweets about an airline that does not exist, Air Paradis, in English and French, out of a grammar of situations. Made so that
/// a linear model on words gets most of them right and not all: opinions are mixed, praise is borrowed for mockery, and the same words serve both sides.
/// </summary>
public static class CorpusGenerator
{
    private const ulong TimeStream = 1, TextStream = 2;

    /// <summary>The topics, the same in both languages.</summary>
    public static IReadOnlyList<string> Topics { get; } = [.. Grammar.Of(TweetLanguage.English).Topics.Select(topic => topic.Name)];

    /// <summary>Writes the tweets one by one in the order of time. The same options give the same tweets, on every machine.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; thrown at once, not at the first tweet.</exception>
    public static IEnumerable<Tweet> Generate(CorpusOptions options) => GenerateWithTruth(options).Select(generated => generated.Tweet);

    /// <summary>Like <see cref="Generate"/>, with what only the writer knows.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; thrown at once, not at the first tweet.</exception>
    public static IEnumerable<GeneratedTweet> GenerateWithTruth(CorpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Write(options);
    }

    private static IEnumerable<GeneratedTweet> Write(CorpusOptions options)
    {
        var random = new Xoshiro256(options.Seed, TextStream);
        var writer = new CorpusWriter(options, random);
        foreach ((DateTimeOffset at, int source) in TweetTimes.Draw(options, new Xoshiro256(options.Seed, TimeStream)))
            yield return writer.Next(at, source == 0 ? null : options.Episodes[source - 1]);
    }
}
