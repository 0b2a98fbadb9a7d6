using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Vigie.Corpus;
using Vigie.Tweets;

namespace Vigie.Tests.Corpus;

public sealed partial class CorpusGeneratorTests
{
    private static readonly Lazy<GeneratedTweet[]> LazySample = new(() => [.. CorpusGenerator.GenerateWithTruth(new CorpusOptions { Rows = 20_000, Seed = 7 })]);

    private static GeneratedTweet[] Sample => LazySample.Value;

    private static double Share(IEnumerable<GeneratedTweet> tweets, Func<GeneratedTweet, bool> which) => tweets.Average(tweet => which(tweet) ? 1.0 : 0.0);

    private static string Print(IEnumerable<Tweet> tweets) =>
        string.Join('\n', tweets.Select(tweet => string.Create(CultureInfo.InvariantCulture, $"{tweet.Id} {tweet.CreatedAt:O} {tweet.Author} {tweet.Label} {tweet.Text}")));

    [Fact]
    public void A_seed_is_a_corpus()
    {
        CorpusOptions options = new() { Rows = 500, Seed = 3, NeutralShare = 0.2, Episodes = [new BuzzEpisode { Topic = "food", Start = new CorpusOptions().Start.AddDays(3) }] };
        string first = Print(CorpusGenerator.Generate(options));

        Assert.Equal(first, Print(CorpusGenerator.Generate(options)));
        Assert.NotEqual(first, Print(CorpusGenerator.Generate(options with { Seed = 4 })));
    }

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("fr-FR")]
    [InlineData("ar-SA")]
    public void The_culture_of_the_machine_changes_nothing(string culture)
    {
        CorpusOptions options = new() { Rows = 300, Seed = 3 };
        string expected = Print(CorpusGenerator.Generate(options));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo(culture);
            Assert.Equal(expected, Print(CorpusGenerator.Generate(options)));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Tweets_come_one_by_one() => Assert.Equal(3, CorpusGenerator.Generate(new CorpusOptions { Rows = 1_000_000 }).Take(3).Count());

    [Fact]
    public void Times_and_ids_rise_and_ids_hold_the_time()
    {
        Assert.All(Sample.Zip(Sample.Skip(1)), pair =>
        {
            Assert.True(pair.First.Tweet.CreatedAt <= pair.Second.Tweet.CreatedAt);
            Assert.True(long.Parse(pair.First.Tweet.Id!, CultureInfo.InvariantCulture) < long.Parse(pair.Second.Tweet.Id!, CultureInfo.InvariantCulture));
        });
        Assert.All(Sample.Take(100), tweet => Assert.Equal(
            tweet.Tweet.CreatedAt!.Value.ToUnixTimeSeconds(),
            ((long.Parse(tweet.Tweet.Id!, CultureInfo.InvariantCulture) >> 22) + 1288834974657) / 1000));
    }

    [Fact]
    public void Texts_are_diverse_and_of_a_tweets_length()
    {
        string[] texts = [.. Sample.Select(tweet => tweet.Tweet.Text)];

        Assert.InRange(1 - texts.Distinct().Count() / (double)texts.Length, 0, 0.02);
        Assert.All(texts, text => Assert.InRange(text.Length, 5, 280));
        Assert.InRange(texts.Average(text => WebUtility.HtmlDecode(text).Length), 70, 110);
        Assert.InRange(texts.SelectMany(text => Letters().Matches(text.ToLowerInvariant()).Select(match => match.Value)).Distinct().Count(), 5000, 50_000);
        Assert.All(texts, text => Assert.DoesNotMatch(@"[<>{}\[\]|]|\$\w*situation|&(?!amp;|lt;|gt;)", text));
    }

    [Fact]
    public void Shares_are_as_asked()
    {
        Assert.Equal(0.4, Share(Sample, tweet => tweet.Language == TweetLanguage.French), 0.02);
        Assert.Equal(0.5, Share(Sample, tweet => tweet.Truth == Sentiment.Positive), 0.02);
        Assert.Equal(0.03, Share(Sample, tweet => tweet.Mislabelled), 0.006);
        Assert.Equal(0.05, Share(Sample.Where(tweet => tweet.Truth == Sentiment.Negative), tweet => tweet.Sarcastic), 0.01);
        Assert.All(Sample, tweet => Assert.Equal(tweet.Mislabelled, tweet.Tweet.Label != tweet.Truth));
        Assert.All(Sample.Where(tweet => tweet.Sarcastic), tweet => Assert.Equal(Sentiment.Negative, tweet.Truth));
        Assert.DoesNotContain(Sample, tweet => tweet.Truth == Sentiment.Neutral || tweet.Tweet.Label == Sentiment.Neutral);
        Assert.Equal(CorpusGenerator.Topics.Order(), Sample.Select(tweet => tweet.Topic).Distinct().Order());
    }

    [Fact]
    public void Three_classes_on_request()
    {
        GeneratedTweet[] tweets = [.. CorpusGenerator.GenerateWithTruth(new CorpusOptions { Rows = 8000, NeutralShare = 0.25, FrenchShare = 1, Balance = 0.2, WrongLabelShare = 0.1 })];

        Assert.Equal(0.25, Share(tweets, tweet => tweet.Truth == Sentiment.Neutral), 0.02);
        Assert.Equal(0.15, Share(tweets, tweet => tweet.Truth == Sentiment.Positive), 0.02);
        Assert.All(tweets, tweet => Assert.Equal(TweetLanguage.French, tweet.Language));
        Assert.Equal(3, tweets.Where(tweet => tweet.Mislabelled).Select(tweet => tweet.Tweet.Label).Distinct().Count());
    }

    [Fact]
    public void The_extremes_of_the_shares_hold()
    {
        GeneratedTweet[] tweets = [.. CorpusGenerator.GenerateWithTruth(new CorpusOptions { Rows = 400, FrenchShare = 0, Balance = 0, SarcasmShare = 1, WrongLabelShare = 1, NoiseLevel = 0 })];

        Assert.All(tweets, tweet => Assert.True(tweet is { Language: TweetLanguage.English, Truth: Sentiment.Negative, Sarcastic: true, Mislabelled: true, Tweet.Label: Sentiment.Positive }));
    }

    [Fact]
    public void What_makes_tweets_tweets_is_there()
    {
        foreach (string pattern in new[] { @"^RT @\w+: ", @"^@\w+ @?\w+", @"https://t\.co/\w{10}$", "#[A-Z]", "#[a-z]", ":\\(", "\u200D", "&amp;", "o{4,}", @"\b[A-Z]{4,} [A-Z]{4,}\b", @"\bsvp\b|\bjsp\b", @"\bur\b|\bpls\b", @"not (bad|that bad|terrible)", "never again", "pas terrible", @"AP ?\d{3}" })
            Assert.Contains(Sample, tweet => Regex.IsMatch(tweet.Tweet.Text, pattern));
    }

    [Fact]
    public void A_retweet_repeats_what_was_said_before()
    {
        Assert.InRange(Share(Sample, tweet => tweet.Spread == Spread.Retweet), 0.01, 0.03);
        var said = new HashSet<string>();
        foreach (GeneratedTweet tweet in Sample)
        {
            Match repeated = Retweeted().Match(tweet.Tweet.Text);
            if (tweet.Spread == Spread.Retweet) Assert.True(tweet.Tweet.Text.EndsWith('…') || said.Contains(repeated.Groups[1].Value), tweet.Tweet.Text);
            said.Add(tweet.Tweet.Text);
        }
    }

    [GeneratedRegex(@"\p{L}+")]
    private static partial Regex Letters();

    [GeneratedRegex(@"RT @\w+: (.*)$")]
    private static partial Regex Retweeted();
}
