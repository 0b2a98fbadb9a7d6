using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>
/// The records of a server, from its SQLite database, while it runs or not. Predictions and corrections are read in the order of their ids, some thousand at a time: a reading that lasted would keep the
/// server from emptying its log, and with it from erasing.
/// </summary>
internal sealed class PastDatabase : IPastRecords
{
    private const int AtOnce = 10_000;

    private readonly RecordDatabase database;
    private readonly string path;
    private readonly Dictionary<long, PastModel> models = [];
    private (long From, long To) span = (0, 1);
    private long reached;

    private PastDatabase(RecordDatabase database, string path)
    {
        (this.database, this.path) = (database, path);
        if (Count("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('predictions', 'feedback', 'models')") != 3)
            throw new InvalidInputException($"{path} is a database, and not that of a server's records; expected the records.db of records.folder");
        HasRequests = Count("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'traffic'") > 0 && Count("SELECT count(*) FROM (SELECT 1 FROM traffic LIMIT 1)") > 0;
    }

    public bool HasRequests { get; }

    public double Done => Math.Clamp((double)(reached - span.From) / Math.Max(1, span.To - span.From), 0, 1);

    /// <exception cref="InvalidInputException">It cannot be opened, or is another database.</exception>
    public static PastDatabase Open(string path)
    {
        RecordDatabase? database = null;
        try
        {
            database = RecordDatabase.OpenToRead(path);
            return new PastDatabase(database, path);
        }
        catch (SqliteException failure)
        {
            database?.Dispose();
            throw Unreadable(path, failure);
        }
        catch
        {
            database?.Dispose();
            throw;
        }
    }

    public IEnumerable<PastRecord> Read(DateTimeOffset from, DateTimeOffset to, bool texts)
    {
        long first = Time("min"), last = Time("max");
        span = (Math.Max(first, from.ToUnixTimeMilliseconds()), Math.Min(last, to.ToUnixTimeMilliseconds()));
        using IEnumerator<PastRecord> predictions = Predictions(from, to, texts).GetEnumerator(), corrections = Corrections(from, to).GetEnumerator(), requests = Requests(from, to).GetEnumerator();
        List<IEnumerator<PastRecord>> open = [.. ((IEnumerator<PastRecord>[])[predictions, corrections, requests]).Where(one => one.MoveNext())];
        while (open.Count > 0)
        {
            IEnumerator<PastRecord> next = open[0];
            for (int i = 1; i < open.Count; i++)
            {
                if (open[i].Current.At < next.Current.At) next = open[i];
            }

            reached = next.Current.At.ToUnixTimeMilliseconds();
            yield return next.Current;
            if (!next.MoveNext()) open.Remove(next);
        }
    }

    public void Dispose() => database.Dispose();

    private IEnumerable<PastRecord> Predictions(DateTimeOffset from, DateTimeOffset to, bool texts)
    {
        RecordStatement rows = Prepare(
            $"SELECT id, model, part, label, confidence, unknown_share, latency_us, length, shadow_model{(texts ? ", text" : "")} FROM predictions WHERE id > ?1 AND id < ?2 ORDER BY id LIMIT {AtOnce}");
        return Batches(rows, from, to, (row, id) => new PastRecord(PastKind.Prediction, TimeOf(id))
        {
            Id = texts ? Convert.ToHexStringLower(id) : null,
            Model = ModelOf(row.Int64(1)),
            Part = (ModelPart)row.Int64(2),
            Predicted = (Sentiment)row.Int64(3),
            Confidence = row.Double(4),
            UnknownShare = row.Double(5),
            Latency = row.Int64(6),
            Length = row.Int64(7),
            Shadow = row.IsNull(8) ? null : ModelOf(row.Int64(8)),
            Text = texts && !row.IsNull(9) ? row.Text(9) : null,
        });
    }

    private IEnumerable<PastRecord> Corrections(DateTimeOffset from, DateTimeOffset to)
    {
        string review = Count("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'reviews'") > 0 ? "EXISTS (SELECT 1 FROM reviews WHERE feedback = f.id)" : "0"; // else an older version wrote it
        RecordStatement rows = Prepare(
            $"""
            SELECT f.id, f.prediction, ifnull(f.predicted, p.label), f.label, p.model, p.part, p.shadow_model, p.shadow_label, {review}
            FROM feedback AS f LEFT JOIN predictions AS p ON p.id = f.prediction WHERE f.id > ?1 AND f.id < ?2 ORDER BY f.id LIMIT {AtOnce}
            """);
        return Batches(rows, from, to, (row, id) => new PastRecord(PastKind.Correction, TimeOf(id))
        {
            Id = Convert.ToHexStringLower(id),
            Prediction = row.IsNull(1) ? null : Convert.ToHexStringLower(row.Blob(1)),
            Predicted = row.IsNull(2) ? null : (Sentiment)row.Int64(2),
            Right = (Sentiment)row.Int64(3),
            Model = row.IsNull(4) ? null : ModelOf(row.Int64(4)),
            Part = row.IsNull(5) ? ModelPart.Named : (ModelPart)row.Int64(5),
            Shadow = row.IsNull(6) ? null : ModelOf(row.Int64(6)),
            ShadowSaid = row.IsNull(7) ? null : (Sentiment)row.Int64(7),
            IsReview = row.Int64(8) != 0,
        });
    }

    private IEnumerable<PastRecord> Batches(RecordStatement rows, DateTimeOffset from, DateTimeOffset to, Func<RecordStatement, byte[], PastRecord> read)
    {
        byte[] last = TrialRecords.IdAt(from), end = TrialRecords.IdAt(to);
        var batch = new List<PastRecord>(AtOnce);
        do
        {
            batch.Clear();
            try
            {
                rows.BindBlob(1, last).BindBlob(2, end);
                while (rows.Step())
                {
                    last = rows.Blob(0);
                    batch.Add(read(rows, last));
                }
            }
            catch (SqliteException failure)
            {
                throw Unreadable(path, failure);
            }

            foreach (PastRecord record in batch) yield return record;
        }
        while (batch.Count == AtOnce);
    }

    // A minute's requests count from its end on, so it does not matter when within it they come.
    private List<PastRecord> Requests(DateTimeOffset from, DateTimeOffset to)
    {
        if (!HasRequests) return [];
        RecordStatement rows = Prepare("SELECT minute, sum(succeeded), sum(refused), sum(failed) FROM traffic WHERE minute >= ?1 AND minute < ?2 GROUP BY minute ORDER BY minute");
        rows.Bind(1, from.ToUnixTimeSeconds() / 60).Bind(2, to.ToUnixTimeSeconds() / 60);
        var read = new List<PastRecord>();
        while (rows.Step())
            read.Add(new PastRecord(PastKind.Requests, DateTimeOffset.FromUnixTimeSeconds(60 * rows.Int64(0))) { Succeeded = rows.Int64(1), Refused = rows.Int64(2), Failed = rows.Int64(3) });
        return read;
    }

    private PastModel ModelOf(long number)
    {
        if (models.TryGetValue(number, out PastModel? known)) return known;
        RecordStatement rows = Prepare("SELECT digest, name, version FROM models WHERE id = ?1").Bind(1, number);
        while (rows.Step())
        {
            // A model may have several rows: the same bundle under another name, version or run.
            string digest = rows.Text(0), name = rows.IsNull(2) ? rows.Text(1) : $"{rows.Text(1)} {rows.Text(2)}";
            known = models.Values.FirstOrDefault(model => model.Digest == digest) ?? new PastModel(digest, name, models.Count);
        }

        return models[number] = known ?? throw new InvalidInputException($"{path}: there is no model {number}, which a prediction names; the database is damaged");
    }

    private RecordStatement Prepare(string sql)
    {
        try
        {
            return database.Prepare(sql);
        }
        catch (SqliteException failure)
        {
            throw Unreadable(path, failure);
        }
    }

    private long Count(string sql) => database.Number(sql);

    private long Time(string which) => database.Number($"SELECT ifnull((SELECT at FROM predictions WHERE id = (SELECT {which}(id) FROM predictions)), 0)");

    private static DateTimeOffset TimeOf(ReadOnlySpan<byte> id) => DateTimeOffset.FromUnixTimeMilliseconds((long)(BinaryPrimitives.ReadUInt64BigEndian(id) >> 16));

    private static InvalidInputException Unreadable(string path, SqliteException failure) => new($"{path}: cannot be read: {failure.Message}", failure);
}
