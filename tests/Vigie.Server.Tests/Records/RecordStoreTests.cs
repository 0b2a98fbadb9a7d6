using System.Text;
using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class RecordStoreTests : IDisposable
{
    private readonly RecordsFolder folder = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 30, TimeSpan.Zero));
    private readonly PredictionIds ids;

    public RecordStoreTests() => ids = SomeRecords.Ids(clock);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_field_arrives_as_it_was()
    {
        const string text = "naïve\0 👩‍🚀 \"quoted\"";
        PredictionId id = ids.Next();
        ServedModel shadow = SmallModels.TwoClasses with { Digest = "shadow", Version = null, RunId = "r1" };
        using RecordStore store = SomeRecords.Open(folder);
        store.Take(
            SomeRecords.Payload(SomeRecords.Prediction(id, text, new TweetId("17", IsNumber: true), "@anna") with { Shadow = new ShadowPrediction(shadow, Sentiment.Negative, 0.125), Part = ModelPart.Named }),
            SomeRecords.Format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = text, Predicted = Sentiment.Positive, Label = Sentiment.Neutral, Reporter = "@anna", Comment = "ça" }));

        string hex = Convert.ToHexString(Encoding.UTF8.GetBytes(text));
        Assert.Equal(1, folder.Ask(
            $"""
            SELECT count(*) FROM predictions AS p JOIN models AS m ON m.id = p.model JOIN models AS s ON s.id = p.shadow_model
            WHERE hex(p.id) = '{id.ToString().ToUpperInvariant()}' AND p.at = {id.At.ToUnixTimeMilliseconds()} AND m.name = 'air-paradis' AND m.version = '3' AND m.run_id IS NULL AND p.part = 2 AND p.label = 2
              AND p.probability_positive = 0.9 AND p.confidence = 0.9 AND p.unknown_share = 0.25 AND p.latency_us = 100 AND p.length = {text.Length} AND p.language = 'en' AND hex(p.text) = '{hex}'
              AND p.tweet_id = '17' AND p.tweet_id_is_number = 1 AND length(p.author) = 8 AND s.digest = 'shadow' AND s.version IS NULL AND s.run_id = 'r1' AND p.shadow_label = 0 AND p.shadow_probability_positive = 0.125
            """));
        Assert.Equal(1, folder.Ask($"SELECT count(*) FROM feedback AS f WHERE hex(f.text) = '{hex}' AND f.predicted = 2 AND f.label = 1 AND f.comment = 'ça' AND f.reporter = (SELECT author FROM predictions)"));
        Assert.Empty(folder.FilesWith("@anna"));
    }

    [Fact]
    public void What_comes_twice_is_kept_once()
    {
        byte[] prediction = SomeRecords.Payload(SomeRecords.Prediction(ids.Next()));
        byte[] feedback = SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), null));
        using (RecordStore store = SomeRecords.Open(folder)) store.Take(prediction, feedback);
        using (RecordStore store = SomeRecords.Open(folder)) store.Take(prediction, feedback, prediction);
        Assert.Equal((1, 1, 1), (folder.Ask("SELECT count(*) FROM predictions"), folder.Ask("SELECT count(*) FROM feedback"), folder.Ask("SELECT sum(positive) FROM figures")));
    }

    [Fact]
    public void A_batch_that_fails_leaves_nothing_and_is_taken_the_next_time()
    {
        bool fails = true;
        using RecordStore store = SomeRecords.Open(folder, erased: _ => fails ? throw new IOException("the cache is away") : false);
        byte[][] batch =
        [
            SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "forget me", new TweetId("1", false))),
            RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), "1", null)),
            SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "stay", new TweetId("1", false))),
        ];
        Assert.Throws<IOException>(() => store.Take(batch));
        Assert.Equal((0, 0, default), (folder.Ask("SELECT count(*) FROM predictions"), folder.Ask("SELECT count(*) FROM models"), store.Moved));

        fails = false;
        Assert.Equal(new ErasureCounts(1, 0), Assert.Single(store.Take(batch)).Counts);
        // What came after the erasure stays.
        Assert.Equal((2, 1), (folder.Ask("SELECT count(*) FROM predictions"), folder.Ask("SELECT count(*) FROM predictions WHERE text = 'stay' AND tweet_id = '1'")));
    }

    [Fact]
    public async Task Shadow_and_champion_are_compared_by_the_last_correction()
    {
        ServedModel shadow = SmallModels.TwoClasses with { Digest = "shadow" };
        using RecordStore store = SomeRecords.Open(folder);
        DateTimeOffset since = clock.GetUtcNow();
        PredictionId before = ids.Next(), alone = ids.Next();
        clock.Advance(TimeSpan.FromSeconds(1));
        since = since.AddSeconds(1);
        void Predict(PredictionId id, Sentiment champion, Sentiment? beside) =>
            store.Take(SomeRecords.Payload(SomeRecords.Prediction(id) with { Label = champion, Shadow = beside is { } said ? new ShadowPrediction(shadow, said, 0.5) : null }));
        void Correct(PredictionId id, Sentiment truth) => store.Take(SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), id, truth)));
        Predict(before, Sentiment.Negative, Sentiment.Negative); // before the trial
        Correct(before, Sentiment.Negative);
        Predict(alone, Sentiment.Negative, null);
        Correct(alone, Sentiment.Negative);
        foreach ((Sentiment champion, Sentiment beside, int times) in ((Sentiment, Sentiment, int)[])[
            (Sentiment.Positive, Sentiment.Positive, 1), (Sentiment.Positive, Sentiment.Negative, 2), (Sentiment.Negative, Sentiment.Positive, 3), (Sentiment.Negative, Sentiment.Negative, 4)])
        {
            for (int i = 0; i < times; i++)
            {
                PredictionId id = ids.Next();
                Predict(id, champion, beside);
                Correct(id, Sentiment.Negative);
                Correct(id, Sentiment.Positive); // the last word
            }
        }

        var trials = new TrialRecords(() => RecordDatabase.Connect(folder.Database), clock);
        Assert.Equal(new ShadowCounts(1, 2, 3, 4), await trials.ShadowAsync(SmallModels.TwoClasses.Digest, "shadow", since));
        Assert.Equal(default, await trials.ShadowAsync(SmallModels.TwoClasses.Digest, "another", since));
        var trial = new TrialPeriod(SmallModels.TwoClasses.Digest, "shadow", 0, since);
        Assert.Equal(4, (await trials.CountAsync(trial, default)).BothWrong);
        PredictionId later = ids.Next();
        Predict(later, Sentiment.Negative, Sentiment.Negative);
        Correct(later, Sentiment.Positive);
        Assert.Equal(4, (await trials.CountAsync(trial, default)).BothWrong); // counted a moment ago
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(5, (await trials.CountAsync(trial, default)).BothWrong);
        Assert.Equal(2, (await trials.CountAsync(trial with { Since = since.AddDays(-1) }, default)).BothRight); // another trial is counted at once
        Assert.Equal(default, await trials.ShadowAsync(SmallModels.TwoClasses.Digest, "shadow", clock.GetUtcNow().AddSeconds(1)));
    }

    [Fact]
    public async Task Each_model_of_a_canary_is_counted_over_whole_and_broken_minutes()
    {
        ServedModel challenger = SmallModels.TwoClasses with { Digest = "challenger" };
        using RecordStore store = SomeRecords.Open(folder);
        void Predict(ServedModel model, ModelPart part, Sentiment? truth = null)
        {
            PredictionId id = ids.Next();
            store.Take(SomeRecords.Payload(SomeRecords.Prediction(id, model: model) with { Part = part }));
            if (truth is { } label) store.Take(SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), id, label)));
        }

        Predict(SmallModels.TwoClasses, ModelPart.Champion, Sentiment.Negative); // before, in the same minute
        clock.Advance(TimeSpan.FromSeconds(5));
        DateTimeOffset since = clock.GetUtcNow();
        for (int minute = 0; minute < 3; minute++)
        {
            for (int i = 0; i < 10; i++) Predict(SmallModels.TwoClasses, ModelPart.Champion, i < 2 ? Sentiment.Negative : null);
            for (int i = 0; i < 4; i++) Predict(challenger, ModelPart.Challenger, i == 0 ? Sentiment.Negative : i == 1 ? Sentiment.Positive : null);
            Predict(challenger, ModelPart.Named, Sentiment.Negative);
            clock.Advance(TimeSpan.FromMinutes(1));
        }

        IReadOnlyDictionary<string, CanaryCounts> counts = await new TrialRecords(() => RecordDatabase.Connect(folder.Database), clock).CanaryAsync(since);
        Assert.Equal(new CanaryCounts(30, 6, 0), counts[SmallModels.TwoClasses.Digest]);
        Assert.Equal(new CanaryCounts(12, 3, 3), counts["challenger"]);
    }

    [Fact]
    public void What_is_erased_or_too_old_leaves_no_byte_behind_while_its_neighbours_stay()
    {
        var random = new Xoshiro256(11);
        var live = new Dictionary<int, DateTimeOffset>();
        var gone = new HashSet<int>();
        int next = 0;
        using RecordStore store = SomeRecords.Open(folder, clock);
        for (int day = 0; day < 12; day++)
        {
            var batch = new List<byte[]>();
            for (int i = 0; i < 600; i++, next++)
            {
                string text = $"<{next:D6}>" + new string('w', random.Next(100) == 0 ? 9_000 : random.Next(250));
                PredictionId id = ids.Next();
                batch.Add(SomeRecords.Payload(SomeRecords.Prediction(id, text, new TweetId($"t{next}", false), $"a{next / 3}")));
                batch.Add(SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), id) with { Comment = $"comment of <{next:D6}>" }));
                live[next] = clock.GetUtcNow();
                if (random.Next(40) == 0) Flush();
            }

            Flush();

            foreach (int tweet in live.Keys.Where(_ => random.Next(6) == 0).ToArray())
            {
                if (!live.Remove(tweet)) continue;
                gone.Add(tweet);
                bool author = random.Next(3) == 0;
                batch.Add(RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), author ? null : $"t{tweet}", author ? SomeRecords.Authors.Of($"a{tweet / 3}") : null)));
                if (!author) continue;
                foreach (int other in live.Keys.Where(other => other / 3 == tweet / 3).ToArray())
                {
                    live.Remove(other);
                    gone.Add(other);
                }
            }

            Flush();
            clock.Advance(TimeSpan.FromDays(1));
            store.Remover.Begin(clock.GetUtcNow() - TimeSpan.FromDays(4));
            while (store.Remover.IsBusy) store.Remover.Go();
            foreach (int old in live.Where(pair => pair.Value < clock.GetUtcNow() - TimeSpan.FromDays(4)).Select(pair => pair.Key).ToArray())
            {
                live.Remove(old);
                gone.Add(old);
            }

            store.Purge();
            string bytes = string.Concat(Directory.EnumerateFiles(folder.Records).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))));
            HashSet<int> found = [.. System.Text.RegularExpressions.Regex.Matches(bytes, "<([0-9]{6})>").Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture))];
            Assert.Empty(found.Intersect(gone));
            Assert.Empty(live.Keys.Except(found));

            void Flush()
            {
                store.Take([.. batch]);
                batch.Clear();
            }
        }

        Assert.True(gone.Count > 4000);
        Assert.Equal(live.Count, folder.Ask("SELECT count(*) FROM predictions WHERE blank = 0"));
        Assert.Equal(live.Count, folder.Ask("SELECT count(*) FROM feedback WHERE blank = 0"));
        Assert.InRange(folder.Ask("SELECT count(*) FROM predictions"), live.Count, next / 2); // the others are really gone
        Assert.Equal(1, folder.Ask("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"));
    }

    [Fact]
    public void A_database_of_a_newer_version_is_refused()
    {
        SomeRecords.Open(folder).Dispose();
        using (RecordDatabase newer = RecordDatabase.OpenToWrite(folder.Database)) newer.Run("PRAGMA user_version=99");
        Assert.Contains("newer Vigie", Assert.Throws<IOException>(() => SomeRecords.Open(folder)).Message, StringComparison.Ordinal);
    }
}
