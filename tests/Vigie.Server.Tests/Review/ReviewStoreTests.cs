using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>The queue and the judgements, in both databases alike.</summary>
public sealed class ReviewStoreTests : IAsyncDisposable
{
    private readonly RecordsFolder folder = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly PredictionIds ids;
    private PostgresSource? postgres;
    private IRecordStore store = null!;
    private ReviewRecords records = null!;
    private Func<DbConnection> connect = null!;

    public ReviewStoreTests() => ids = SomeRecords.Ids(clock);

    private DateTimeOffset WeekAgo => clock.GetUtcNow().AddDays(-7);

    public ValueTask DisposeAsync()
    {
        store?.Dispose();
        postgres?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Reported_and_uncertain_predictions_wait_until_a_reviewer_has_judged_them(bool isPostgres)
    {
        await OpenAsync(isPostgres);
        PredictionId reported = Predict("reported", 0.95), torn = Predict("torn", 0.55), confirmed = Predict("confirmed", 0.99);
        Predict("sure", 0.9);
        Predict("torn", 0.55); // the same text by the same model
        Report(reported, Sentiment.Negative);
        Report(confirmed, Sentiment.Positive); // which says that the model was right
        store.Take(Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "came with its text", Predicted = Sentiment.Positive, Label = Sentiment.Negative }));

        IReadOnlyList<ReviewItem> items = await ItemsAsync();
        Assert.Equal(["came with its text", "reported", "torn", "sure", "confirmed"], items.Select(item => item.Text));
        Assert.Equal((reported, true, Sentiment.Positive, 0.95, 1, SmallModels.TwoClasses.Digest), (items[1].Id, items[1].IsPrediction, items[1].Predicted, items[1].Confidence, items[1].Reports, items[1].Digest));
        Assert.Equal(new ReviewCounts(2, 3, 0, 0), await records.CountAsync("ada", WeekAgo, TestContext.Current.CancellationToken));
        ReviewReport report = Assert.Single(await records.ReportsAsync(items[1], TestContext.Current.CancellationToken));
        Assert.Equal((Sentiment.Negative, "why not", true), (report.Label, report.Comment, report.Code is { Length: 4 }));

        Judge("ada", items[0], Sentiment.Negative);
        Judge("ada", items[1], Sentiment.Positive);
        Judge("ada", items[2], Sentiment.Negative);
        Assert.Equal(["sure", "confirmed"], (await ItemsAsync()).Select(item => item.Text));
        Predict("torn", 0.55); // which has been judged
        Report(torn, Sentiment.Negative);
        Assert.Equal(["sure", "confirmed"], (await ItemsAsync()).Select(item => item.Text));
        Assert.Empty(await ItemsAsync(ReviewQueue.Second)); // she does not check herself
        Assert.Equal(["came with its text", "reported", "torn"], (await ItemsAsync(ReviewQueue.Second, "bob")).Select(item => item.Text).Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_reviewers_agree_or_not_and_a_third_settles_it(bool isPostgres)
    {
        await OpenAsync(isPostgres);
        foreach (string text in (string[])["one", "two", "three"]) Predict(text, 0.6);
        IReadOnlyList<ReviewItem> items = await ItemsAsync();
        foreach (ReviewItem item in items) Judge("ada", item, Sentiment.Negative);
        Judge("ada", items[2], Sentiment.Positive); // her last word
        foreach (ReviewItem item in items.Take(2)) Judge("bob", item, Sentiment.Negative);
        Judge("bob", items[2], Sentiment.Negative);

        Agreement pair = Assert.Single(await records.AgreementsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("ada", "bob", 3L, 2L), (pair.First, pair.Second, pair.Both, pair.Alike));
        ReviewItem disputed = Assert.Single(await ItemsAsync(ReviewQueue.Disputed, "cy"));
        Assert.Equal(items[2].Id, disputed.Id);
        Assert.Equal([("ada", Sentiment.Positive), ("bob", Sentiment.Negative)], (await records.JudgementsAsync(disputed.Id, TestContext.Current.CancellationToken)).Select(one => (one.Reviewer, one.Label)));

        store.Take(Write(CorrectionDraft.Of(disputed, Sentiment.Positive, "cy", settles: true)));
        Assert.Empty(await ItemsAsync(ReviewQueue.Disputed, "cy"));
        pair = Assert.Single(await records.AgreementsAsync(TestContext.Current.CancellationToken));
        Assert.Equal((3L, 2L), (pair.Both, pair.Alike)); // what settles is no opinion of its own
        IReadOnlyList<LabelledText> labels = ReviewLabels.Settled(await records.ReviewedAsync(TestContext.Current.CancellationToken), [], out int left);
        Assert.Equal((0, 3, Sentiment.Positive), (left, labels.Count, labels.Single(label => label.Id == disputed.Id).Label));
        using DbConnection open = connect();
        Recount.Check(open); // judgements count in the figures as the corrections that they are
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_erased_is_asked_of_nobody_and_whoever_is_forgotten_has_no_name(bool isPostgres)
    {
        await OpenAsync(isPostgres);
        Predict("kept", 0.6);
        Predict("gone", 0.55, tweet: "1");
        PredictionId judged = Predict("gone and judged", 0.52, tweet: "1");
        store.Take(Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "gone", Predicted = Sentiment.Positive, Label = Sentiment.Negative }));
        foreach (string reviewer in (string[])["ada", "bob"]) store.Take(Write(new CorrectionDraft(Sentiment.Negative) { Prediction = judged, Reporter = reviewer, IsReview = true }));
        Assert.Equal(["gone", "kept"], (await ItemsAsync()).Select(item => item.Text)); // 'gone' both as a prediction and as a text of its own, and once here
        Assert.Equal(2, (await records.ReviewedAsync(TestContext.Current.CancellationToken)).Count);

        store.Take(RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), "1", null)));
        Assert.Equal(["kept"], (await ItemsAsync(reviewer: "cy")).Select(item => item.Text));
        Assert.Empty(await records.ReviewedAsync(TestContext.Current.CancellationToken));
        Assert.Equal(1, Assert.Single(await records.AgreementsAsync(TestContext.Current.CancellationToken)).Both); // which leads to nobody

        store.Take(RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), null, SomeRecords.Authors.Of("ada"))));
        Agreement pair = Assert.Single(await records.AgreementsAsync(TestContext.Current.CancellationToken));
        Assert.Equal(("   ", "bob"), (pair.First, pair.Second));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Only_the_least_certain_of_a_day_are_kept_and_all_goes_with_its_time(bool isPostgres)
    {
        await OpenAsync(isPostgres);
        int all = ReviewWriter.MostOfADay + 50;
        var batch = new List<byte[]>();
        for (int i = 0; i < all; i++) batch.Add(Payload($"tweet {i}", 0.5 + 0.4 * ((i * 7) % all) / all));
        foreach (byte[][] part in batch.Chunk(100)) store.Take(part);
        Assert.Equal(ReviewWriter.MostOfADay, (int)(await records.CountAsync("ada", WeekAgo, TestContext.Current.CancellationToken)).Uncertain);
        IReadOnlyList<ReviewItem> items = await records.ItemsAsync(ReviewQueue.First, "ada", WeekAgo, 500, TestContext.Current.CancellationToken);
        Assert.Equal(0.5, items[0].Confidence);
        Assert.True(items[^1].Confidence < 0.5 + 0.4 * (ReviewWriter.MostOfADay + 1) / all);
        Judge("ada", items[0], Sentiment.Negative);

        clock.Advance(TimeSpan.FromDays(3));
        store.Remover.Begin(clock.GetUtcNow().AddDays(-1));
        while (store.Remover.IsBusy) store.Remover.Go();
        Assert.Equal(new ReviewCounts(0, 0, 0, 0), await records.CountAsync("bob", WeekAgo, TestContext.Current.CancellationToken));
        Assert.Equal(0, Ask("SELECT count(*) FROM reviews"));
        Assert.Equal(1, Ask("SELECT count(*) FROM reviewers WHERE name = '   '"));
    }

    [Fact]
    public async Task Records_of_before_bring_their_reports_along()
    {
        await OpenAsync(isPostgres: false);
        PredictionId reported = Predict("reported", 0.9);
        Report(reported, Sentiment.Negative);
        store.Take(Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "came with its text", Predicted = Sentiment.Positive, Label = Sentiment.Negative }));
        store.Dispose();
        using (RecordDatabase database = RecordDatabase.OpenToWrite(folder.Database)) database.Run("DROP TABLE reviews; DROP TABLE review_items; DROP TABLE reviewers; PRAGMA user_version=2");

        store = SomeRecords.Open(folder, clock);
        Assert.Equal(["came with its text", "reported"], (await ItemsAsync()).Select(item => item.Text).Order());
        Report(reported, Sentiment.Negative);
        Assert.Equal(2, (await ItemsAsync()).Single(item => item.Id == reported).Reports);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Corrections_towards_a_retraining_count_each_prediction_once_by_the_last_word(bool isPostgres)
    {
        await OpenAsync(isPostgres);
        DateTimeOffset began = clock.GetUtcNow();
        PredictionId first = Predict("one", 0.6), second = Predict("two", 0.6);
        Report(first, Sentiment.Negative);
        Report(first, Sentiment.Negative);
        Report(second, Sentiment.Negative);
        Assert.Equal(2, await records.CorrectedAsync(began, TestContext.Current.CancellationToken));
        Judge("ada", (await ItemsAsync()).Single(item => item.Id == second), Sentiment.Positive); // the model was right
        Assert.Equal(1, await records.CorrectedAsync(began, TestContext.Current.CancellationToken));
        Assert.Equal(0, await records.CorrectedAsync(began.AddMinutes(1), TestContext.Current.CancellationToken));
        Assert.Equal(began, await records.FirstAnswerAsync(SmallModels.TwoClasses.Digest, TestContext.Current.CancellationToken));
        Assert.Null(await records.FirstAnswerAsync("another", TestContext.Current.CancellationToken));
    }

    private static byte[] Write(FeedbackRecord record) => SomeRecords.Format.Write(record);

    private byte[] Write(CorrectionDraft draft) => Write(draft.With(ids.Next(), clock.GetUtcNow()));

    private async Task OpenAsync(bool isPostgres)
    {
        if (isPostgres)
        {
            Directory.CreateDirectory(folder.Journal);
            postgres = PostgresSource.Of(await PostgresDatabases.CreateAsync(), folder.Journal);
            store = postgres.Open(clock, _ => false, TestContext.Current.CancellationToken);
            connect = postgres.Connect;
        }
        else
        {
            store = SomeRecords.Open(folder, clock);
            connect = () => RecordDatabase.Connect(folder.Database);
        }

        records = new ReviewRecords(connect, SomeRecords.Authors);
    }

    private byte[] Payload(string text, double confidence, string? tweet = null) =>
        SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), text, tweet is null ? null : new TweetId(tweet, IsNumber: false)) with { Confidence = confidence });

    private PredictionId Predict(string text, double confidence, string? tweet = null)
    {
        PredictionId id = ids.Next();
        store.Take(SomeRecords.Payload(SomeRecords.Prediction(id, text, tweet is null ? null : new TweetId(tweet, IsNumber: false)) with { Confidence = confidence }));
        return id;
    }

    private void Report(PredictionId prediction, Sentiment right)
    {
        clock.Advance(TimeSpan.FromMilliseconds(5));
        store.Take(Write(SomeRecords.Feedback(ids.Next(), prediction, right) with { Reporter = "@anna", Comment = "why not" }));
        clock.Advance(TimeSpan.FromMilliseconds(5));
    }

    private void Judge(string reviewer, ReviewItem item, Sentiment label) => store.Take(Write(CorrectionDraft.Of(item, label, reviewer)));

    private async Task<IReadOnlyList<ReviewItem>> ItemsAsync(ReviewQueue queue = ReviewQueue.First, string reviewer = "ada") =>
        await records.ItemsAsync(queue, reviewer, WeekAgo, 100, TestContext.Current.CancellationToken);

    private long Ask(string sql)
    {
        using DbConnection open = connect();
        long answer = 0;
        open.Each(sql, row => answer = Convert.ToInt64(row.GetValue(0), System.Globalization.CultureInfo.InvariantCulture));
        return answer;
    }
}
