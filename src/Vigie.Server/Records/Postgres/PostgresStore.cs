using System.Buffers.Binary;
using System.IO.Hashing;

namespace Vigie.Server;

/// <summary>
/// The records in PostgreSQL, as one of the servers writes them. One transaction at a time writes, whichever server's it is: rows get their numbers in the order in
/// which they appear.
/// </summary>
internal sealed class PostgresStore : IRecordStore
{
    private readonly PostgresSession session;
    private readonly PostgresFigures figures;
    private readonly ReviewWriter reviews;
    private readonly PostgresEraser eraser;
    private readonly TimeProvider clock;
    private readonly long replica;
    private readonly Dictionary<UInt128, long> models = [];
    private readonly Dictionary<UInt128, ReadOnlyMemory<byte>> waiting = [];

    private readonly PostgresRows
        predictions = new(
            "predictions", "id bytea", "at bigint", "model bigint", "part bigint", "label bigint", "probability_positive float8", "confidence float8", "unknown_share float8", "latency_us bigint",
            "length bigint", "language text", "text text", "tweet_id text", "tweet_id_is_number bigint", "author bytea", "shadow_model bigint", "shadow_label bigint", "shadow_probability_positive float8"),
        feedback = new("feedback", "id bytea", "at bigint", "prediction bytea", "text text", "predicted bigint", "label bigint", "reporter bytea", "comment text");

    private bool copies;

    private PostgresStore(PostgresSession session, byte[] id, TimeProvider clock, Func<Erased, bool> erased)
    {
        (this.session, this.clock) = (session, clock);
        session.Run("INSERT INTO replicas (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", id);
        (replica, Moved, CopiesSince) = session.Rows(
            "SELECT number, segment, position, copies_since FROM replicas WHERE id = $1",
            row => (row.GetInt64(0), new JournalPosition(row.GetInt64(1), row.GetInt64(2)), row.IsDBNull(3) ? (DateTimeOffset?)null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3))),
            id).Single();
        figures = new PostgresFigures(session, replica);
        reviews = new ReviewWriter(session, "g.text = f.text");
        eraser = new PostgresEraser(session, reviews, gone => copies |= erased(gone));
        Remover = new PostgresRemover(session, figures, reviews);
    }

    public JournalPosition Moved { get; private set; }

    public DateTimeOffset? CopiesSince { get; private set; }

    public IRecordRemover Remover { get; }

    /// <summary>Opens the store.</summary>
    /// <param name="connection">How to connect.</param>
    /// <param name="replica">The number that this server writes under.</param>
    /// <param name="clock">Says when an erasure was done.</param>
    /// <param name="erased">As <see cref="IRecordSource.Open"/> has it.</param>
    /// <param name="ending">The writing is to end soon.</param>
    /// <exception cref="Npgsql.NpgsqlException">It cannot be reached, or refuses.</exception>
    /// <exception cref="IOException">A newer version of this program made the tables, or another server writes under this number.</exception>
    public static PostgresStore Open(string connection, byte[] replica, TimeProvider clock, Func<Erased, bool> erased, CancellationToken ending)
    {
        PostgresSession session = PostgresSession.Open(connection, replica, ending);
        try
        {
            return new PostgresStore(session, replica, clock, erased);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public IReadOnlyList<(PredictionId Id, ErasureCounts Counts)> Take(IEnumerable<ReadOnlyMemory<byte>> payloads, JournalPosition end)
    {
        List<(PredictionId, ErasureCounts)> erasures = [];
        try
        {
            session.Begin();
            foreach (ReadOnlyMemory<byte> payload in payloads)
            {
                RecordKind kind = RecordFormat.Open(payload.Span, out PayloadReader reader);
                switch (kind)
                {
                    case RecordKind.Prediction:
                        Add(new StoredPrediction(ref reader), payload);
                        break;
                    case RecordKind.Feedback or RecordKind.Review:
                        Add(new StoredFeedback(ref reader, kind), payload);
                        break;
                    case RecordKind.Erasure:
                        Insert(); // it is about what came before it
                        erasures.Add(Erase(new StoredErasure(ref reader)));
                        break;
                    default:
                        figures.Requested(ref reader);
                        break;
                }
            }

            Insert();
            figures.Write();
            reviews.Write();
            DateTimeOffset? since = copies ? clock.GetUtcNow() : CopiesSince;
            session.Run("UPDATE replicas SET segment = $1, position = $2, copies_since = $3::bigint WHERE number = $4", end.Segment, end.Offset, since?.ToUnixTimeMilliseconds(), replica);
            session.Commit();
            (Moved, CopiesSince) = (end, since);
            return erasures;
        }
        catch
        {
            models.Clear(); // some of them may have been taken back
            waiting.Clear();
            predictions.Clear();
            feedback.Clear();
            figures.Abandon();
            reviews.Abandon();
            session.Abandon();
            throw;
        }
        finally
        {
            copies = false;
        }
    }

    public void CopiesGone()
    {
        session.Run("UPDATE replicas SET copies_since = NULL WHERE number = $1", replica);
        CopiesSince = null;
    }

    /// <summary>Has the rows' earlier states overwritten, as far as no older transaction still looks at them.</summary>
    public void Purge()
    {
        session.RunLong("VACUUM predictions");
        session.RunLong("VACUUM feedback");
    }

    public void Dispose() => session.Dispose();

    private void Add(in StoredPrediction record, ReadOnlyMemory<byte> payload)
    {
        if (!waiting.TryAdd(BinaryPrimitives.ReadUInt128BigEndian(record.Id), payload)) return;
        predictions.Add(
            record.Id.ToArray(), record.At, ModelOf(record.Model), record.Part, record.Label, record.ProbabilityPositive, record.Confidence, record.UnknownShare, record.Latency,
            record.Length, PostgresRows.Text(record.Language), PostgresRows.Text(record.Text), PostgresRows.Text(record.Tweet), record.TweetIsNumber ? 1L : 0L, PostgresRows.Key(record.Author),
            record.HasShadow ? ModelOf(record.ShadowModel) : null, record.HasShadow ? record.ShadowLabel : null, record.HasShadow ? record.ShadowProbabilityPositive : null);
    }

    private void Add(in StoredFeedback record, ReadOnlyMemory<byte> payload)
    {
        if (!waiting.TryAdd(BinaryPrimitives.ReadUInt128BigEndian(record.Id), payload)) return;
        feedback.Add(
            record.Id.ToArray(), record.At, record.HasPrediction ? record.Prediction.ToArray() : null, PostgresRows.Text(record.Text), record.Predicted, record.Label, PostgresRows.Key(record.Reporter),
            PostgresRows.Text(record.Comment));
    }

    /// <summary>Inserts what has come together, and counts what was not there before.</summary>
    private void Insert()
    {
        List<byte[]> newPredictions = predictions.Insert(session), newFeedback = feedback.Insert(session);
        foreach (byte[] id in newPredictions)
        {
            RecordFormat.Open(Waiting(id), out PayloadReader reader);
            var record = new StoredPrediction(ref reader);
            figures.Predicted(record, ModelOf(record.Model));
            reviews.Predicted(record);
        }

        foreach (byte[] id in newFeedback)
        {
            RecordKind kind = RecordFormat.Open(Waiting(id), out PayloadReader reader);
            var record = new StoredFeedback(ref reader, kind);
            figures.Corrected(record);
            reviews.Corrected(record);
        }

        foreach (byte[] prediction in figures.Judge()) reviews.Overtaken(prediction);
        waiting.Clear();
    }

    private ReadOnlySpan<byte> Waiting(byte[] id) => waiting[BinaryPrimitives.ReadUInt128BigEndian(id)].Span;

    private (PredictionId Id, ErasureCounts Counts) Erase(in StoredErasure record)
    {
        ErasureCounts counts = record.Tweet.IsThere ? eraser.EraseTweet(PostgresRows.Text(record.Tweet.Bytes)) : record.Author is { } author ? eraser.EraseAuthor(PostgresRows.Key(author)!) : default;
        session.Run(
            "INSERT INTO erasures (id, asked_at, done_at, predictions, corrections) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
            record.Id.ToArray(), record.At, clock.GetUtcNow().ToUnixTimeMilliseconds(), (long)counts.Predictions, (long)counts.Corrections);
        return (new PredictionId(BinaryPrimitives.ReadUInt128BigEndian(record.Id)), counts);
    }

    private long ModelOf(ReadOnlySpan<byte> block)
    {
        UInt128 hash = XxHash128.HashToUInt128(block);
        if (models.TryGetValue(hash, out long known)) return known;
        var reader = new PayloadReader(block);
        object?[] values = [reader.String(), reader.String(), reader.String(), reader.String()];
        List<long> found = session.Rows("SELECT id FROM models WHERE digest = $1 AND name = $2 AND version IS NOT DISTINCT FROM $3::text AND run_id IS NOT DISTINCT FROM $4::text", row => row.GetInt64(0), values);
        if (found.Count == 0) found = session.Rows("INSERT INTO models (digest, name, version, run_id) VALUES ($1, $2, $3::text, $4::text) RETURNING id", row => row.GetInt64(0), values);
        return models[hash] = found[0];
    }
}
