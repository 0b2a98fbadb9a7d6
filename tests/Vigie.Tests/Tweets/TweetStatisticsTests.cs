using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class TweetStatisticsTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    private TweetStatistics Describe(string content, TweetReaderOptions? options = null) => TweetStatistics.Of(folder.Write("t.csv", content), options);

    [Fact]
    public void Rows_lengths_duplicates_conflicts_and_times_are_counted()
    {
        TweetStatistics statistics = Describe(
            "label,date,split,text\n"
            + "positive,2026-01-02,train,Great flight 😀\n"
            + "positive,2026-01-01,train,Great flight 😀\n"
            + "negative,2026-01-05,test,great FLIGHT!!\n"
            + "negative,2026-01-03,test,late\n"
            + "neutral,2026-01-03,train,late\n"
            + "negative,2026-01-03,train,late\n"
            + ",2026-01-03,val,\"  \"\n");

        Assert.Equal((7, 1), (statistics.Reading.Rows, statistics.Reading.Unlabelled));
        Assert.Equal(["negative", "neutral", "positive"], statistics.Classes.Keys);
        Assert.Equal((3, 0.5), (statistics.Classes["negative"].Rows, statistics.Classes["negative"].Share));
        Assert.Equal(new Dictionary<string, long> { ["train"] = 4, ["validation"] = 1, ["test"] = 2 }, statistics.Splits);
        Assert.Equal(new Lengths(2, 8, 4, 14, 14), statistics.Characters);
        Assert.Equal(new Lengths(0, 9 / 7.0, 1, 2, 2), statistics.Words);
        Assert.Equal((1, 4, 3, 1), (statistics.EmptyTexts, statistics.DistinctTexts, statistics.Duplicates, statistics.NearDuplicates));
        Assert.Equal((1, 3), (statistics.ConflictingTexts, statistics.Vocabulary));
        ConflictingText conflict = Assert.Single(statistics.Conflicts);
        Assert.Equal("late", conflict.Text);
        Assert.Equal([Sentiment.Negative, Sentiment.Neutral], conflict.Labels);
        Assert.Equal((1, 5), (statistics.From!.Value.Day, statistics.To!.Value.Day));
    }

    [Theory]
    [InlineData("RT @you: It's LATE, again... http://t.co/x", "it's late again", true)]
    [InlineData("@a thanks!", "@b THANKS", true)]
    [InlineData("#fail today", "fail   today", true)]
    [InlineData("not late", "late not", false)]
    [InlineData(":)", ":(", false)]
    [InlineData("", "", true)]
    public void Near_duplicates_have_the_same_words(string left, string right, bool near) =>
        Assert.Equal(near, NearText.HashOf(left) == NearText.HashOf(right));

    // Monroe, Colaresi, Quinn 2008, equations 16 and 22, by hand for 'late': 30 of 40 words here, 10 of 60 there, prior 1000 × 40/100 = 400.
    [Fact]
    public void Top_words_are_ranked_by_log_odds_with_an_informative_prior()
    {
        TweetStatistics statistics = Describe(
            "label,text\n" + string.Concat(Enumerable.Repeat("0,late\n", 30)) + string.Concat(Enumerable.Repeat("0,the\n", 10))
            + string.Concat(Enumerable.Repeat("1,late\n", 10)) + string.Concat(Enumerable.Repeat("1,the\n", 50)));
        TopWord late = Assert.Single(statistics.Classes["negative"].TopWords);
        double odds = Math.Log(430.0 / (1040 - 430)) - Math.Log(410.0 / (1060 - 410));
        Assert.Equal(("late", 30L), (late.Text, late.Count));
        Assert.Equal(odds / Math.Sqrt((1 / 430.0) + (1 / 410.0)), late.ZScore, 10);
        Assert.Equal("the", Assert.Single(statistics.Classes["positive"].TopWords).Text);
    }

    [Fact]
    public void A_file_without_labels_is_described_too()
    {
        TweetStatistics statistics = Describe("text\na b\n");
        Assert.Empty(statistics.Classes);
        Assert.Equal(2, statistics.Vocabulary);
        Assert.ThrowsAny<InvalidInputException>(() => Describe("text\na,b\n", new TweetReaderOptions { OnError = OnError.Skip }));
    }

    [Fact]
    public void Words_of_the_airline_set_speak_for_their_class()
    {
        TweetStatistics statistics = TweetStatistics.Of(SharedData.Path("data/airline.csv"));
        Assert.Contains("delayed", statistics.Classes["negative"].TopWords.Select(word => word.Text));
        Assert.Equal("thanks", statistics.Classes["positive"].TopWords[0].Text);
        Assert.Equal((20, 2), (statistics.Duplicates, statistics.ConflictingTexts));
    }
}
