using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class TweetFormatTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private List<Tweet> Read(string content, TweetReaderOptions? options = null)
    {
        using TweetReader reader = TweetReader.Open(folder.Write("tweets", content), options);
        return [.. reader];
    }

    [Fact]
    public void Sentiment140_as_published()
    {
        const string published =
            "\"0\",\"1467810369\",\"Mon Apr 06 22:19:45 PDT 2009\",\"NO_QUERY\",\"_TheSpecialOne_\",\"@switchfoot http://twitpic.com/2y1zl - Awww &amp; ouch\"\n"
            + "\"2\",\"1\",\"Sun May 31 08:50:33 UTC 2009\",\"NO_QUERY\",\"a\",\"so, so\"\n\"4\",\"2\",\"Sun May 31 08:50:33 UTC 2009\",\"NO_QUERY\",\"b\",\"yes\"\n";
        using TweetReader reader = TweetReader.Open(folder.Write("x.dat", published));
        Assert.Equal(TweetFormat.Sentiment140, reader.Shape.Format);
        List<Tweet> tweets = [.. reader];
        Assert.Equal([Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive], tweets.Select(tweet => tweet.Label!.Value));
        Assert.Equal(
            new Tweet("@switchfoot http://twitpic.com/2y1zl - Awww &amp; ouch")
            {
                Id = "1467810369",
                Label = Sentiment.Negative,
                Author = "_TheSpecialOne_",
                CreatedAt = new DateTimeOffset(2009, 4, 6, 22, 19, 45, TimeSpan.FromHours(-7)),
            },
            tweets[0]);
    }

    [Theory]
    [InlineData("label,text\n1,a b\n0,c\n")]
    [InlineData("text,polarity\r\na b,4\r\nc,0\r\n")]
    [InlineData("Text\tSentiment\na b\tpositive\nc\tnegative\n")]
    [InlineData("target;tweet\nPOS;a b\nneg;c")]
    [InlineData("x,airline_sentiment,content\n,positive,a b\n,negative,c\n")]
    [InlineData("class|message\n1|a b\n-1|c\n")]
    [InlineData("label,text\n1.0,\"a b\"\n\n0.0,\"c\"\n\n")]
    [InlineData("{\"text\":\"a b\",\"label\":1}\n{\"label\":0,\"text\":\"c\",\"more\":{\"text\":[1,2]}}\n")]
    [InlineData("{\"tweet\":\"\\u0061 b\",\"sentiment\":\"positive\"}\r\n\r\n{\"tweet\":\"c\",\"sentiment\":\"neg\"}")]
    public void Columns_are_found_by_name(string content)
    {
        List<Tweet> tweets = Read(content);
        Assert.Equal([new Tweet("a b") { Label = Sentiment.Positive }, new Tweet("c") { Label = Sentiment.Negative }], tweets);
    }

    [Fact]
    public void Columns_are_taken_as_the_caller_says()
    {
        var options = new TweetReaderOptions { TextColumn = "Verbatim", LabelColumn = "score" };
        Assert.Equal([new Tweet("a") { Label = Sentiment.Positive }], Read("text,label,verbatim,score\nx,0,a,1\n", options));
        Assert.Equal([new Tweet("a") { Label = Sentiment.Positive }], Read("{\"text\":\"x\",\"Verbatim\":\"a\",\"score\":1}", options));
    }

    [Fact]
    public void Text_alone_is_enough() => Assert.Equal([new Tweet("a, b"), new Tweet("c")], Read("text\n\"a, b\"\nc\n"));

    [Fact]
    public void Quoted_fields_hold_delimiters_line_breaks_and_doubled_quotes()
    {
        List<Tweet> tweets = Read("label,text\n1,\"say \"\"hi\"\",\nthen\r\nleave\"\n0,5\" pizza\n");
        Assert.Equal(["say \"hi\",\nthen\r\nleave", "5\" pizza"], tweets.Select(tweet => tweet.Text));
    }

    [Fact]
    public void Tab_separated_quotes_are_characters_where_they_cannot_be_quotes()
    {
        Assert.Equal(["\"oh\" she said", "fine"], Read("label\ttext\n0\t\"oh\" she said\n1\tfine\n").Select(tweet => tweet.Text));
        Assert.Equal(["a\tb", "fine"], Read("label\ttext\n0\t\"a\tb\"\n1\tfine\n").Select(tweet => tweet.Text));
    }

    [Fact]
    public void Every_known_column_is_read()
    {
        Tweet tweet = Assert.Single(Read("rank,split,label,id,created_at,author,text\n7,val,1,99,2026-01-02T03:04:05Z,@me,hi\n"));
        Assert.Equal(
            new Tweet("hi")
            {
                Rank = 7,
                Split = Split.Validation,
                Label = Sentiment.Positive,
                Id = "99",
                CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
                Author = "me",
            },
            tweet);
    }

    [Fact]
    public void Twitters_own_json_is_read()
    {
        Tweet tweet = Assert.Single(Read(
            "{\"created_at\":\"Wed Oct 10 20:19:24 +0000 2018\",\"id\":1,\"text\":\"caf\\u00e9 \\ud83d\\ude00\",\"user\":{\"id\":3,\"screen_name\":\"me\",\"x\":{}}}\n"));
        Assert.Equal(new Tweet("café 😀") { Id = "1", Author = "me", CreatedAt = new DateTimeOffset(2018, 10, 10, 20, 19, 24, TimeSpan.Zero) }, tweet);
    }

    [Theory]
    [InlineData("2015-02-20 23:00:24 -0800", "2015-02-21T07:00:24Z")]
    [InlineData("2015-02-20T23:00:24.125+02:00", "2015-02-20T21:00:24.125Z")]
    [InlineData("2015-02-20 23:00:24", "2015-02-20T23:00:24Z")]
    [InlineData("1424473224", "2015-02-20T23:00:24Z")]
    [InlineData("1424473224000", "2015-02-20T23:00:24Z")]
    [InlineData("Fri Feb 20 23:00:24 PST 2015", "2015-02-21T07:00:24Z")]
    public void Times_are_read_in_their_usual_notations(string written, string expected)
    {
        Tweet tweet = Assert.Single(Read($"text,date\nx,{written}\n"));
        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), tweet.CreatedAt);
    }

    [Fact]
    public void A_time_that_could_be_two_days_is_counted_and_left_out()
    {
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", "text,date\nx,03/04/2015\n"));
        Assert.Null(Assert.Single(reader.ToList()).CreatedAt);
        Assert.Equal(1, reader.Report.UnreadTimes);
    }

    [Fact]
    public void Naughty_texts_and_long_ones_pass_unchanged()
    {
        string text = new string('x', 1_000_000) + "\0 ‮ \ufeff 'drop table'";
        List<Tweet> tweets = Read($"label,text\n1,\"{text}\"\n0,{text}\n");
        Assert.All(tweets, tweet => Assert.Equal(text, tweet.Text));
        Assert.Equal(2, tweets.Count);
    }

    [Fact]
    public void A_reader_is_enumerated_once()
    {
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", "text\nx\n"));
        Assert.Single(reader.ToList());
        Assert.Throws<InvalidOperationException>(() => reader.ToList());
    }
}
