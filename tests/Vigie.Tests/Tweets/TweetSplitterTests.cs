using Vigie.Tweets;

namespace Vigie.Tests.Tweets;

public sealed class TweetSplitterTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_row_keeps_its_side_when_rows_are_added()
    {
        Dictionary<string, Split> small = SplitInto("small", Numbered(0, 2000));
        Dictionary<string, Split> large = SplitInto("large", Numbered(0, 4000));
        Assert.Equal((2000, 4000), (small.Count, large.Count));
        Assert.All(small, row => Assert.Equal(large[row.Key], row.Value));
        Assert.InRange(large.Values.Count(side => side == Split.Train), 3100, 3300);
    }

    [Fact]
    public void Every_class_is_split_in_the_same_proportion()
    {
        SplitReport report = TweetSplitter.Run(folder.Write("t.csv", Numbered(0, 10_000)), folder["out"]);
        Assert.Equal(10_000, report.Train.Rows + report.Validation.Rows + report.Test.Rows);
        foreach (SideCount side in new[] { report.Train, report.Validation, report.Test })
            Assert.InRange((double)side.Positive / side.Rows, 0.2, 0.3); // a quarter is positive
    }

    [Fact]
    public void Duplicates_are_left_out_and_contradictions_altogether()
    {
        const string content = "label,text\n1,good\n1,good\n0,bad\n0,either\n1,either\n1,either\n1,Good!\n";
        SplitReport report = TweetSplitter.Run(folder.Write("t.csv", content), folder["out.csv"]);
        Assert.Equal((1, 1, 3), (report.Duplicates, report.ConflictingTexts, report.ConflictingRows));
        Assert.Equal(["good", "bad", "Good!"], Texts(folder["out.csv"]));
        report = TweetSplitter.Run(folder["t.csv"], folder["out.csv"], new SplitOptions { DropNearDuplicates = true });
        Assert.Equal(2, report.Duplicates);
        Assert.Equal(["good", "bad"], Texts(folder["out.csv"]));
    }

    [Fact]
    public void By_time_an_instant_stays_on_one_side()
    {
        // Of 40 rows in the order of time, 31 to 33 share an instant that the boundary at 32 would cut.
        string content = "label,date,text\n" + string.Concat(
            Enumerable.Range(0, 40).Reverse().Select(i => $"{i % 2},2026-01-01T00:{(i is 31 or 32 or 33 ? 31 : i):00}:00Z,tweet {i}\n"));
        SplitReport report = TweetSplitter.Run(folder.Write("t.csv", content), folder["out"], new SplitOptions { Rule = SplitRule.Time });
        Assert.Equal((34, 2, 4), (report.Train.Rows, report.Validation.Rows, report.Test.Rows));
    }

    [Fact]
    public void By_time_the_three_sides_follow_one_another()
    {
        string content = "label,date,text\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{i % 2},2026-01-01T{i * 37 % 100 / 5:00}:{i * 37 % 100 % 5:00}:00Z,tweet {i * 37 % 100}\n"));
        TweetSplitter.Run(folder.Write("t.csv", content), folder["out"], new SplitOptions { Rule = SplitRule.Time });
        Assert.Equal(Enumerable.Range(0, 80), Numbers("train.csv"));
        Assert.Equal(Enumerable.Range(80, 10), Numbers("validation.csv"));
        Assert.Equal(Enumerable.Range(90, 10), Numbers("test.csv"));

        IEnumerable<int> Numbers(string name) =>
            Texts(Path.Combine(folder["out"], name)).Select(text => int.Parse(text[6..], System.Globalization.CultureInfo.InvariantCulture)).Order();
    }

    [Fact]
    public void Samples_of_growing_size_contain_one_another_with_their_sides()
    {
        folder.Write("t.csv", Numbered(0, 3000));
        Dictionary<string, Split>[] ladder = [.. new[] { 500, 1000, 2000 }.Select(size => SplitInto($"s{size}", null, size))];
        Assert.Equal([500, 1000, 2000], ladder.Select(rung => rung.Count));
        Assert.All(ladder[0], row => Assert.Equal(ladder[1][row.Key], row.Value));
        Assert.All(ladder[1], row => Assert.Equal(ladder[2][row.Key], row.Value));
    }

    [Fact]
    public void Ranks_and_sides_of_the_file_are_respected_unless_the_rule_says_otherwise()
    {
        string content = "rank,split,label,text\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{39 - i},{(i < 30 ? "test" : "val")},{i % 2},tweet {i}\n"));
        string path = folder.Write("t.csv", content);
        SplitReport given = TweetSplitter.Run(path, folder["out.jsonl"], new SplitOptions { Reading = new TweetReaderOptions { Sample = 20 } });
        Assert.Equal((SplitRule.Given, 20, 0, 10, 10), (given.Rule, given.OutsideSample, given.Train.Rows, given.Validation.Rows, given.Test.Rows));
        using TweetReader reader = TweetReader.Open(folder["out.jsonl"]);
        Assert.Equal([.. Enumerable.Range(0, 20).Reverse().Select(rank => (long?)rank)], reader.Select(tweet => tweet.Rank));
        SplitReport hashed = TweetSplitter.Run(path, folder["out.jsonl"], new SplitOptions { Rule = SplitRule.Hash });
        Assert.Equal((SplitRule.Hash, 40), (hashed.Rule, hashed.Train.Rows + hashed.Validation.Rows + hashed.Test.Rows));
        Assert.True(hashed.Train.Rows > 20);
    }

    [Theory]
    [InlineData("label,text\n1,a\n1,b\n", "out", SplitRule.Given, "all 2 rows left to split are labelled positive")]
    [InlineData("label,text\n1,a\n0,a\n", "out", SplitRule.Given, "no row is left")]
    [InlineData("label,text\n1,a\n0,b\n", "out", SplitRule.Time, "needs a column of times")]
    [InlineData("label,date,text\n1,2026-01-01,a\n0,soon,b\n", "out", SplitRule.Time, "row 2 has no readable time")]
    [InlineData("label,date,text\n1,2026-01-01,a\n0,2026-01-01,b\n", "out", SplitRule.Time, "too few different times")]
    [InlineData("text\na\n", "out", SplitRule.Given, "no label column")]
    [InlineData("label,text\n1,a\n0\n", "out", SplitRule.Given, "row 2")]
    [InlineData("label,text\n1,a\n0,b\n", "out.zip", SplitRule.Given, "name a folder")]
    [InlineData("label,text\n1,a\n0,b\n", "out.csv.zip", SplitRule.Given, "name a folder")]
    public void What_cannot_be_split_leaves_nothing_behind(string content, string output, SplitRule rule, string message)
    {
        string path = folder.Write("t.csv", content);
        InvalidInputException error = Assert.ThrowsAny<InvalidInputException>(() => TweetSplitter.Run(path, folder[output], new SplitOptions { Rule = rule }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Cancelling_leaves_what_was_there_and_nothing_else()
    {
        string path = folder.Write("t.csv", Numbered(0, 50_000));
        string output = folder.Write("out.csv", "what was there");
        using var source = new CancellationTokenSource();
        int second = 0;
        var progress = new Immediate(report => { if (report.Rows == 0 && second++ == 1) source.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => TweetSplitter.Run(path, output, progress: progress, cancellation: source.Token));
        Assert.Equal("what was there", File.ReadAllText(output));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    private static string Numbered(int from, int to) =>
        "label,text\n" + string.Concat(Enumerable.Range(from, to - from).Select(i => $"{(i % 4 == 0 ? 1 : 0)},tweet number {i}\n"));

    private Dictionary<string, Split> SplitInto(string name, string? content, int? sample = null)
    {
        if (content is not null) folder.Write("t.csv", content);
        SplitReport report = TweetSplitter.Run(folder["t.csv"], folder[name], new SplitOptions { Reading = new TweetReaderOptions { Sample = sample } });
        Assert.Equal(["train.csv", "validation.csv", "test.csv"], report.Outputs.Select(Path.GetFileName));
        var sides = new Dictionary<string, Split>();
        foreach (string output in report.Outputs)
        {
            using TweetReader reader = TweetReader.Open(output);
            foreach (Tweet tweet in reader) sides.Add(tweet.Text, tweet.Split!.Value);
        }

        return sides;
    }

    private static string[] Texts(string path)
    {
        using TweetReader reader = TweetReader.Open(path);
        return [.. reader.Select(tweet => tweet.Text)];
    }

    private sealed class Immediate(Action<ReadProgress> report) : IProgress<ReadProgress>
    {
        public void Report(ReadProgress value) => report(value);
    }
}
