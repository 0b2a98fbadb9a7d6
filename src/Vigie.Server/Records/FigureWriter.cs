using System.Buffers.Binary;

namespace Vigie.Server;

/// <summary>Keeps the figures by minutes in SQLite, in the transaction that takes their rows over.</summary>
internal sealed class FigureWriter(RecordDatabase database)
{
    private readonly RecordStatement
        lastWords = database.Prepare("SELECT id, label FROM feedback WHERE prediction = ?1 ORDER BY id DESC LIMIT 2"),
        judged = database.Prepare("SELECT model, part, label FROM predictions WHERE id = ?1"),
        nextChange = database.Prepare("UPDATE changes SET last = last + 1 RETURNING last"),
        latencies = database.Prepare("SELECT latencies FROM figures WHERE minute = ?1 AND model = ?2 AND part = ?3"),
        addFigures = database.Prepare(
            """
            INSERT INTO figures (minute, model, part, negative, neutral, positive, confidence, unknown_share, length, latencies, newest, change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
            ON CONFLICT (minute, model, part) DO UPDATE SET negative = negative + excluded.negative, neutral = neutral + excluded.neutral, positive = positive + excluded.positive,
              confidence = confidence + excluded.confidence, unknown_share = unknown_share + excluded.unknown_share, length = length + excluded.length, latencies = excluded.latencies,
              newest = max(newest, excluded.newest), change = excluded.change
            """),
        addJudgements = database.Prepare(
            """
            INSERT INTO judgements (minute, model, part, predicted, truth, count, change) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (minute, model, part, predicted, truth) DO UPDATE SET count = count + excluded.count, change = excluded.change
            """),
        addTraffic = database.Prepare(
            """
            INSERT INTO traffic (id, minute, succeeded, refused, failed, change) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (id) DO UPDATE SET succeeded = max(succeeded, excluded.succeeded), refused = max(refused, excluded.refused), failed = max(failed, excluded.failed), change = excluded.change
            """),
        removeFigures = database.Prepare("DELETE FROM figures WHERE minute < ?1"),
        removeJudgements = database.Prepare("DELETE FROM judgements WHERE minute < ?1"),
        removeTraffic = database.Prepare("DELETE FROM traffic WHERE minute < ?1");

    private readonly FigureBatch batch = new();
    private readonly RecentHistograms histograms = new();

    /// <summary>Counts a prediction whose row was added, and what corrections that were there before it say of it.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Predicted(in StoredPrediction record, long model)
    {
        FigureKey key = batch.Add(record, model);
        lastWords.BindBlob(1, record.Id);
        bool corrected = lastWords.Step();
        if (corrected) batch.Judge(key, record.Label, (int)lastWords.Int64(1), 1);
        lastWords.Reset();
        return corrected;
    }

    /// <summary>Counts a correction whose row was added, where it is the last word on its prediction. One whose prediction is not there is counted when that comes.</summary>
    public void Corrected(in StoredFeedback record)
    {
        if (!record.HasPrediction)
        {
            batch.Judge(record);
            return;
        }

        judged.BindBlob(1, record.Prediction);
        if (judged.Step())
        {
            var key = new FigureKey(FigureBatch.MinuteOf(record.Prediction), judged.Int64(0), (int)judged.Int64(1));
            int predicted = (int)judged.Int64(2);
            lastWords.BindBlob(1, record.Prediction);
            if (lastWords.Step() && lastWords.Blob(0).AsSpan().SequenceEqual(record.Id))
            {
                batch.Judge(key, predicted, record.Label, 1);
                if (lastWords.Step()) batch.Judge(key, predicted, (int)lastWords.Int64(1), -1);
            }

            lastWords.Reset();
        }

        judged.Reset();
    }

    /// <summary>Counts requests.</summary>
    public void Requested(ref PayloadReader reader) => batch.Count(ref reader);

    /// <summary>Writes what was counted.</summary>
    public void Write()
    {
        if (batch.IsEmpty) return;
        nextChange.Step();
        long change = nextChange.Int64(0);
        nextChange.Reset();
        foreach ((FigureKey key, FigureSum sum) in batch.Sums)
        {
            LatencyHistogram histogram = histograms.Of(key, Read);
            foreach (long latency in sum.Latencies) histogram.Add(latency);
            addFigures.Bind(1, key.Minute).Bind(2, key.Model).Bind(3, key.Part).Bind(4, sum.Labels[0]).Bind(5, sum.Labels[1]).Bind(6, sum.Labels[2])
                .Bind(7, sum.Confidence).Bind(8, sum.UnknownShare).Bind(9, sum.Length).BindBlob(10, histogram.ToBytes()).Bind(11, sum.Newest).Bind(12, change).Run();
        }

        foreach (((FigureKey key, int predicted, int truth), long count) in batch.Judgements)
            addJudgements.Bind(1, key.Minute).Bind(2, key.Model).Bind(3, key.Part).Bind(4, predicted).Bind(5, truth).Bind(6, count).Bind(7, change).Run();
        Span<byte> id = stackalloc byte[16];
        foreach ((UInt128 number, (long minute, TrafficCounts counts)) in batch.Traffic)
        {
            BinaryPrimitives.WriteUInt128BigEndian(id, number);
            addTraffic.BindBlob(1, id).Bind(2, minute).Bind(3, counts.Succeeded).Bind(4, counts.Refused).Bind(5, counts.Failed).Bind(6, change).Run();
        }

        batch.Clear();
    }

    /// <summary>Takes back what was counted and perhaps written: the transaction has failed.</summary>
    public void Abandon()
    {
        batch.Clear();
        histograms.Clear();
    }

    /// <summary>Removes what is older than a minute.</summary>
    public void RemoveBefore(long minute)
    {
        histograms.Clear();
        foreach (RecordStatement remove in (RecordStatement[])[removeFigures, removeJudgements, removeTraffic]) remove.Bind(1, minute).Run();
    }

    private byte[]? Read(FigureKey key)
    {
        latencies.Bind(1, key.Minute).Bind(2, key.Model).Bind(3, key.Part);
        byte[]? found = latencies.Step() ? latencies.Blob(0) : null;
        latencies.Reset();
        return found;
    }
}
