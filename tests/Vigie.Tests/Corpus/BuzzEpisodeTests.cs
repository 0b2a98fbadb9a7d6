using System.Text.RegularExpressions;
using Vigie.Corpus;
using Vigie.Tweets;

namespace Vigie.Tests.Corpus;

public sealed class BuzzEpisodeTests
{
    private static readonly DateTimeOffset Start = new CorpusOptions().Start.AddDays(6).AddHours(9);

    private static readonly BuzzEpisode Luggage = new() { Topic = "luggage", Start = Start, Height = 12, HalfLife = TimeSpan.FromHours(8) };

    private static readonly BuzzEpisode Crew = new() { Topic = "crew", Start = Start.AddDays(10), Height = 5, HalfLife = TimeSpan.FromHours(4) };

    private static readonly Lazy<GeneratedTweet[]> Stream = new(() => [.. CorpusGenerator.GenerateWithTruth(new CorpusOptions { Rows = 20_000, Seed = 2, Episodes = [Luggage, Crew] })]);

    private static GeneratedTweet[] Of(BuzzEpisode? episode) => [.. Stream.Value.Where(tweet => tweet.Episode == episode)];

    [Fact]
    public void Each_episode_has_its_topic_its_anger_and_its_tag()
    {
        foreach (BuzzEpisode episode in new[] { Luggage, Crew })
        {
            GeneratedTweet[] burst = Of(episode);
            Assert.InRange(burst.Length, 300, 10_000);
            Assert.InRange(burst.Average(tweet => tweet.Topic == episode.Topic ? 1.0 : 0), 1, 1);
            Assert.InRange(burst.Average(tweet => tweet.Truth == Sentiment.Negative ? 1.0 : 0), 0.9, 1);
            // Six in ten bear a tag, three in five of these end in Gate; retweets only repeat that.
            Assert.Equal(0.36, burst.Where(tweet => tweet.Spread == Spread.Original).Average(tweet => tweet.Tweet.Text.Contains("Gate", StringComparison.Ordinal) ? 1.0 : 0), 0.08);
        }
    }

    [Fact]
    public void Everybody_speaks_of_the_same_incident()
    {
        // The grammar knows three incidents of lost luggage; an episode is about one.
        string[] incidents = [.. Of(Luggage).Where(tweet => tweet.Language == TweetLanguage.English)
            .Select(tweet => Regex.Match(tweet.Tweet.Text, "hangar in|opening luggage|thrown on the tarmac", RegexOptions.IgnoreCase))
            .Where(match => match.Success).Select(match => match.Value.ToLowerInvariant())];

        Assert.InRange(incidents.Length, 50, 10_000);
        Assert.Single(incidents.Distinct());
    }

    [Fact]
    public void The_vocabulary_of_a_scandal_is_its_own()
    {
        double Boycott(BuzzEpisode? episode) => Of(episode).Average(tweet => tweet.Tweet.Text.Contains("boycott", StringComparison.OrdinalIgnoreCase) ? 1.0 : 0);

        Assert.InRange(Boycott(Luggage), 0.1, 1);
        Assert.InRange(Boycott(null), 0, 0.01);
    }

    [Fact]
    public void Retweets_and_replies_grow_as_it_spreads()
    {
        double Share(Spread spread, double from, double to) => Of(Luggage)
            .Where(tweet => (tweet.Tweet.CreatedAt!.Value - Start).TotalHours >= from && (tweet.Tweet.CreatedAt!.Value - Start).TotalHours < to)
            .Average(tweet => tweet.Spread == spread ? 1.0 : 0);

        Assert.InRange(Share(Spread.Retweet, 0, 2), 0.1, 0.3);
        Assert.InRange(Share(Spread.Retweet, 12, 24), 0.38, 0.6);
        Assert.True(Share(Spread.Reply, 12, 24) > Share(Spread.Reply, 0, 2));
    }

    [Fact]
    public void A_few_tweets_are_repeated_by_many()
    {
        int most = Of(Luggage).Where(tweet => tweet.Spread == Spread.Retweet)
            .Select(tweet => tweet.Tweet.Text[tweet.Tweet.Text.IndexOf("RT @", StringComparison.Ordinal)..])
            .CountBy(text => text).Max(pair => pair.Value);

        Assert.InRange(most, 10, 1000);
    }

    [Fact]
    public void The_normal_stream_goes_on() => Assert.InRange(Of(null).Average(tweet => tweet.Truth == Sentiment.Positive ? 1.0 : 0), 0.48, 0.52);

    [Fact]
    public void Every_topic_can_break_out()
    {
        CorpusOptions options = new() { Rows = 300, Duration = TimeSpan.FromDays(2) };
        foreach (string topic in CorpusGenerator.Topics)
        {
            var episode = new BuzzEpisode { Topic = topic, Start = options.Start.AddHours(10), Height = 50 };
            GeneratedTweet[] tweets = [.. CorpusGenerator.GenerateWithTruth(options with { Episodes = [episode] })];
            Assert.Contains(tweets, tweet => tweet.Episode == episode);
        }
    }
}
