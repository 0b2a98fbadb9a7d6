using Microsoft.Extensions.Time.Testing;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>A history of predictions, corrections and erasures as a server might see it: late, doubled, revised. The same for every database.</summary>
internal static class SomeHistory
{
    /// <summary>The batches that a mover would take, one after the other.</summary>
    public static IEnumerable<byte[][]> Batches(FakeTimeProvider clock, PredictionIds ids)
    {
        var random = new Xoshiro256(6);
        ServedModel[] models = [SmallModels.TwoClasses, SmallModels.TwoClasses with { Digest = "other" }, SmallModels.TwoClasses with { Version = "4" }];
        var known = new List<PredictionId>();
        var late = new List<byte[]>();
        var batch = new List<byte[]>();
        for (int step = 0; step < 3_000; step++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(random.Next(4_000)));
            switch (random.Next(10))
            {
                case < 6:
                    PredictionId id = ids.Next();
                    known.Add(id);
                    var record = SomeRecords.Prediction(id, new string('w', random.Next(200)), new TweetId($"{random.Next(400)}", false), $"a{random.Next(300)}", models[random.Next(3)]) with
                    {
                        Label = (Sentiment)random.Next(3),
                        Part = (ModelPart)random.Next(4),
                        Confidence = random.Next(1000) / 1000.0,
                        UnknownShare = random.Next(1000) / 1000.0,
                        Latency = TimeSpan.FromMicroseconds(random.Next(50) * random.Next(40_000)),
                        Shadow = random.Next(2) == 0 ? new ShadowPrediction(models[1], (Sentiment)random.Next(3), 0.5) : null,
                    };
                    (random.Next(10) == 0 ? late : batch).Add(SomeRecords.Payload(record));
                    break;
                case < 9 when known.Count > 0:
                    byte[] correction = SomeRecords.Format.Write(SomeRecords.Feedback(ids.Next(), known[random.Next(known.Count)], (Sentiment)random.Next(3)));
                    (random.Next(5) == 0 ? late : batch).Add(correction);
                    if (random.Next(10) == 0) batch.Add(correction); // written twice
                    break;
                default:
                    batch.Add(SomeRecords.Format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.GetUtcNow(), Text = "www", Predicted = (Sentiment)random.Next(3), Label = (Sentiment)random.Next(3), Reporter = "a1" }));
                    if (random.Next(4) == 0) batch.Add(RecordFormat.Write(new ErasureRecord(ids.Next(), clock.GetUtcNow(), random.Next(2) == 0 ? $"{random.Next(400)}" : null, SomeRecords.Authors.Of($"a{random.Next(300)}"))));
                    break;
            }

            if (random.Next(20) == 0 && late.Count > 0)
            {
                int which = random.Next(late.Count);
                batch.Add(late[which]);
                late.RemoveAt(which);
            }

            if (random.Next(15) != 0) continue;
            yield return [.. batch];
            batch.Clear();
        }

        yield return [.. batch, .. late];
    }
}
