using System.Globalization;
using System.IO.Compression;
using Microsoft.Extensions.Time.Testing;
using Vigie.Bundles;
using Vigie.Corpus;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class ReplayTests : IDisposable
{
    private static readonly DateTimeOffset Start = AlertRun.Start;

    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string At(string name) => Path.Combine(folder.Path, name);

    /// <summary>A day with slow hours, hours of one class and a pause, and corrections; drawn from a seed.</summary>
    private static List<PastRecord> Day(ulong seed)
    {
        var chance = new Xoshiro256(seed);
        var model = new PastModel("m1", "m1", 0);
        var records = new List<PastRecord>();
        int number = 0;
        for (int second = 0; second < 24 * 3600; second += 2)
        {
            int kind = second / 3600 % 5;
            if (kind == 4 || !chance.Chance(0.7)) continue;
            DateTimeOffset at = Start.AddSeconds(second).AddMilliseconds(chance.Next(1_000));
            Sentiment label = chance.Chance(kind == 3 ? 0.95 : 0.5) ? Sentiment.Negative : Sentiment.Positive;
            string id = string.Create(CultureInfo.InvariantCulture, $"p{++number}");
            records.Add(new PastRecord(PastKind.Prediction, at)
            {
                Id = id,
                Model = model,
                Predicted = label,
                Confidence = 0.9,
                UnknownShare = chance.Next(kind == 1 ? 30 : 15) / 100.0,
                Latency = 1_000 * (1 + chance.Next(kind == 2 ? 300 : 60)),
                Length = 80,
            });
            if (chance.Chance(0.05)) records.Add(new PastRecord(PastKind.Requests, at) { Failed = kind == 1 ? 1 : 0, Succeeded = 10 });
            if (chance.Chance(0.006))
                records.Add(new PastRecord(PastKind.Correction, at) { Id = $"f{number}", Prediction = id, Model = model, Predicted = label, Right = chance.Chance(0.7) ? (label is Sentiment.Positive ? Sentiment.Negative : Sentiment.Positive) : label });
        }

        return records;
    }

    private static string Json(PastRecord record) => record.Kind switch
    {
        PastKind.Prediction => string.Create(CultureInfo.InvariantCulture, $$"""{"kind":"prediction","at":"{{record.At:O}}","id":"{{record.Id}}","model":"m1","part":"champion","label":"{{Name(record.Predicted)}}","confidence":{{record.Confidence}},"unknown_share":{{record.UnknownShare}},"latency_ms":{{record.Latency / 1000.0}},"length":80,"extra":[[1]]}"""),
        PastKind.Correction => $$"""{"kind":"correction","at":"{{record.At:O}}","id":"{{record.Id}}","prediction_id":"{{record.Prediction}}","model":"m1","predicted":"{{Name(record.Predicted)}}","label":"{{Name(record.Right)}}"}""",
        _ => string.Join('\n', ((string[])[$$"""{"kind":"request","at":"{{record.At:O}}","status":200,"count":{{record.Succeeded}}}""", record.Failed > 0 ? $$"""{"kind":"request","at":"{{record.At:O}}","status":503}""" : ""]).Where(line => line.Length > 0)),
    };

    private static string Csv(PastRecord record) => record.Kind switch
    {
        PastKind.Prediction => string.Create(CultureInfo.InvariantCulture, $"prediction,{record.At.ToUnixTimeMilliseconds()},{record.Id},m1,champion,{Name(record.Predicted)},{record.Confidence},{record.UnknownShare},{record.Latency / 1000.0},80,,,,"),
        PastKind.Correction => $"feedback,{record.At.ToUnixTimeMilliseconds()},{record.Id},m1,,{Name(record.Right)},,,,,{record.Prediction},{Name(record.Predicted)},,",
        _ => $"request,{record.At.ToUnixTimeMilliseconds()},,,,,,,,,,,200,{record.Succeeded}" + (record.Failed > 0 ? $"\nrequest,{record.At.ToUnixTimeMilliseconds()},,,,,,,,,,,500," : ""),
    };

    private static string Name(Sentiment? label) => label!.Value.ToString().ToLowerInvariant();

    private string[] Story(ReplayReport report) => [.. report.Alerts.Select(alert => $"{alert.At:O} {alert.Rule} {alert.Model} {alert.Summary} {alert.Count} {alert.EndedAt:O}")];

    [Fact]
    public void The_past_is_judged_as_the_present_was()
    {
        List<PastRecord> records = Day(7);
        File.WriteAllLines(At("records.jsonl"), records.Select(Json));
        ReplayReport report = new AlertReplay().Run(At("records.jsonl"));
        Assert.Equal(["errors", "latency-critical", "latency-warning", "no-traffic", "one-class", "unknown-words", "wrong-reports"], report.Alerts.Select(alert => alert.Rule).Distinct().Order());

        // Live: a step every ten seconds, figures added up afresh, and corrections as they come.
        var run = new AlertRun(restarts: false) { Now = Start };
        run.Channels.Clear();
        run.Models[0] = new AlertModel("m1", "m1", ModelPart.Champion);
        DateTimeOffset lastPrediction = default;
        void Tick(DateTimeOffset at)
        {
            if (at - lastPrediction > TimeSpan.FromHours(1)) run.Models.Clear();
            run.To(at).Step();
        }

        DateTimeOffset tick = Start;
        foreach (PastRecord record in records)
        {
            for (; tick <= record.At; tick = tick.AddSeconds(10)) Tick(tick);
            if (record.Kind is PastKind.Prediction)
            {
                run.Figures.Predict(record.At, 1, record.Latency / 1000.0, record.Predicted!.Value, record.UnknownShare);
                lastPrediction = record.At;
                if (run.Models.Count == 0) run.Models.Add(new AlertModel("m1", "m1", ModelPart.Champion));
            }
            else if (record.Kind is PastKind.Requests)
            {
                run.Figures.Request(record.At, 200, (int)record.Succeeded);
                run.Figures.Request(record.At, 500, (int)record.Failed);
            }
            else
            {
                run.To(record.At).Correct(new AlertCorrection(record.Id!, record.At, record.Prediction, "m1", "m1", record.Predicted, record.Right)).Step();
            }
        }

        (DateTimeOffset At, Alert First, Alert Last)[] live = [.. run.Changes.GroupBy(change => change.Alert.Id).Select(one => (one.First().At, one.First().Alert, one.Last().Alert))];
        Assert.Equal(
            live.OrderBy(one => one.At).ThenBy(one => one.First.Id, StringComparer.Ordinal).Select(one => $"{one.At.ToUniversalTime():O} {one.First.Rule} {one.First.Model} {one.First.Summary} {one.Last.Count} {one.Last.ResolvedAt:O}"),
            Story(report));
        Assert.Equal(records.Count(record => record.Kind is PastKind.Prediction), report.Predictions);
        Assert.Equal(records.Where(record => record.Kind is PastKind.Requests).Sum(record => record.Succeeded + record.Failed), report.Requests);
    }

    [Fact]
    public void JSON_lines_and_CSV_packed_or_not_and_a_database_say_the_same()
    {
        List<PastRecord> records = Day(8);
        PastRecord Whole(PastRecord record) => record with { At = DateTimeOffset.FromUnixTimeMilliseconds(record.At.ToUnixTimeMilliseconds()) };
        records = [.. records.Select(Whole)];
        File.WriteAllLines(At("a.jsonl"), records.Select(Json));
        using (var packed = new StreamWriter(new GZipStream(File.Create(At("b.gz")), CompressionLevel.Fastest)))
        {
            packed.Write("kind,at,id,model,part,label,confidence,unknown_share,latency_ms,length,prediction_id,predicted,status,count\n");
            foreach (PastRecord record in records) packed.Write(Csv(record) + "\n");
        }

        string[] lines = Story(new AlertReplay().Run(At("a.jsonl")));
        Assert.InRange(lines.Length, 6, 200);
        Assert.Equal(lines, Story(new AlertReplay().Run(At("b.gz"))));

        Database(records);
        ReplayReport stored = new AlertReplay().Run(folder.Database);
        Assert.Equal([.. lines.Where(line => !line.Contains(" errors ", StringComparison.Ordinal)).Select(line => line.Replace(" m1 ", " air-paradis 3 ", StringComparison.Ordinal))], Story(stored));
        Assert.Contains("not replayed: errors: the records hold no requests", stored.Notes);
        Assert.Null(stored.Requests);
    }

    [Fact]
    public void Requests_of_a_database_are_judged_where_it_keeps_them()
    {
        Database([.. Day(9).Where(record => record.At < Start.AddHours(1))]);
        using (RecordDatabase open = RecordDatabase.OpenToWrite(folder.Database))
        {
            open.Run("DROP TABLE IF EXISTS traffic; CREATE TABLE traffic (number INTEGER PRIMARY KEY, id BLOB NOT NULL, minute INTEGER NOT NULL, succeeded INTEGER NOT NULL, refused INTEGER NOT NULL, failed INTEGER NOT NULL)");
            long minute = Start.ToUnixTimeSeconds() / 60;
            for (int i = 0; i < 40; i++) open.Run(FormattableString.Invariant($"INSERT INTO traffic (id, minute, succeeded, refused, failed) VALUES (x'{i:x4}', {minute + i}, 9, 1, {(i < 20 ? 0 : 2)})"));
        }

        ReplayReport report = new AlertReplay().Run(folder.Database);
        Assert.Equal(440, report.Requests);
        ReplayedAlert alert = Assert.Single(report.Alerts, one => one.Rule == "errors");
        Assert.Equal(("16 of 296 requests failed over 60 minutes, 5.41 %; the limit is 5 %", Start.AddMinutes(28)), (alert.Summary, alert.At));
    }

    [Fact]
    public void A_time_can_be_chosen_and_what_lies_before_fills_the_windows()
    {
        File.WriteAllLines(At("records.jsonl"), Day(7).Select(Json));
        ReplayReport all = new AlertReplay().Run(At("records.jsonl"));
        DateTimeOffset from = Start.AddHours(9), to = Start.AddHours(15);
        ReplayReport part = new AlertReplay { From = from, To = to }.Run(At("records.jsonl"));
        static string[] Told(IEnumerable<ReplayedAlert> alerts) => [.. alerts.Where(alert => alert.Rule is "latency-critical" or "no-traffic" or "one-class").Select(alert => $"{alert.At:O} {alert.Rule}")];
        string[] expected = Told(all.Alerts.Where(alert => alert.At >= from && alert.At < to));
        Assert.InRange(expected.Length, 2, 50);
        Assert.Equal(expected, Told(part.Alerts));
        Assert.Equal((from, to), (part.From, part.To));
        Assert.Contains("would begin at", Assert.Throws<InvalidInputException>(() => new AlertReplay { From = to, To = from }.Run(At("records.jsonl"))).Message, StringComparison.Ordinal);
        Assert.Contains("has no records of that time", Assert.Throws<InvalidInputException>(() => new AlertReplay { From = to.AddYears(1) }.Run(At("records.jsonl"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Incidents_say_how_late_alerts_are_and_how_many_are_false()
    {
        var lines = new List<string>();
        for (int second = 0; second < 7 * 24 * 3600; second += 30)
        {
            DateTimeOffset at = Start.AddSeconds(second);
            bool slow = second is >= 86_400 and < 90_000 or >= 200_000 and < 203_600;
            lines.Add(Json(new PastRecord(PastKind.Prediction, at) { Id = "x", Predicted = second / 30 % 2 == 0 ? Sentiment.Negative : Sentiment.Positive, Latency = slow ? 400_000 : 10_000 }));
        }

        File.WriteAllLines(At("records.jsonl"), lines);
        File.WriteAllText(At("incidents.csv"), $"from,to,name\n{Start.AddDays(1):O},{Start.AddDays(1).AddHours(1):O},slow disk\n{Start.AddDays(3):O},{Start.AddDays(3).AddHours(1):O},\n{Start.AddDays(30):O},{Start.AddDays(31):O},later\n");
        const string rules = "rules: [{ name: slow, severity: critical, signal: latency, above: 200ms, window: 5m, for: 10m, at_least: 5 }]";
        ReplayReport report = new AlertReplay { Rules = AlertRun.Parse(rules), Incidents = Incident.Read(At("incidents.csv"), "incidents.csv") }.Run(At("records.jsonl"));

        Assert.Equal(["slow disk", null], report.Alerts.Select(alert => alert.Incident));
        Assert.Equal(2, report.Incidents!.Count);
        Assert.Equal(("slow disk", "slow"), (report.Incidents[0].Name, report.Incidents[0].Rule));
        Assert.Equal(660, report.Incidents[0].DelaySeconds); // the first slow minute makes the quantile of five, and then ten more
        Assert.Equal((null, null), (report.Incidents[1].Rule, report.Incidents[1].DelaySeconds));
        ReplayedRule rule = Assert.Single(report.Rules);
        Assert.Equal((2, 1, 660d), (rule.Alerts, rule.Caught, rule.MedianDelaySeconds));
        Assert.Equal(1, report.FalseAlarmsPerWeek!.Value, 1e-3);
        Assert.Equal(4, rule.NoticesPerWeek, 1e-2); // two beginnings and two ends
        Assert.Contains("1 incidents lie outside of the time that was replayed", report.Notes);

        File.WriteAllText(At("incidents.yaml"), $"incidents:\n  - {{ from: '{Start.AddDays(1):O}', to: '{Start.AddDays(1).AddHours(1):O}', name: slow disk }}\n  - {{ from: 2026-11-26 12:00, to: 2026-11-26T13:00:00Z }}\n");
        Assert.Equal(Incident.Read(At("incidents.csv"), "i").Take(2), Incident.Read(At("incidents.yaml"), "i"));
    }

    [Theory]
    [InlineData("from,to\n2026-11-23,2026-11-22", "i:2: to is 2026-11-22; expected a time after from, which is 2026-11-23")]
    [InlineData("from,to\nnow,2026-11-22", "i:2: from is 'now'; expected a time such as 2026-11-23T12:00:00Z")]
    [InlineData("from,to\n2026-11-22", "i:2: 1 columns; expected 2: from, to")]
    [InlineData("a,b\n1,2", "i:1: expected settings as 'name: value', found a single value")]
    [InlineData("incidents:\n  - { from: 2026-11-22 }", "i:2: incident: to is missing; expected a time such as 2026-11-23T12:00:00Z")]
    [InlineData("incidents:\n  - { form: 2026-11-22 }", "i:2: incident: there is no key form; did you mean from?")]
    [InlineData("list: []", "i:1: there is no key list; expected one of incidents")]
    public void A_mistake_in_a_file_of_incidents_is_named(string text, string message)
    {
        File.WriteAllText(At("i"), text);
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(() => Incident.Read(At("i"), "i")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", " is empty; expected the records.db of a server, JSON lines or CSV")]
    [InlineData("{\"kind\":\"prediction\"}", ":1: at is missing; expected a time such as 2026-11-23T12:00:00Z")]
    [InlineData("{\"kind\":\"prediction\",\"at\":\"2026-11-23\"}", ":1: label is missing; expected negative, neutral or positive")]
    [InlineData("{\"kind\":\"prediction\",\"at\":\"2026-11-23\",\"label\":\"good\"}", ":1: label is 'good'; expected negative, neutral or positive")]
    [InlineData("{\"kind\":\"prediction\",\"at\":\"2026-11-23\",\"label\":\"positive\"}", ":1: model is missing; expected a text of at most 200 characters")]
    [InlineData("{\"kind\":\"correction\",\"at\":\"2026-11-23\",\"label\":\"positive\"}", ":1: predicted is missing")]
    [InlineData("{\"kind\":\"request\",\"at\":\"2026-11-23\"}", ":1: status is missing; expected a status from 100 to 599")]
    [InlineData("\n{\"kind\":\"request\",\"at\":\"soon\"}", ":2: at is 'soon'")]
    [InlineData("{\"kind\":\"visit\"}", ":1: kind is 'visit'; expected prediction, correction or request")]
    [InlineData("{\"kind\":[]}", ":1: kind is StartArray; expected a text or a number")]
    [InlineData("{\"kind\":", ":1: not JSON: ")]
    [InlineData("{\"kind\":\"request\",\"at\":1,\"status\":200} {}", ":1: ")]
    [InlineData("{\"kind\":\"request\",\"at\":\"2026-11-23T12:10:00Z\",\"status\":200}\n{\"kind\":\"request\",\"at\":\"2026-11-23T12:08:00Z\",\"status\":200}", ":2: at is 2026-11-23T12:08:00.0000000+00:00, before 2026-11-23T12:10:00.0000000+00:00 of a line above; sort the file by at")]
    [InlineData("kind;label\na;b", ":1: there is no column at; expected a header such as kind,at,model")]
    [InlineData("kind,at,confidence,label,model\nprediction,2026-11-23,2,positive,m", ":2: confidence is '2'; expected a number from 0 to 1")]
    [InlineData("kind,at,latency_ms,label,model\nprediction,2026-11-23,-1,positive,m", ":2: latency_ms is '-1'; expected milliseconds")]
    [InlineData("kind,at,label,model\nprediction,2026-11-23", ":2: expected 4 columns, found 2: ")]
    [InlineData("SQLite format 3\0 and no more", ": cannot be read: ")]
    public void A_mistake_in_records_is_named(string text, string message)
    {
        File.WriteAllText(At("records"), text);
        Assert.StartsWith(At("records") + message, Assert.Throws<InvalidInputException>(() => new AlertReplay().Run(At("records"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_database_is_refused()
    {
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={At("other.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE t (a)";
            command.ExecuteNonQuery();
        }

        Assert.Contains("not that of a server's records", Assert.Throws<InvalidInputException>(() => new AlertReplay().Run(At("other.db"))).Message, StringComparison.Ordinal);
        Assert.Contains("no such file", Assert.Throws<InvalidInputException>(() => new AlertReplay().Run(At("missing.db"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_replay_can_be_stopped()
    {
        File.WriteAllLines(At("records.jsonl"), Day(7).Select(Json));
        using var stop = new CancellationTokenSource();
        var told = new List<ReplayProgress>();
        Assert.Throws<OperationCanceledException>(() => new AlertReplay().Run(At("records.jsonl"), new Told(progress =>
        {
            told.Add(progress);
            if (told.Count == 3) stop.Cancel();
        }), stop.Token));
        Assert.Equal(3, told.Count);
        Assert.True(told[2].Share >= told[0].Share && told[2].At > told[0].At && told[2].Records == 3_072);
    }

    [Fact]
    public void A_trial_of_the_past_is_judged_and_a_canary_is_not_mistaken_for_it()
    {
        // A shadow that is right wherever the champion is wrong, and corrections that say so.
        ServedModel shadow = SmallModels.TwoClasses with { Digest = "shadow", Version = "9" };
        var clock = new FakeTimeProvider(Start);
        PredictionIds ids = SomeRecords.Ids(clock);
        using (RecordStore store = SomeRecords.Open(folder))
        {
            for (int i = 0; i < 40; i++)
            {
                PredictionId id = ids.Next();
                store.Take(SomeRecords.Payload(SomeRecords.Prediction(id) with { Shadow = new ShadowPrediction(shadow, Sentiment.Negative, 0.1) }));
                clock.Advance(TimeSpan.FromMinutes(6));
                store.Take(SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), id)));
            }
        }

        ReplayReport report = new AlertReplay().Run(folder.Database);
        ReplayedAlert alert = Assert.Single(report.Alerts, one => one.Rule == "challenger-better");
        Assert.StartsWith("the challenger ", alert.Summary, StringComparison.Ordinal);
        Assert.True(alert.Figure >= 100 && alert.At < Start.AddMinutes(6 * 20), alert.Summary);
        Assert.DoesNotContain(report.Notes, note => note.Contains("challenger", StringComparison.Ordinal));
    }

    [Fact]
    public void Drift_is_replayed_where_the_model_and_the_texts_are_at_hand()
    {
        ServedModel model = SmallModels.TwoClasses;
        Tweet[] tweets = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 2_000, Seed = 5 })], held = [.. CorpusGenerator.Generate(new CorpusOptions { Rows = 1_000, Seed = 6 })];
        var profile = TrainingProfile.Measure(model.Classifier, [.. tweets.Select(tweet => tweet.Text)], ClassColumns.Of([.. tweets.Select(tweet => tweet.Label!.Value)], model.Classifier.Classes), [.. held.Select(tweet => tweet.Text)]);
        ServedModel profiled = model with { Info = model.Info with { Profile = profile } };
        var clock = new FakeTimeProvider(Start);
        PredictionIds ids = SomeRecords.Ids(clock);
        using (RecordStore store = SomeRecords.Open(folder))
        {
            for (int i = 0; i < 600; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(20));
                store.Take(SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), "zxqv wrkp mnbt plkj qqqq zzzz", model: SmallModels.TwoClasses) with { Label = Sentiment.Negative, UnknownShare = 0.9, Confidence = 0.55 }));
            }
        }

        ReplayReport without = new AlertReplay().Run(folder.Database), with = new AlertReplay { Model = profiled }.Run(folder.Database);
        Assert.DoesNotContain(without.Alerts, alert => alert.Rule == "drift");
        Assert.Contains("not replayed: drift: no model was named, whose training texts are compared with", without.Notes);
        ReplayedAlert[] drift = [.. with.Alerts.Where(alert => alert.Rule == "drift")];
        Assert.InRange(drift.Length, 2, 7);
        Assert.All(drift, alert => Assert.NotEqual("", alert.Summary));
        Assert.DoesNotContain(with.Notes, note => note.Contains("drift", StringComparison.Ordinal));
        Assert.Contains("has no training profile", Assert.Throws<InvalidInputException>(() => new AlertReplay { Model = model }.Run(folder.Database)).Message, StringComparison.Ordinal);
        Assert.Contains("not replayed: drift: no text of the model's predictions is kept", new AlertReplay { Model = profiled with { Digest = "another" } }.Run(folder.Database).Notes);
    }

    private void Database(List<PastRecord> records)
    {
        ServedModel model = SmallModels.TwoClasses with { Name = "air-paradis", Version = "3" };
        var clock = new FakeTimeProvider(records[0].At);
        PredictionIds ids = SomeRecords.Ids(clock);
        var known = new Dictionary<string, PredictionId>();
        var payloads = new List<ReadOnlyMemory<byte>>();
        foreach (PastRecord record in records.Where(record => record.Kind is not PastKind.Requests))
        {
            if (record.At > clock.GetUtcNow()) clock.SetUtcNow(record.At);
            PredictionId id = ids.Next();
            if (record.Kind is PastKind.Correction)
            {
                payloads.Add(SomeRecords.Format.Write(SomeRecords.Feedback(id, known[record.Prediction!], record.Right)));
            }
            else
            {
                known[record.Id!] = id;
                payloads.Add(SomeRecords.Payload(SomeRecords.Prediction(id, model: model) with { Label = record.Predicted!.Value, UnknownShare = record.UnknownShare, Latency = TimeSpan.FromMicroseconds(record.Latency) }));
            }
        }

        using RecordStore store = SomeRecords.Open(folder);
        store.Take(payloads, new JournalPosition(1, 1));
    }

    private sealed class Told(Action<ReplayProgress> tell) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => tell(value);
    }
}
