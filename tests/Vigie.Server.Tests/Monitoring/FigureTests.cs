using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Figures by the minute, and what a history says of them, against rows that can be counted by hand.</summary>
public sealed class FigureTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly RecordsFolder folder = new();
    private readonly FakeTimeProvider clock = new(Noon);
    private readonly PredictionIds ids;
    private readonly RecordStore store;
    private readonly FigureHistory history;

    public FigureTests()
    {
        ids = SomeRecords.Ids(clock);
        store = SomeRecords.Open(folder, clock);
        history = new FigureHistory(() => RecordDatabase.Connect(folder.Database), clock, TimeSpan.FromDays(90));
    }

    public void Dispose()
    {
        store.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Every_figure_is_what_can_be_counted_by_hand()
    {
        Predict(Sentiment.Negative, 0.9, 0.0, latency: 100, text: "12345");
        Predict(Sentiment.Negative, 0.7, 0.5, latency: 200, text: "1234567");
        clock.Advance(TimeSpan.FromSeconds(59));
        Predict(Sentiment.Positive, 0.8, 0.25, latency: 200_000, text: "123");
        clock.Advance(TimeSpan.FromSeconds(1)); // the next minute
        Predict(Sentiment.Neutral, 0.5, 1, latency: 200_999, text: "1");

        history.Refresh();
        Figures first = history.Over(Noon, Noon.AddMinutes(1)), both = history.Over(Noon, Noon.AddMinutes(2)), none = history.Over(Noon.AddMinutes(2), Noon.AddMinutes(3));
        Assert.Equal((3, 2, 0, 1), (first.Predictions, first.Of(Sentiment.Negative), first.Of(Sentiment.Neutral), first.Of(Sentiment.Positive)));
        Assert.Equal((2.4, 0.75, 15), (Math.Round(first.Confidence, 9), first.UnknownShare, first.Length));
        Assert.Equal((200, 200_000), (first.Latencies.Quantile(0.5), first.Latencies.Quantile(0.99)));
        Assert.Equal((4, 200_000, 1), (both.Predictions, both.Latencies.Quantile(1), both.Of(Sentiment.Neutral))); // to three digits, never exaggerated
        Assert.Equal((0, null), (none.Predictions, none.Latencies.Quantile(0.5)));
        Assert.Equal(Noon.AddMinutes(1), history.LastPrediction);
        Assert.Equal(3, history.Over(Noon.AddSeconds(40), Noon.AddSeconds(100)).Predictions); // both are rounded down to the minute
    }

    [Fact]
    public void Models_and_parts_are_told_apart_and_a_text_is_no_models()
    {
        ServedModel other = SmallModels.TwoClasses with { Digest = "other" };
        PredictionId wrong = Predict(Sentiment.Positive, model: other, part: ModelPart.Challenger);
        Predict(Sentiment.Positive);
        Predict(Sentiment.Negative, part: ModelPart.Batch);
        Correct(wrong, Sentiment.Negative);
        store.Take(SomeRecords.Format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "a", Predicted = Sentiment.Neutral, Label = Sentiment.Neutral }));
        history.Refresh();

        Assert.Equal((3, 2), (Now().Predictions, Now().AllJudged));
        Assert.Equal((1, 1, 1), (Now("other").Predictions, Now("other").AllJudged, Now("other").Judged(Sentiment.Positive, Sentiment.Negative)));
        Assert.Equal((2, 0), (Now(SmallModels.TwoClasses.Digest).Predictions, Now(SmallModels.TwoClasses.Digest).AllJudged));
        Assert.Equal((1, 0), (Now(part: ModelPart.Batch).Predictions, Now(part: ModelPart.Batch).AllJudged));
        Assert.Equal((1, 1), (Now(part: ModelPart.Challenger).Predictions, Now(part: ModelPart.Challenger).AllJudged));
        Assert.Equal((0, 0), (Now(part: ModelPart.Champion, model: "other").Predictions, Now("nobody").Predictions));
    }

    [Fact]
    public void The_latencies_of_batches_are_told_only_to_who_asks_for_batches()
    {
        Predict(Sentiment.Positive, latency: 100);
        Predict(Sentiment.Positive, latency: 90_000, part: ModelPart.Batch);
        history.Refresh();
        Assert.Equal((2, 1, 100L), (Now().Predictions, Now().Latencies.Count, Now().Latencies.Quantile(1)));
        Assert.Equal((1, 90_000L), (Now(part: ModelPart.Batch).Latencies.Count, Now(part: ModelPart.Batch).Latencies.Quantile(1)));
    }

    [Fact]
    public void The_last_correction_counts_whatever_the_order_in_which_they_arrive()
    {
        PredictionId id = Predict(Sentiment.Positive);
        byte[] first = Correction(id, Sentiment.Negative), second = Correction(id, Sentiment.Neutral), third = Correction(id, Sentiment.Positive);
        Assert.Equal("", Judged());
        store.Take(second);
        Assert.Equal("positive is neutral: 1", Judged());
        store.Take(first); // late, and no longer the last word
        Assert.Equal("positive is neutral: 1", Judged());
        store.Take(third, second, third);
        Assert.Equal("positive is positive: 1", Judged());
        Correct(Predict(Sentiment.Positive), Sentiment.Negative);
        Assert.Equal("positive is negative: 1, positive is positive: 1", Judged());
        store.Take(Correction(id, Sentiment.Neutral), Correction(id, Sentiment.Negative));
        Assert.Equal("positive is negative: 2", Judged());
    }

    [Fact]
    public void A_correction_counts_in_the_minute_of_its_prediction_and_waits_for_it_where_it_is_not_there_yet()
    {
        PredictionId id = ids.Next();
        clock.Advance(TimeSpan.FromMinutes(10));
        Correct(id, Sentiment.Neutral);
        Correct(id, Sentiment.Negative);
        history.Refresh();
        Assert.Equal(0, history.Over(Noon, Noon.AddHours(1)).AllJudged);

        store.Take(SomeRecords.Payload(SomeRecords.Prediction(id)));
        history.Refresh();
        Figures then = history.Over(Noon, Noon.AddMinutes(1));
        Assert.Equal((1, 1, 1), (then.Predictions, then.AllJudged, then.Judged(Sentiment.Positive, Sentiment.Negative)));
        Assert.Equal(0, history.Over(Noon.AddMinutes(1), Noon.AddHours(1)).AllJudged);
    }

    [Fact]
    public void Late_records_are_in_the_figures_as_soon_as_they_are_in_the_database()
    {
        PredictionId early = ids.Next(), far = ids.Next();
        for (int minute = 0; minute < 30; minute++)
        {
            Predict(Sentiment.Positive);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        history.Refresh();
        Assert.Equal(30, history.Over(Noon, Noon.AddHours(1)).Predictions);
        store.Take(SomeRecords.Payload(SomeRecords.Prediction(early)), SomeRecords.Payload(SomeRecords.Prediction(far)), Correction(early, Sentiment.Negative));
        Assert.Equal(30, history.Over(Noon, Noon.AddHours(1)).Predictions);
        history.Refresh();
        Figures first = history.Over(Noon, Noon.AddMinutes(1));
        Assert.Equal((3, 1, 0), (first.Predictions, first.AllJudged, first.JudgedRight));
        Assert.Equal(Noon.AddMinutes(29), history.LastPrediction);
    }

    [Fact]
    public void A_batch_that_fails_is_in_no_figure_and_counts_once_when_it_is_taken()
    {
        bool fails = true;
        using var elsewhere = new RecordsFolder();
        using RecordStore failing = SomeRecords.Open(elsewhere, clock, erased: _ => fails ? throw new IOException("the cache is away") : false);
        PredictionId before = ids.Next(), id = ids.Next();
        failing.Take(SomeRecords.Payload(SomeRecords.Prediction(before, latency: 1)));
        byte[][] batch =
        [
            SomeRecords.Payload(SomeRecords.Prediction(id, "forget me", new TweetId("1", false), latency: 2)), Correction(id, Sentiment.Negative),
            RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), "1", null)),
        ];
        Assert.Throws<IOException>(() => failing.Take(batch));
        using DbConnection connection = RecordDatabase.Connect(elsewhere.Database);
        Assert.Equal((1, 0), Recount.Check(connection));
        fails = false;
        failing.Take(batch);
        Assert.Equal((2, 1), Recount.Check(connection)); // what was erased counts on
    }

    [Fact]
    public void Figures_are_what_the_rows_add_up_to_after_any_history()
    {
        int batches = 0;
        foreach (byte[][] batch in SomeHistory.Batches(clock, ids))
        {
            store.Take(batch);
            if (++batches % 10 == 0) history.Refresh(); // now and then, as a server does
        }

        using DbConnection connection = RecordDatabase.Connect(folder.Database);
        (long predictions, long judgements) = Recount.Check(connection);
        Assert.True(predictions > 1_500 && judgements > 500, $"{predictions} predictions, {judgements} judgements");

        history.Refresh();
        var anew = new FigureHistory(() => RecordDatabase.Connect(folder.Database), clock, TimeSpan.FromDays(90));
        anew.Refresh();
        Figures all = history.Over(Noon, clock.GetUtcNow().AddMinutes(1)), again = anew.Over(Noon, clock.GetUtcNow().AddMinutes(1));
        Assert.Equal((predictions, judgements), (all.Predictions, all.AllJudged));
        Assert.Equal((all.Predictions, all.AllJudged, all.JudgedRight, all.Length), (again.Predictions, again.AllJudged, again.JudgedRight, again.Length));
        Assert.Equal(all.Latencies.ToBytes(), again.Latencies.ToBytes());
    }

    [Fact]
    public void A_database_from_before_there_were_figures_gets_them_from_its_rows()
    {
        PredictionId id = Predict(Sentiment.Positive, latency: 5);
        Predict(Sentiment.Negative, latency: 7);
        Correct(id, Sentiment.Negative);
        Correct(id, Sentiment.Neutral);
        store.Take(SomeRecords.Format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "a", Predicted = Sentiment.Negative, Label = Sentiment.Positive }));
        store.Dispose();
        using (RecordDatabase database = RecordDatabase.OpenToWrite(folder.Database))
        {
            // As the first version left it.
            database.Run(
                """
                CREATE TABLE activity (minute INTEGER NOT NULL, model INTEGER NOT NULL, part INTEGER NOT NULL, predictions INTEGER NOT NULL, PRIMARY KEY (minute, model, part)) STRICT, WITHOUT ROWID;
                INSERT INTO activity SELECT minute, model, part, negative + neutral + positive FROM figures;
                DROP TABLE figures; DROP TABLE judgements; DROP TABLE traffic; DROP TABLE changes; DROP TABLE reviews; DROP TABLE review_items; DROP TABLE reviewers; PRAGMA user_version = 1;
                """);
        }

        SomeRecords.Open(folder, clock).Dispose();
        using DbConnection connection = RecordDatabase.Connect(folder.Database);
        Assert.Equal((2, 2), Recount.Check(connection));
    }

    [Fact]
    public void Old_minutes_go_with_their_records_and_are_read_from_the_database_until_then()
    {
        Predict(Sentiment.Positive);
        history.Refresh();
        clock.Advance(TimeSpan.FromDays(9));
        Predict(Sentiment.Negative);
        history.Refresh();
        Assert.Equal((0, 1), (history.Over(Noon, Noon.AddMinutes(1)).Predictions, Now().Predictions)); // not in memory any more
        Assert.Equal(1, history.Read(Noon, Noon.AddMinutes(1)).Over(FigureHistory.MinuteOf(Noon), FigureHistory.MinuteOf(Noon) + 1, null, null).Predictions);

        store.Remover.Begin(Noon.AddDays(1));
        while (store.Remover.IsBusy) store.Remover.Go();
        Assert.Equal(0, history.Read(Noon, Noon.AddMinutes(1)).Minutes);
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM figures"));
    }

    [Fact]
    public void Another_database_in_the_place_of_the_one_before_is_noticed()
    {
        for (int i = 0; i < 3; i++) Predict(Sentiment.Positive);
        history.Refresh();
        store.Dispose();
        foreach (string file in Directory.EnumerateFiles(folder.Records, "records.db*")) File.Delete(file);
        Assert.ThrowsAny<DbException>(history.Refresh);
        Assert.Equal(3, Now().Predictions); // what is known stays
        using RecordStore anew = SomeRecords.Open(folder, clock);
        for (int i = 0; i < 5; i++) anew.Take(SomeRecords.Payload(SomeRecords.Prediction(ids.Next())));
        history.Refresh();
        Assert.Equal(5, Now().Predictions);
    }

    [Fact]
    public void Requests_told_again_count_once_and_those_of_several_servers_add_up()
    {
        long minute = FigureHistory.MinuteOf(Noon);
        PredictionId one = ids.Next(), two = ids.Next();
        store.Take(RecordFormat.Write(new TrafficRecord(one, minute, new TrafficCounts(5, 1, 0))));
        store.Take(RecordFormat.Write(new TrafficRecord(one, minute, new TrafficCounts(9, 2, 1))), RecordFormat.Write(new TrafficRecord(two, minute, new TrafficCounts(100, 0, 0))));
        store.Take(RecordFormat.Write(new TrafficRecord(one, minute, new TrafficCounts(5, 1, 0)))); // an older one, read twice
        history.Refresh();
        Figures counted = Now();
        Assert.Equal((109, 2, 1, 112), (counted.Succeeded, counted.Refused, counted.Failed, counted.Requests));
        Assert.Equal(0, Now(SmallModels.TwoClasses.Digest).Requests); // they are nobody's
    }

    private Figures Now(string? model = null, ModelPart? part = null) => history.Over(clock.GetUtcNow(), clock.GetUtcNow().AddMinutes(1), model, part);

    private PredictionId Predict(Sentiment label, double confidence = 0.9, double unknown = 0, int latency = 100, string text = "Lovely crew", ServedModel? model = null, ModelPart part = ModelPart.Champion)
    {
        PredictionId id = ids.Next();
        store.Take(SomeRecords.Payload(SomeRecords.Prediction(id, text, model: model, latency: latency) with { Label = label, Confidence = confidence, UnknownShare = unknown, Part = part }));
        return id;
    }

    private void Correct(PredictionId id, Sentiment truth) => store.Take(Correction(id, truth));

    private byte[] Correction(PredictionId id, Sentiment truth) => SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), id, truth));

    private string Judged()
    {
        history.Refresh();
        Figures now = Now();
        return string.Join(", ", from predicted in Enum.GetValues<Sentiment>() from right in Enum.GetValues<Sentiment>() let count = now.Judged(predicted, right) where count != 0 select $"{Labels.Of(predicted)} is {Labels.Of(right)}: {count}");
    }
}
