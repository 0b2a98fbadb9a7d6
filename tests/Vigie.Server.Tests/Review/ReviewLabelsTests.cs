using System.Text;
using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>The order of the queue, and labels that come and go.</summary>
public sealed class ReviewLabelsTests
{
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly PredictionIds ids;

    public ReviewLabelsTests() => ids = SomeRecords.Ids(clock);

    [Fact]
    public void Reported_texts_come_first_the_latest_before_the_others_then_what_is_least_certain_and_no_text_twice()
    {
        (ReviewItem, long)[] items =
        [
            (Item("sure", 0.9), 0), (Item("torn", 0.51), 0), (Item("reported long ago", 0.7), 5), (Item("reported now", 0.99), 9), (Item("torn", 0.52), 0), (Item("came with its text", null), 7), (Item("reported now", 0.6), 3),
        ];
        Assert.Equal(["reported now", "came with its text", "reported long ago", "torn", "sure"], ReviewItem.InOrder(items).Select(item => item.Text));
    }

    [Fact]
    public void A_label_is_what_settled_it_or_what_all_say_and_a_report_counts_where_nobody_judged()
    {
        LabelledText settled = Label("settled", Sentiment.Negative, "ada"), alike = Label("alike", Sentiment.Positive, "ada"), open = Label("open", Sentiment.Negative, "ada");
        LabelledText[] reviewed =
        [
            settled, settled with { Label = Sentiment.Positive, Reviewer = "bob" }, settled with { Label = Sentiment.Neutral, Reviewer = "cy", Settles = true },
            alike, alike with { Reviewer = "bob" }, open, open with { Label = Sentiment.Positive, Reviewer = "bob" },
        ];
        LabelledText reported = Label("reported", Sentiment.Negative, null);
        Assert.Equal([("settled", Sentiment.Neutral), ("alike", Sentiment.Positive), ("reported", Sentiment.Positive)],
            ReviewLabels.Settled(reviewed, [reported, reported with { Label = Sentiment.Positive }], out int disputed).Select(label => (label.Text, label.Label)));
        Assert.Equal(1, disputed);
    }

    [Theory]
    [InlineData(LabelForm.Csv, "labels.csv")]
    [InlineData(LabelForm.JsonLines, "labels.jsonl")]
    internal void Labels_are_read_as_training_data_whatever_the_texts_hold(LabelForm form, string name)
    {
        string[] texts = ["plain", "a, \"b\"", "two\nlines", "=1+1", "<script>alert(1)</script>", "😀é"];
        string folder = Directory.CreateTempSubdirectory("vigie-labels-").FullName;
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, ReviewLabels.ForTraining([.. texts.Select((text, i) => Label(text, (Sentiment)(i % 3), "ada"))], form));
        using (TweetReader reader = TweetReader.Open(path, new TweetReaderOptions { RequireLabels = true }))
            Assert.Equal(texts.Select((text, i) => (text, (Sentiment?)(Sentiment)(i % 3))), reader.Select(tweet => (tweet.Text, tweet.Label)));
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(LabelForm.Csv)]
    [InlineData(LabelForm.JsonLines)]
    internal void Judgements_that_leave_come_back_as_they_were(LabelForm form)
    {
        LabelledText known = Label("a, \"b\"", Sentiment.Negative, "ada") with { IsPrediction = true }, text = Label("two\nlines", Sentiment.Neutral, "bob");
        (IReadOnlyList<ImportedLabel> rows, IReadOnlyList<LabelFault> faults) = Import().Read(ReviewLabels.Judgements([known, text, text with { Settles = true }], form));
        Assert.Empty(faults);
        Assert.Equal([(known.Id, null, Sentiment.Negative, "ada"), ((PredictionId?)null, "two\nlines", Sentiment.Neutral, "bob")], rows.Select(row => (row.Prediction, row.Text, row.Label, row.Reviewer)));
    }

    [Fact]
    public void Every_line_that_is_wrong_is_told_with_its_number_and_none_hides_another()
    {
        string own = ids.Next().ToString();
        string file = $"""
            label;prediction_id;text;reviewer
            negative;{own};;ada
            NEUTRAL;;"two
            lines";
            bad;;late;ada
            ;;late;ada
            positive;{new string('0', 32)};;ada
            positive;;;ada
            positive;;late;key:eve
            positive;;late
            positive;;{new string('a', 101)};ada
            """;
        (IReadOnlyList<ImportedLabel> rows, IReadOnlyList<LabelFault> faults) = Import().Read(Encoding.UTF8.GetBytes(file));
        Assert.Equal([(2, "ada"), (3, "me")], rows.Select(row => ((int)row.Line, row.Reviewer)));
        Assert.Equal("two\nlines", rows[1].Text);
        Assert.Equal([5, 6, 7, 8, 9, 10, 11], faults.Select(fault => (int)fault.Line));
        Assert.Contains("label is 'bad'; expected negative, neutral or positive", faults[0].Says, StringComparison.Ordinal);
        Assert.Contains("never gave out", faults[2].Says, StringComparison.Ordinal);
        Assert.Contains("'key:eve'", faults[4].Says, StringComparison.Ordinal);
        Assert.Contains("101 characters long; at most 100", faults[6].Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_of_JSON_are_told_of_one_by_one_too()
    {
        string file = "{\"text\":\"late \\ud83d\",\"label\":\"negative\"}\n\n{\"text\":3,\"label\":\"negative\"}\n[]\n{\"text\":\"x\",\"label\":\n{\"text\":\"y\",\"label\":\"positive\",\"more\":{\"label\":\"z\"}}";
        (IReadOnlyList<ImportedLabel> rows, IReadOnlyList<LabelFault> faults) = Import().Read(Encoding.UTF8.GetBytes(file));
        Assert.Equal([(1, "late \uFFFD"), (6, "y")], rows.Select(row => ((int)row.Line, row.Text!)));
        Assert.Equal([3, 4, 5], faults.Select(fault => (int)fault.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("text,reviewer\nlate,ada\n")]
    [InlineData("label,reviewer\nnegative,ada\n")]
    public void A_file_of_another_kind_is_refused(string file) => Assert.Throws<InvalidInputException>(() => Import().Read(Encoding.UTF8.GetBytes(file)));

    private LabelImport Import() => new(new Recorder(ids), 100, "me", name => !name.StartsWith("key:", StringComparison.Ordinal));

    private ReviewItem Item(string text, double? confidence) => new(ids.Next(), text, clock.GetUtcNow()) { Confidence = confidence };

    private LabelledText Label(string text, Sentiment label, string? reviewer) => new(ids.Next(), text, label, reviewer, clock.GetUtcNow());
}
