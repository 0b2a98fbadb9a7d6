using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class RealTweetTests
{
    [Theory]
    [InlineData("data/sentiment140.csv.gz", TweetFormat.Delimited, "utf-8", 702_274, 0, 705_823)]
    [InlineData("data/sentiment140-original-format.csv", TweetFormat.Sentiment140, "windows-1252", 9_106, 0, 10_772)]
    [InlineData("data/airline.csv", TweetFormat.Delimited, "utf-8", 3_163, 1_345, 1_124)]
    [InlineData("data/semeval-train.csv.gz", TweetFormat.Delimited, "utf-8", 7_398, 21_265, 18_771)]
    [InlineData("data/tweeteval-val.csv", TweetFormat.Delimited, "utf-8", 312, 869, 819)]
    public void Published_sets_are_read_whole(string file, TweetFormat format, string encoding, int negative, int neutral, int positive)
    {
        using TweetReader reader = TweetReader.Open(SharedData.Path(file), new TweetReaderOptions { RequireLabels = true });
        Assert.Equal(format, reader.Shape.Format);
        var counts = new int[3];
        foreach (Tweet tweet in reader) counts[(int)tweet.Label!]++;
        Assert.Equal([negative, neutral, positive], counts);
        TweetReadReport report = reader.Report;
        Assert.Equal((encoding, 0L, 0L), (report.Encoding, report.Skipped, report.UnreadTimes));
    }

    [Fact]
    public void The_protocols_sample_has_its_splits()
    {
        LabelledTweets tweets = LabelledTweets.Read(SharedData.Path("data/sentiment140.csv.gz"), new TweetReaderOptions { Sample = 50_000 });
        Assert.Equal((40_000, 5_000, 5_000), (tweets[Split.Train].Count, tweets[Split.Validation].Count, tweets[Split.Test].Count));
    }

    [Fact]
    public void Airline_tweets_keep_author_time_and_identifier()
    {
        using TweetReader reader = TweetReader.Open(SharedData.Path("data/airline.csv"));
        Tweet first = reader.First();
        Assert.Equal(("569028851860254720", "alanzeino"), (first.Id, first.Author));
        Assert.Equal(new DateTimeOffset(2015, 2, 20, 23, 0, 24, TimeSpan.FromHours(-8)), first.CreatedAt);
        Assert.Contains("‘select departure city’", first.Text, StringComparison.Ordinal);
    }
}
