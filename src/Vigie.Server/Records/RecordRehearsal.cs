using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Writes records of a past that nobody lived, by the same way as those of a server: to measure on what a month of a busy one would leave. Same seed, same records.</summary>
/// <param name="model">The model that is said to have answered.</param>
/// <param name="texts">Texts that come round again and again.</param>
/// <param name="seed">Draws.</param>
public sealed class RecordRehearsal(ServedModel model, IReadOnlyList<string> texts, ulong seed)
{
    private const int Batch = 10_000, CorrectedInHundred = 1;

    private readonly Xoshiro256 random = new(seed);

    /// <summary>Writes predictions, evenly over a time, and a correction for one in a hundred, of which one in five says that it was wrong.</summary>
    /// <param name="folder">The folder of the records (<c>records.folder</c>); made where it is missing.</param>
    /// <param name="predictions">How many.</param>
    /// <param name="from">The first one's time.</param>
    /// <param name="to">The last one's.</param>
    /// <param name="written">Told how many are written.</param>
    /// <param name="cancellation">Ends it between two transactions.</param>
    /// <exception cref="IOException">The disk took no more.</exception>
    public void Write(string folder, long predictions, DateTimeOffset from, DateTimeOffset to, Action<long> written, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(written);
        Directory.CreateDirectory(folder);
        byte[] secret = new byte[SecretFile.Bytes];
        var clock = new SetClock();
        var ids = new PredictionIds(clock, secret, 1);
        var format = new RecordFormat(new AuthorHash(secret), keepText: true);
        using RecordStore store = RecordStore.Open(Path.Combine(folder, "records.db"), clock, _ => false);
        var payloads = new List<ReadOnlyMemory<byte>>(Batch * 2);
        for (long done = 0; done < predictions;)
        {
            payloads.Clear();
            for (int i = 0; i < Batch && done < predictions; i++, done++)
            {
                clock.Now = from + ((to - from) * ((double)done / predictions));
                PredictionRecord record = Draw(ids.Next(), clock.Now, texts[(int)(done % texts.Count)]);
                byte[] room = new byte[format.MostBytes(record)];
                payloads.Add(room.AsMemory(0, format.Write(record, room)));
                if (random.NextDouble() * 100 >= CorrectedInHundred) continue;
                bool wrong = random.NextDouble() < 0.2;
                payloads.Add(format.Write(new FeedbackRecord { Id = ids.Next(), At = clock.Now, Prediction = record.Id, Label = wrong ? Other(record.Label) : record.Label }));
            }

            cancellation.ThrowIfCancellationRequested();
            store.Take(payloads, new JournalPosition(1, done));
            written(done);
        }
    }

    private PredictionRecord Draw(PredictionId id, DateTimeOffset at, string text)
    {
        double positive = random.NextDouble();
        Sentiment label = positive >= 0.5 ? Sentiment.Positive : Sentiment.Negative;
        return new PredictionRecord
        {
            Id = id,
            At = at,
            Model = model,
            Part = ModelPart.Champion,
            Text = text,
            Label = label,
            ProbabilityPositive = positive,
            Confidence = Math.Max(positive, 1 - positive),
            UnknownShare = random.NextDouble() * 0.1,
            Latency = TimeSpan.FromMicroseconds(60 * Math.Exp(random.NextDouble() * random.NextDouble() * 8)),
        };
    }

    private static Sentiment Other(Sentiment label) => label is Sentiment.Positive ? Sentiment.Negative : Sentiment.Positive;

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
