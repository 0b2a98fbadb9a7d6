using System.Buffers.Binary;

namespace Vigie.Server;

/// <summary>Keeps the figures by minutes in PostgreSQL, in the transaction that takes their rows over.</summary>
internal sealed class PostgresFigures(PostgresSession session, long replica)
{
    private readonly FigureBatch batch = new();
    private readonly RecentHistograms histograms = new();
    private readonly HashSet<UInt128> predictions = [], corrections = [];
    private readonly Dictionary<UInt128, byte[]> judged = [];

    /// <summary>Counts a prediction whose row was added.</summary>
    public void Predicted(in StoredPrediction record, long model)
    {
        batch.Add(record, model);
        UInt128 id = BinaryPrimitives.ReadUInt128BigEndian(record.Id);
        predictions.Add(id);
        judged[id] = record.Id.ToArray();
    }

    /// <summary>Counts a correction whose row was added.</summary>
    public void Corrected(in StoredFeedback record)
    {
        if (!record.HasPrediction)
        {
            batch.Judge(record);
            return;
        }

        corrections.Add(BinaryPrimitives.ReadUInt128BigEndian(record.Id));
        judged[BinaryPrimitives.ReadUInt128BigEndian(record.Prediction)] = record.Prediction.ToArray();
    }

    /// <summary>Counts requests.</summary>
    public void Requested(ref PayloadReader reader) => batch.Count(ref reader);

    /// <summary>Compares the last words on predictions before and after the rows that were added.</summary>
    /// <returns>The predictions among those rows that had been corrected before.</returns>
    public IReadOnlyList<byte[]> Judge()
    {
        if (judged.Count == 0) return [];
        var overtaken = new List<byte[]>();
        var rows = session.Rows(
            "SELECT p.id, p.model, p.part, p.label, f.id, f.label FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE f.prediction = ANY($1)",
            row => (Id: (byte[])row.GetValue(0), Model: row.GetInt64(1), Part: (int)row.GetInt64(2), Predicted: (int)row.GetInt64(3), Correction: BinaryPrimitives.ReadUInt128BigEndian((byte[])row.GetValue(4)), Truth: (int)row.GetInt64(5)),
            (object)judged.Values.ToArray());
        foreach (var words in rows.GroupBy(row => BinaryPrimitives.ReadUInt128BigEndian(row.Id)))
        {
            var last = words.MaxBy(word => word.Correction);
            var key = new FigureKey(FigureBatch.MinuteOf(last.Id), last.Model, last.Part);
            var before = predictions.Contains(words.Key) ? [] : words.Where(word => !corrections.Contains(word.Correction)).ToArray();
            if (predictions.Contains(words.Key) && words.Any(word => !corrections.Contains(word.Correction))) overtaken.Add(last.Id);
            if (before.Length > 0) batch.Judge(key, last.Predicted, before.MaxBy(word => word.Correction).Truth, -1);
            batch.Judge(key, last.Predicted, last.Truth, 1);
        }

        Forget();
        return overtaken;
    }

    /// <summary>Writes what was counted.</summary>
    public void Write()
    {
        if (batch.IsEmpty) return;
        long change = session.Rows("UPDATE changes SET last = last + 1 RETURNING last", row => row.GetInt64(0)).Single();
        foreach ((FigureKey key, FigureSum sum) in batch.Sums)
        {
            LatencyHistogram histogram = histograms.Of(key, Read);
            foreach (long latency in sum.Latencies) histogram.Add(latency);
            session.Run(
                """
                INSERT INTO figures AS f (minute, model, part, replica, negative, neutral, positive, confidence, unknown_share, length, latencies, newest, change) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
                ON CONFLICT (minute, model, part, replica) DO UPDATE SET negative = f.negative + excluded.negative, neutral = f.neutral + excluded.neutral, positive = f.positive + excluded.positive,
                  confidence = f.confidence + excluded.confidence, unknown_share = f.unknown_share + excluded.unknown_share, length = f.length + excluded.length, latencies = excluded.latencies,
                  newest = greatest(f.newest, excluded.newest), change = excluded.change
                """,
                key.Minute, key.Model, (long)key.Part, replica, sum.Labels[0], sum.Labels[1], sum.Labels[2], sum.Confidence, sum.UnknownShare, sum.Length, histogram.ToBytes(), sum.Newest, change);
        }

        foreach (((FigureKey key, int predicted, int truth), long count) in batch.Judgements)
        {
            session.Run(
                """
                INSERT INTO judgements AS j (minute, model, part, predicted, truth, count, change) VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (minute, model, part, predicted, truth) DO UPDATE SET count = j.count + excluded.count, change = excluded.change
                """,
                key.Minute, key.Model, (long)key.Part, (long)predicted, (long)truth, count, change);
        }

        foreach ((UInt128 number, (long minute, TrafficCounts counts)) in batch.Traffic)
        {
            byte[] id = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(id, number);
            session.Run(
                """
                INSERT INTO traffic AS t (id, minute, succeeded, refused, failed, change) VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (id) DO UPDATE SET succeeded = greatest(t.succeeded, excluded.succeeded), refused = greatest(t.refused, excluded.refused), failed = greatest(t.failed, excluded.failed), change = excluded.change
                """,
                id, minute, counts.Succeeded, counts.Refused, counts.Failed, change);
        }

        batch.Clear();
    }

    /// <summary>Takes back what was counted and perhaps written: the transaction has failed.</summary>
    public void Abandon()
    {
        batch.Clear();
        histograms.Clear();
        Forget();
    }

    /// <summary>Removes what is older than a minute.</summary>
    public void RemoveBefore(long minute)
    {
        histograms.Clear();
        foreach (string table in (string[])["figures", "judgements", "traffic"]) session.Run($"DELETE FROM {table} WHERE minute < $1", minute);
    }

    private void Forget()
    {
        predictions.Clear();
        corrections.Clear();
        judged.Clear();
    }

    private byte[]? Read(FigureKey key) => session.Rows(
        "SELECT latencies FROM figures WHERE minute = $1 AND model = $2 AND part = $3 AND replica = $4", row => (byte[])row.GetValue(0), key.Minute, key.Model, (long)key.Part, replica).SingleOrDefault();
}
