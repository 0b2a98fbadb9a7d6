using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class LabelSchemeTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("0 1", "- +", LabelScheme.ZeroOne)]
    [InlineData("1 0 1", "+ - +", LabelScheme.ZeroOne)]
    [InlineData("0 4", "- +", LabelScheme.ZeroTwoFour)]
    [InlineData("4 2 0", "+ = -", LabelScheme.ZeroTwoFour)]
    [InlineData("0 1 2", "- = +", LabelScheme.ZeroOneTwo)]
    [InlineData("-1 0 1", "- = +", LabelScheme.MinusOneToOne)]
    [InlineData("-1 1", "- +", LabelScheme.MinusOneToOne)]
    [InlineData("Negative NEUTRAL pos neu", "- = + =", LabelScheme.Words)]
    [InlineData("0 0", "- -", null)]
    [InlineData("1 1", "+ +", LabelScheme.ZeroOne)]
    [InlineData("4.0 0.0", "+ -", LabelScheme.ZeroTwoFour)]
    public void The_first_rows_decide_for_the_file(string labels, string expected, LabelScheme? scheme)
    {
        using TweetReader reader = TweetReader.Open(folder.Write("t.csv", Csv(labels.Split(' '))));
        Assert.Equal(expected, Signs(reader));
        Assert.Equal(scheme, reader.Report.Labels);
    }

    // Sorted by class, so that the first MiB shows only the first.
    [Theory]
    [InlineData("0", "4", Sentiment.Positive, LabelScheme.ZeroTwoFour)]
    [InlineData("0", "1", Sentiment.Positive, LabelScheme.ZeroOne)]
    [InlineData("4", "0", Sentiment.Negative, LabelScheme.ZeroTwoFour)]
    [InlineData("4", "2", Sentiment.Neutral, LabelScheme.ZeroTwoFour)]
    [InlineData("1", "0", Sentiment.Negative, LabelScheme.ZeroOne)]
    [InlineData("-1", "0", Sentiment.Neutral, LabelScheme.MinusOneToOne)]
    public void A_file_sorted_by_class_is_read_right(string first, string last, Sentiment expected, LabelScheme scheme)
    {
        using TweetReader reader = TweetReader.Open(Sorted(first, last));
        Assert.Equal(expected, reader.Last().Label);
        Assert.Equal(scheme, reader.Report.Labels);
    }

    [Theory]
    [InlineData("1", "2")]
    [InlineData("1", "-1")]
    [InlineData("1", "4")]
    [InlineData("0", "2")]
    [InlineData("0", "-1")]
    public void A_value_of_another_scheme_ends_the_reading_even_when_errors_are_skipped(string first, string last)
    {
        using TweetReader reader = TweetReader.Open(Sorted(first, last), new TweetReaderOptions { OnError = OnError.Skip });
        TweetFormatException error = Assert.Throws<TweetFormatException>(() => reader.Last());
        Assert.Equal(($"'{last}'", SortedRows + 1), (error.Found, error.Row));
    }

    [Fact]
    public void A_declared_scheme_reads_what_cannot_be_told()
    {
        string path = folder.Write("t.csv", Csv(["0", "2"]));
        using TweetReader polarity = TweetReader.Open(path, new TweetReaderOptions { Labels = LabelScheme.ZeroTwoFour });
        Assert.Equal("- =", Signs(polarity));
        using TweetReader classes = TweetReader.Open(path, new TweetReaderOptions { Labels = LabelScheme.ZeroOneTwo });
        Assert.Equal("- +", Signs(classes));
        using TweetReader other = TweetReader.Open(path, new TweetReaderOptions { Labels = LabelScheme.ZeroOne, OnError = OnError.Skip });
        Assert.Equal("-", Signs(other));
        Assert.Equal(1, other.Report.Skipped);
    }

    [Fact]
    public void An_empty_label_is_no_label()
    {
        string path = folder.Write("t.csv", Csv(["1", "", "0"]));
        using TweetReader reader = TweetReader.Open(path);
        Assert.Equal("+ ? -", Signs(reader));
        Assert.Equal(1, reader.Report.Unlabelled);
        using TweetReader strict = TweetReader.Open(path, new TweetReaderOptions { RequireLabels = true });
        Assert.Equal((2, "none"), Assert.Throws<TweetFormatException>(() => strict.Count()) is var error ? (error.Row, error.Found) : default);
    }

    private const int SortedRows = 30_000;

    private string Sorted(string first, string last)
    {
        var content = new StringBuilder("label,text\n");
        for (int i = 0; i < SortedRows; i++) content.Append(CultureInfo.InvariantCulture, $"{first},a tweet of quite the usual length and number {i}\n");
        return folder.Write("sorted.csv", content.Append(CultureInfo.InvariantCulture, $"{last},the last\n").ToString());
    }

    private static string Csv(string[] labels) => "label,text\n" + string.Concat(labels.Select(label => $"{label},a text\n"));

    private static string Signs(TweetReader reader) =>
        string.Join(' ', reader.Select(tweet => tweet.Label switch { Sentiment.Negative => "-", Sentiment.Neutral => "=", Sentiment.Positive => "+", _ => "?" }));
}
