using System.Data.Common;
using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>The records in a real PostgreSQL, beside the same in SQLite.</summary>
public sealed class PostgresStoreTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly RecordsFolder folder = new();
    private readonly FakeTimeProvider clock = new(Noon);
    private readonly PredictionIds ids;
    private string address = "";
    private PostgresSource source = null!;

    public PostgresStoreTests() => ids = SomeRecords.Ids(clock);

    public async ValueTask InitializeAsync()
    {
        address = await PostgresDatabases.CreateAsync();
        source = Source("one");
    }

    public ValueTask DisposeAsync()
    {
        source?.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public void Every_field_arrives_as_it_was_but_for_a_character_that_no_text_here_can_hold()
    {
        const string text = "naïve\0 👩‍🚀 \"quoted\"";
        PredictionId id = ids.Next();
        ServedModel shadow = SmallModels.TwoClasses with { Digest = "shadow", Version = null, RunId = "r1" };
        using IRecordStore store = Open();
        store.Take(
            SomeRecords.Payload(SomeRecords.Prediction(id, text, new TweetId("17", IsNumber: true), "@anna") with { Shadow = new ShadowPrediction(shadow, Sentiment.Negative, 0.125), Part = ModelPart.Named }),
            SomeRecords.Payload(SomeRecords.Prediction(ids.Next()) with { Language = null }),
            SomeRecords.Format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = text, Predicted = Sentiment.Positive, Label = Sentiment.Neutral, Reporter = "@anna", Comment = "ça" }));

        Assert.Equal(1, Ask(
            $"""
            SELECT count(*) FROM predictions AS p JOIN models AS m ON m.id = p.model JOIN models AS s ON s.id = p.shadow_model
            WHERE p.id = '\x{id}' AND p.at = {id.At.ToUnixTimeMilliseconds()} AND m.name = 'air-paradis' AND m.version = '3' AND m.run_id IS NULL AND p.part = 2 AND p.label = 2
              AND p.probability_positive = 0.9 AND p.confidence = 0.9 AND p.unknown_share = 0.25 AND p.latency_us = 100 AND p.length = {text.Length} AND p.language = 'en' AND p.text = '{text.Replace('\0', '\uFFFD')}'
              AND p.tweet_id = '17' AND p.tweet_id_is_number = 1 AND length(p.author) = 8 AND s.digest = 'shadow' AND s.version IS NULL AND s.run_id = 'r1' AND p.shadow_label = 0 AND p.shadow_probability_positive = 0.125
            """));
        Assert.Equal(1, Ask("SELECT count(*) FROM predictions WHERE language IS NULL AND shadow_model IS NULL AND tweet_id IS NULL AND author IS NULL AND number = 2"));
        Assert.Equal(1, Ask($"SELECT count(*) FROM feedback WHERE text = '{text.Replace('\0', '\uFFFD')}' AND predicted = 2 AND label = 1 AND comment = 'ça' AND reporter = (SELECT author FROM predictions WHERE number = 1)"));
    }

    [Fact]
    public async Task The_same_records_make_the_same_figures_and_answers_as_in_SQLite()
    {
        using RecordStore sqlite = SomeRecords.Open(folder, clock);
        using IRecordStore store = Open();
        var erased = new List<(PredictionId, ErasureCounts)>();
        foreach (byte[][] batch in SomeHistory.Batches(clock, ids))
        {
            erased.AddRange(sqlite.Take(batch));
            foreach ((PredictionId id, ErasureCounts counts) in store.Take(batch)) Assert.Contains((id, counts), erased);
        }

        using DbConnection there = PostgresDatabases.Connect(address), here = RecordDatabase.Connect(folder.Database);
        Assert.Equal(Recount.Check(here), Recount.Check(there));
        Assert.Equal(Ask("SELECT count(*) FROM predictions WHERE blank = 1"), folder.Ask("SELECT count(*) FROM predictions WHERE blank = 1"));
        Assert.Equal(Ask("SELECT count(*) FROM feedback WHERE blank = 1"), folder.Ask("SELECT count(*) FROM feedback WHERE blank = 1"));
        Assert.Equal(0, Ask("SELECT count(*) FROM predictions WHERE blank = 1 AND (text IS NOT NULL OR tweet_id IS NOT NULL OR author IS NOT NULL)"));

        FigureHistory[] histories = [new(source.Connect, clock, TimeSpan.FromDays(90)), new(() => RecordDatabase.Connect(folder.Database), clock, TimeSpan.FromDays(90))];
        foreach (FigureHistory history in histories) history.Refresh();
        foreach (string? model in (string?[])[null, "other", SmallModels.TwoClasses.Digest])
        {
            Figures[] all = [.. histories.Select(history => history.Over(Noon, clock.GetUtcNow().AddMinutes(1), model))];
            Assert.True(all[0].Predictions > 100);
            Assert.Equal((all[1].Predictions, all[1].AllJudged, all[1].JudgedRight, all[1].Length, Math.Round(all[1].Confidence, 6)), (all[0].Predictions, all[0].AllJudged, all[0].JudgedRight, all[0].Length, Math.Round(all[0].Confidence, 6)));
            Assert.Equal(all[1].Latencies.ToBytes(), all[0].Latencies.ToBytes());
        }

        Assert.Equal(histories[1].LastPrediction, histories[0].LastPrediction);
        TrialRecords[] trials = [new(source.Connect, clock), new(() => RecordDatabase.Connect(folder.Database), clock)];
        DateTimeOffset since = Noon.AddMinutes(7.3);
        ShadowCounts shadow = await trials[0].ShadowAsync(SmallModels.TwoClasses.Digest, "other", since);
        Assert.True(shadow.BothRight > 0 && shadow.BothWrong > 0);
        Assert.Equal(await trials[1].ShadowAsync(SmallModels.TwoClasses.Digest, "other", since), shadow);
        Assert.Equal(await trials[1].CanaryAsync(since), await trials[0].CanaryAsync(since));
    }

    [Fact]
    public void What_comes_twice_is_kept_once_and_a_batch_that_fails_leaves_nothing()
    {
        bool fails = true;
        byte[] first = SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "forget me", new TweetId("1", false))), second = SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "stay", new TweetId("1", false)));
        byte[][] batch = [first, first, RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), "1", null)), second];
        using (IRecordStore store = Open(erased: _ => fails ? throw new IOException("the cache is away") : false))
        {
            Assert.Throws<IOException>(() => store.Take(batch));
            Assert.Equal((0, 0, 0), (Ask("SELECT count(*) FROM predictions"), Ask("SELECT count(*) FROM models"), store.Moved.Offset));
            fails = false;
            Assert.Equal(new ErasureCounts(1, 0), Assert.Single(store.Take(batch)).Counts);
            store.Purge();
        }

        using IRecordStore again = Open();
        Assert.Equal(new JournalPosition(1, 1), again.Moved);
        again.Take(second, second);
        Assert.Equal((2, 1, 2), (Ask("SELECT count(*) FROM predictions"), Ask("SELECT count(*) FROM predictions WHERE text = 'stay' AND tweet_id = '1'"), Ask("SELECT sum(positive) FROM figures")));
        Assert.Null(again.CopiesSince);
    }

    [Fact]
    public void Copies_elsewhere_are_remembered_for_each_server()
    {
        using PostgresSource other = Source("two");
        using (IRecordStore store = Open(erased: _ => true), beside = other.Open(clock, _ => false, default))
        {
            store.Take(SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "forget me", new TweetId("1", false))), RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), "1", null)));
            Assert.Null(beside.CopiesSince);
        }

        using IRecordStore again = Open();
        Assert.Equal(clock.GetUtcNow(), again.CopiesSince);
        again.CopiesGone();
        Assert.Equal(0, Ask("SELECT count(*) FROM replicas WHERE copies_since IS NOT NULL"));
    }

    [Fact]
    public void What_is_too_old_is_removed()
    {
        using IRecordStore store = Open();
        PredictionId old = ids.Next();
        store.Take(SomeRecords.Payload(SomeRecords.Prediction(old)), SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), old)));
        clock.Advance(TimeSpan.FromDays(5));
        PredictionId late = ids.Next();
        store.Take(SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), old)), SomeRecords.Payload(SomeRecords.Prediction(late)), SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), late)));
        store.Remover.Begin(Noon.AddDays(1));
        while (store.Remover.IsBusy) store.Remover.Go();
        Assert.Equal((1, 1, 1, 1), (Ask("SELECT count(*) FROM predictions"), Ask("SELECT count(*) FROM feedback"), Ask("SELECT count(*) FROM figures"), Ask("SELECT count(*) FROM judgements")));
        using DbConnection there = PostgresDatabases.Connect(address);
        Assert.Equal((1, 1), Recount.Check(there));
    }

    [Fact]
    public async Task Who_reads_up_to_a_number_misses_nothing_while_several_write()
    {
        const int Each = 150;
        using PostgresSource other = Source("two");
        Task[] writers = [.. new[] { source, other }.Select((by, i) => Task.Run(() =>
        {
            var own = new PredictionIds(TimeProvider.System, new byte[32], (uint)i);
            using IRecordStore store = by.Open(clock, _ => false, default);
            for (int n = 0; n < Each; n++) store.Take(SomeRecords.Payload(SomeRecords.Prediction(own.Next())), SomeRecords.Format.Write(SomeRecords.Feedback(own.Next(), null)));
        }))];
        long last = 0, seen = 0;
        Task all = Task.WhenAll(writers);
        await PostgresDatabases.UntilAsync(address, "SELECT least(count(*), 1) FROM feedback", 1);
        using DbConnection reader = PostgresDatabases.Connect(address);
        for (bool over = false; !over;)
        {
            over = all.IsCompleted; // and once more after that
            reader.Each("SELECT number FROM feedback WHERE number > @last ORDER BY number", row => (last, seen) = (row.GetInt64(0), seen + 1), ("last", last));
        }

        await all;
        Assert.Equal(2 * Each, seen);
        Assert.Equal((2, 2 * Each), (Ask("SELECT count(DISTINCT replica) FROM figures"), Recount.Check(reader).Predictions));
    }

    [Fact]
    public void A_server_whose_folder_is_a_copy_of_another_s_is_refused()
    {
        using IRecordStore store = Open();
        using PostgresSource copy = Source("one");
        Assert.Contains("'replica'", Assert.Throws<IOException>(() => copy.Open(clock, _ => false, default)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_of_a_newer_version_are_refused()
    {
        Open().Dispose();
        using (DbConnection newer = PostgresDatabases.Connect(address)) newer.Each("UPDATE version SET step = 99", _ => { });
        Assert.Contains("newer Vigie", Assert.Throws<IOException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgresql://vigie:hunter2@")]
    [InlineData("postgresql://vigie:hunter2@db/name?sslmode=perhaps")]
    [InlineData("Host=db;Password=hunter2")]
    [InlineData("Host=db;Database=vigie;Passw0rd=hunter2")]
    [InlineData("hunter2")]
    public void A_wrong_address_is_named_and_not_repeated(string wrong)
    {
        string message = Assert.Throws<InvalidInputException>(() => (folder.Options with { Records = folder.Options.Records with { Database = wrong } }).Check()).Message;
        Assert.StartsWith("records.database cannot be understood", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", message, StringComparison.Ordinal);
    }

    private IRecordStore Open(Func<Erased, bool>? erased = null) => source.Open(clock, erased ?? (_ => false), default);

    private PostgresSource Source(string replica) => PostgresSource.Of(address, Directory.CreateDirectory(Path.Combine(folder.Path, replica)).FullName);

    private long Ask(string sql) => PostgresDatabases.Ask(address, sql);
}
