using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class PastFiguresTests : IDisposable
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly RecordsFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Running_sums_are_what_a_server_adds_up()
    {
        var clock = new FakeTimeProvider(AlertRun.Start);
        PredictionIds ids = SomeRecords.Ids(clock);
        var chance = new Xoshiro256(3);
        ServedModel[] models = [SmallModels.TwoClasses with { Digest = "a" }, SmallModels.TwoClasses with { Digest = "b" }];
        var payloads = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < 3_000; i++)
        {
            clock.Advance(TimeSpan.FromSeconds(chance.Next(10) == 0 ? chance.Next(400) : chance.Next(4)));
            payloads.Add(SomeRecords.Payload(SomeRecords.Prediction(ids.Next(), new string('x', 1 + chance.Next(9)), model: models[chance.Next(2)]) with
            {
                Part = (ModelPart)chance.Next(4),
                Label = (Sentiment)chance.Next(3),
                UnknownShare = chance.NextDouble(),
                Confidence = chance.NextDouble(),
                Latency = TimeSpan.FromMicroseconds(chance.Next(500_000)),
            }));
        }

        DateTimeOffset end = clock.GetUtcNow();
        using RecordStore store = SomeRecords.Open(folder, clock);
        store.Take(payloads, new JournalPosition(1, 1));
        var live = new FigureHistory(() => RecordDatabase.Connect(folder.Database), clock, TimeSpan.FromDays(90));
        live.Refresh();
        var past = new PastFigures(Day);
        using PastDatabase records = PastDatabase.Open(folder.Database);
        using IEnumerator<PastRecord> rows = records.Read(AlertRun.Start - Day, end + Day, texts: false).GetEnumerator();
        bool more = rows.MoveNext();
        long asked = 0;
        for (DateTimeOffset now = AlertRun.Start; now < end; now += TimeSpan.FromSeconds(20 + chance.Next(200)))
        {
            for (; more && rows.Current.At < now; more = rows.MoveNext()) past.Add(rows.Current);
            foreach ((int minutes, string? model, ModelPart? part) in ((int, string?, ModelPart?)[])[(5, null, null), (60, null, null), (60, "a", null), (60, "b", ModelPart.Challenger), (5, null, ModelPart.Batch), (60, "none", null)])
            {
                DateTimeOffset from = now.AddMinutes(-minutes);
                Figures expected = live.Over(from, now, model, part), actual = past.Over(from, now, model, part);
                Assert.Equal(
                    (expected.Predictions, expected.Of(Sentiment.Negative), expected.Of(Sentiment.Positive), expected.Length, expected.Latencies.Count, expected.Latencies.Quantile(0.95)),
                    (actual.Predictions, actual.Of(Sentiment.Negative), actual.Of(Sentiment.Positive), actual.Length, actual.Latencies.Count, actual.Latencies.Quantile(0.95)));
                Assert.Equal((Math.Round(expected.Confidence, 6), Math.Round(expected.UnknownShare, 6)), (Math.Round(actual.Confidence, 6), Math.Round(actual.UnknownShare, 6)));
                asked += actual.Predictions;
            }
        }

        Assert.InRange(asked, 10_000, long.MaxValue);
        Assert.Equal(0, past.Over(end + Day, end + Day + Day).Predictions);
    }
}
