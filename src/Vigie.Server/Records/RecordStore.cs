using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Vigie.Server;

/// <summary>
/// The records in SQLite. What comes from the journal goes in with the place up to which it was read, in one transaction: a crash anywhere leaves nothing out
/// and brings nothing twice. One thread writes; questions have connections of their own.
/// </summary>
internal sealed class RecordStore : IDisposable
{
    private readonly RecordDatabase database;
    private readonly RecordStatement insertPrediction, insertFeedback, insertErasure, findModel, insertModel, noteCopies, move;
    private readonly RecordEraser eraser;
    private readonly FigureWriter figures;
    private readonly Dictionary<UInt128, long> models = [];
    private readonly TimeProvider clock;
    private readonly long seed;
    private bool copies;

    private RecordStore(RecordDatabase database, TimeProvider clock, Func<Erased, bool> erased)
    {
        (this.database, this.clock) = (database, clock);
        insertPrediction = database.Prepare(
            """
            INSERT INTO predictions (id, at, model, part, label, probability_positive, confidence, unknown_share, latency_us, length, language, text, tweet_id, tweet_id_is_number, tweet_key, author,
              shadow_model, shadow_label, shadow_probability_positive)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) ON CONFLICT (id) DO NOTHING
            """);
        insertFeedback = database.Prepare(
            "INSERT INTO feedback (id, at, prediction, text, text_key, predicted, label, reporter, comment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING");
        insertErasure = database.Prepare("INSERT INTO erasures (id, asked_at, done_at, predictions, corrections) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (id) DO NOTHING");
        findModel = database.Prepare("SELECT id FROM models WHERE digest = ?1 AND name = ?2 AND version IS ?3 AND run_id IS ?4");
        insertModel = database.Prepare("INSERT INTO models (digest, name, version, run_id) VALUES (?1, ?2, ?3, ?4) RETURNING id");
        noteCopies = database.Prepare("UPDATE journal SET copies_since = ?1");
        move = database.Prepare("UPDATE journal SET segment = ?1, position = ?2");
        seed = database.Number("SELECT seed FROM journal");
        eraser = new RecordEraser(database, seed, gone => copies |= erased(gone));
        if (database.Number("SELECT copies_since IS NOT NULL FROM journal") == 1) CopiesSince = DateTimeOffset.FromUnixTimeMilliseconds(database.Number("SELECT copies_since FROM journal"));
        figures = new FigureWriter(database);
        Remover = new RecordRemover(database, figures);
        Moved = new JournalPosition(database.Number("SELECT segment FROM journal"), database.Number("SELECT position FROM journal"));
    }

    /// <summary>Up to where the journal is in this database, safe from a loss of power.</summary>
    public JournalPosition Moved { get; private set; }

    /// <summary>Since when copies of erased texts that lie elsewhere have been to go; null where none are.</summary>
    public DateTimeOffset? CopiesSince { get; private set; }

    /// <summary>Removes what is too old.</summary>
    public RecordRemover Remover { get; }

    /// <summary>Opens the store, makes it where it is missing, and drops what its write-ahead log may still hold of erased texts.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="clock">Says when an erasure was done.</param>
    /// <param name="erased">Told of what is erased, before it is; may be told twice. Answers whether copies of it lie elsewhere, whose deletion has to be waited for: the store remembers that until <see cref="CopiesGone"/>.</param>
    /// <exception cref="SqliteException">It cannot be opened, is locked or damaged.</exception>
    /// <exception cref="IOException">A newer version of this program wrote it.</exception>
    public static RecordStore Open(string path, TimeProvider clock, Func<Erased, bool> erased)
    {
        RecordDatabase database = RecordDatabase.OpenToWrite(path);
        try
        {
            database.Run("INSERT OR IGNORE INTO journal (only, segment, position, seed) VALUES (1, 0, 0, random())");
            var store = new RecordStore(database, clock, erased);
            store.EmptyLog();
            return store;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Takes records over, in their order.</summary>
    /// <param name="payloads">As <see cref="RecordFormat"/> wrote them.</param>
    /// <param name="end">The place in the journal behind the last one.</param>
    /// <returns>The erasures among them. Their texts are gone from the files once <see cref="EmptyLog"/> has succeeded.</returns>
    /// <exception cref="SqliteException">Nothing was taken over.</exception>
    public IReadOnlyList<(PredictionId Id, ErasureCounts Counts)> Take(IEnumerable<ReadOnlyMemory<byte>> payloads, JournalPosition end)
    {
        List<(PredictionId, ErasureCounts)> erasures = [];
        try
        {
            database.Run("BEGIN IMMEDIATE");
            foreach (ReadOnlyMemory<byte> payload in payloads)
            {
                ReadOnlySpan<byte> bytes = payload.Span;
                if (bytes[1] != RecordFormat.Version) throw new IOException($"the journal holds a record of version {bytes[1]}, written by a newer Vigie; this one knows version {RecordFormat.Version}. Update Vigie");
                var reader = new PayloadReader(bytes[2..]);
                if (bytes[0] == (byte)RecordKind.Prediction) AddPrediction(ref reader);
                else if (bytes[0] == (byte)RecordKind.Feedback) AddFeedback(ref reader);
                else if (bytes[0] == (byte)RecordKind.Erasure) erasures.Add(Erase(ref reader));
                else if (bytes[0] == (byte)RecordKind.Traffic) figures.Requested(ref reader);
                else throw new IOException($"the journal holds a record of kind {bytes[0]}, written by a newer Vigie. Update Vigie");
            }

            figures.Write();
            DateTimeOffset? since = copies ? clock.GetUtcNow() : CopiesSince;
            if (copies) noteCopies.Bind(1, since!.Value.ToUnixTimeMilliseconds()).Run();
            move.Bind(1, end.Segment).Bind(2, end.Offset).Run();
            database.Run("COMMIT");
            (Moved, CopiesSince) = (end, since);
            return erasures;
        }
        catch
        {
            models.Clear(); // some of them may have been taken back
            figures.Abandon();
            database.Abandon();
            throw;
        }
        finally
        {
            copies = false;
        }
    }

    /// <summary>No copies of erased texts are left elsewhere.</summary>
    /// <exception cref="SqliteException">It could not be noted.</exception>
    public void CopiesGone()
    {
        noteCopies.BindNull(1).Run();
        CopiesSince = null;
    }

    /// <summary>Moves the write-ahead log into the database and empties its file.</summary>
    /// <exception cref="IOException">A reader is in the way; try again.</exception>
    public void EmptyLog()
    {
        if (database.Number("PRAGMA wal_checkpoint(TRUNCATE)") != 0) throw new IOException("somebody reads the database and keeps its write-ahead log from being emptied");
    }

    public void Dispose() => database.Dispose();

    /// <summary>The key by which a tweet or a text is found: no secret, since what it stands for lies beside it, but not to be guessed once that is blank.</summary>
    internal static void WriteKey(ReadOnlySpan<byte> text, long seed, Span<byte> key) => BinaryPrimitives.WriteUInt64BigEndian(key, XxHash3.HashToUInt64(text, seed) | 1); // 0 is what is blank

    /// <summary>The author's hash as a key; 0 is what is blank.</summary>
    internal static void WriteKey(long author, Span<byte> key) => BinaryPrimitives.WriteInt64BigEndian(key, author | 1);

    /// <summary>An id of the same time that nobody was ever given.</summary>
    internal static void WriteNamelessId(ReadOnlySpan<byte> id, Span<byte> nameless)
    {
        id[..6].CopyTo(nameless);
        RandomNumberGenerator.Fill(nameless[6..]);
    }

    private void AddPrediction(ref PayloadReader reader)
    {
        Span<byte> key = stackalloc byte[8];
        ReadOnlySpan<byte> id = reader.Id();
        insertPrediction.BindBlob(1, id).Bind(2, reader.Int64());
        long model = ModelOf(reader.Text(out _));
        int part = reader.Byte(), label = reader.Byte();
        double positive = reader.Double(), confidence = reader.Double(), unknown = reader.Double();
        long latency = reader.Int64(), length = reader.Int64();
        insertPrediction.Bind(3, model).Bind(4, part).Bind(5, label).Bind(6, positive).Bind(7, confidence).Bind(8, unknown).Bind(9, latency).Bind(10, length);
        ReadOnlySpan<byte> text = reader.Text(out bool hasText), tweet = reader.Text(out bool hasTweet);
        insertPrediction.BindText(12, text, hasText).BindText(13, tweet, hasTweet).Bind(14, reader.Byte());
        insertPrediction.BindText(11, reader.Text(out bool hasLanguage), hasLanguage);
        BindKey(insertPrediction, 15, hasTweet, tweet, key);
        BindAuthor(insertPrediction, 16, ref reader, key);
        if (reader.Byte() != 0) insertPrediction.Bind(17, ModelOf(reader.Text(out _))).Bind(18, reader.Byte()).Bind(19, reader.Double());
        else insertPrediction.BindNull(17).BindNull(18).BindNull(19);
        if (insertPrediction.Run() > 0) figures.Predicted(id, model, part, label, confidence, unknown, latency, length); // else it is there already
    }

    private void AddFeedback(ref PayloadReader reader)
    {
        Span<byte> key = stackalloc byte[8];
        ReadOnlySpan<byte> id = reader.Id();
        insertFeedback.BindBlob(1, id).Bind(2, reader.Int64());
        bool aboutPrediction = reader.Byte() != 0;
        ReadOnlySpan<byte> prediction = reader.Id();
        if (aboutPrediction) insertFeedback.BindBlob(3, prediction);
        else insertFeedback.BindNull(3);
        ReadOnlySpan<byte> text = reader.Text(out bool hasText);
        insertFeedback.BindText(4, text, hasText);
        BindKey(insertFeedback, 5, hasText, text, key);
        int predicted = reader.Byte() - 1, label = reader.Byte();
        insertFeedback.Bind(6, predicted < 0 ? null : predicted).Bind(7, label);
        BindAuthor(insertFeedback, 8, ref reader, key);
        if (insertFeedback.BindText(9, reader.Text(out bool hasComment), hasComment).Run() == 0) return;
        if (aboutPrediction) figures.Corrected(id, prediction, label);
        else if (predicted >= 0) figures.Corrected(id, predicted, label);
    }

    private (PredictionId Id, ErasureCounts Counts) Erase(ref PayloadReader reader)
    {
        ReadOnlySpan<byte> id = reader.Id();
        long asked = reader.Int64();
        ReadOnlySpan<byte> tweet = reader.Text(out bool hasTweet);
        bool hasAuthor = reader.Byte() != 0;
        long author = reader.Int64();
        ErasureCounts counts = hasTweet ? eraser.EraseTweet(tweet) : hasAuthor ? eraser.EraseAuthor(author) : default;
        insertErasure.BindBlob(1, id).Bind(2, asked).Bind(3, clock.GetUtcNow().ToUnixTimeMilliseconds()).Bind(4, counts.Predictions).Bind(5, counts.Corrections).Run();
        return (new PredictionId(BinaryPrimitives.ReadUInt128BigEndian(id)), counts);
    }

    private void BindKey(RecordStatement insert, int parameter, bool present, ReadOnlySpan<byte> text, scoped Span<byte> key)
    {
        if (present)
        {
            WriteKey(text, seed, key);
            insert.BindBlob(parameter, key);
        }
        else
        {
            insert.BindNull(parameter);
        }
    }

    private static void BindAuthor(RecordStatement insert, int parameter, ref PayloadReader reader, scoped Span<byte> key)
    {
        bool present = reader.Byte() != 0;
        WriteKey(reader.Int64(), key);
        if (present) insert.BindBlob(parameter, key);
        else insert.BindNull(parameter);
    }

    private long ModelOf(ReadOnlySpan<byte> block)
    {
        UInt128 hash = XxHash128.HashToUInt128(block);
        if (models.TryGetValue(hash, out long known)) return known;
        var reader = new PayloadReader(block);
        string?[] values = [reader.String(), reader.String(), reader.String(), reader.String()];
        long? found = null;
        foreach (RecordStatement statement in (RecordStatement[])[findModel, insertModel])
        {
            for (int i = 0; i < values.Length; i++) statement.Bind(i + 1, values[i]);
            while (statement.Step()) found = statement.Int64(0);
            if (found is not null) break;
        }

        return models[hash] = found!.Value;
    }
}
