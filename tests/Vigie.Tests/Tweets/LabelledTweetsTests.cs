using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class LabelledTweetsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_files_split_is_respected()
    {
        LabelledTweets tweets = LabelledTweets.Read(folder.Write("t.csv", "split,label,text\ntrain,1,a\nval,0,b\ntest,1,c\ntrain,0,d\n"));
        Assert.Equal(["a", "d"], tweets[Split.Train].Texts);
        Assert.Equal([Sentiment.Positive, Sentiment.Negative], tweets[Split.Train].Labels);
        Assert.Equal(["b"], tweets[Split.Validation].Texts);
        Assert.Equal(["c"], tweets[Split.Test].Texts);
        Assert.Equal([Sentiment.Negative, Sentiment.Positive], tweets.Classes);
    }

    [Fact]
    public void Without_one_a_row_keeps_its_side_whatever_the_file_around_it()
    {
        LabelledTweets large = LabelledTweets.Read(Numbered("large.csv", 0, 5000));
        LabelledTweets small = LabelledTweets.Read(Numbered("small.csv", 2000, 3000));
        Dictionary<string, Split> sides = large.All.Texts.Zip(large.Splits).ToDictionary(pair => pair.First, pair => pair.Second);
        Assert.All(small.All.Texts.Zip(small.Splits), pair => Assert.Equal(sides[pair.First], pair.Second));
        Assert.InRange(large[Split.Train].Count, 3900, 4100);
        Assert.InRange(large[Split.Validation].Count, 440, 560);
        Assert.InRange(large[Split.Test].Count, 440, 560);
    }

    [Fact]
    public void Samples_by_rank_are_the_rows_below_it()
    {
        string path = folder.Write("t.csv", "rank,label,text\n3,1,d\n0,1,a\n2,0,c\n1,0,b\n");
        Assert.Equal(["a", "b"], LabelledTweets.Read(path, new TweetReaderOptions { Sample = 2 }).All.Texts);
        Assert.Equal(["a", "c", "b"], LabelledTweets.Read(path, new TweetReaderOptions { Sample = 3 }).All.Texts);
    }

    [Fact]
    public void Samples_by_hash_are_nested_whole_and_blind_to_the_order_of_rows()
    {
        string path = Numbered("t.csv", 0, 3000);
        string[] lines = File.ReadAllLines(path);
        string reversed = folder.Write("reversed.csv", lines[0] + "\n" + string.Join('\n', lines.Skip(1).Reverse()) + "\n");
        string[] hundred = LabelledTweets.Read(path, new TweetReaderOptions { Sample = 100 }).All.Texts;
        string[] thousand = LabelledTweets.Read(path, new TweetReaderOptions { Sample = 1000 }).All.Texts;
        Assert.Equal((100, 1000), (hundred.Length, thousand.Length));
        Assert.Subset(thousand.ToHashSet(), hundred.ToHashSet());
        Assert.Equal(hundred.Reverse(), LabelledTweets.Read(reversed, new TweetReaderOptions { Sample = 100 }).All.Texts);
        using TweetReader streamed = TweetReader.Open(path, new TweetReaderOptions { Sample = 100 });
        Assert.Equal(hundred, streamed.Select(tweet => tweet.Text));
        Assert.Equal((3000, 100), (streamed.Report.Rows, streamed.Report.Taken));
        Assert.Equal(3000, LabelledTweets.Read(path, new TweetReaderOptions { Sample = 9999 }).All.Count);
    }

    [Theory]
    [InlineData("label,text\n1,a\n1,b\n", null, "all 2 rows are labelled positive")]
    [InlineData("text\na\n", null, "no label column found")]
    [InlineData("label,text\n1,a\n,b\n", null, "row 2")]
    [InlineData("rank,label,text\n5,1,a\n6,0,b\n", 5, "no row has a rank below 5")]
    [InlineData("label,text\n1,a\n0,b\n", 0, "takes at least 1")]
    public void What_cannot_be_learnt_from_is_refused(string content, int? sample, string message)
    {
        string path = folder.Write("t.csv", content);
        InvalidInputException error = Assert.ThrowsAny<InvalidInputException>(() => LabelledTweets.Read(path, new TweetReaderOptions { Sample = sample }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Skipping_everything_is_an_error_too()
    {
        string path = folder.Write("t.csv", "label,text\n1,a,b\n0,c,d\n");
        InvalidInputException error = Assert.ThrowsAny<InvalidInputException>(() => LabelledTweets.Read(path, new TweetReaderOptions { OnError = OnError.Skip }));
        Assert.Contains("all 2 were malformed, the first because of: expected 2 columns, found 3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_hash_is_XXH3()
    {
        Assert.Equal(0x2D06800538D394C2UL, TextHash.Of("")); // XXH3_64bits of nothing, seed 0, from the specification
        Assert.Equal(System.IO.Hashing.XxHash3.HashToUInt64("café 😀"u8), TextHash.Of("café 😀"));
        Assert.Equal(System.IO.Hashing.XxHash3.HashToUInt64(new byte[5000].Select(_ => (byte)'x').ToArray()), TextHash.Of(new string('x', 5000)));
        Assert.Equal([Split.Train, Split.Train, Split.Validation, Split.Test, Split.Train], new ulong[] { 0, 7, 8, 19, 30 }.Select(hash => TextHash.SplitOf(hash)));
    }

    private string Numbered(string name, int from, int to) =>
        folder.Write(name, "label,text\n" + string.Concat(Enumerable.Range(from, to - from).Select(i => $"{i % 2},tweet number {i}\n")));
}
