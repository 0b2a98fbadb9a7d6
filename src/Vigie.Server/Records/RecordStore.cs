using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace Vigie.Server;

/// <summary>
/// The records in SQLite. One thread writes; questions have connections of their own.
/// </summary>
internal sealed class RecordStore : IRecordStore
{
    private readonly RecordDatabase database;
    private readonly RecordStatement insertPrediction, insertFeedback, insertErasure, findModel, insertModel, noteCopies, move;
    private readonly RecordEraser eraser;
    private readonly FigureWriter figures;
    private readonly ReviewWriter reviews;
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
        reviews = new ReviewWriter(database, "g.text_key = f.text_key AND g.text = f.text");
        eraser = new RecordEraser(database, reviews, seed, gone => copies |= erased(gone));
        if (database.Number("SELECT copies_since IS NOT NULL FROM journal") == 1) CopiesSince = DateTimeOffset.FromUnixTimeMilliseconds(database.Number("SELECT copies_since FROM journal"));
        figures = new FigureWriter(database);
        Remover = new RecordRemover(database, figures, reviews);
        Moved = new JournalPosition(database.Number("SELECT segment FROM journal"), database.Number("SELECT position FROM journal"));
    }

    /// <inheritdoc/>
    public JournalPosition Moved { get; private set; }

    /// <inheritdoc/>
    public DateTimeOffset? CopiesSince { get; private set; }

    /// <inheritdoc/>
    public IRecordRemover Remover { get; }

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
            store.Purge();
            return store;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<(PredictionId Id, ErasureCounts Counts)> Take(IEnumerable<ReadOnlyMemory<byte>> payloads, JournalPosition end)
    {
        List<(PredictionId, ErasureCounts)> erasures = [];
        try
        {
            database.Run("BEGIN IMMEDIATE");
            foreach (ReadOnlyMemory<byte> payload in payloads)
            {
                RecordKind kind = RecordFormat.Open(payload.Span, out PayloadReader reader);
                switch (kind)
                {
                    case RecordKind.Prediction:
                        AddPrediction(new StoredPrediction(ref reader));
                        break;
                    case RecordKind.Feedback or RecordKind.Review:
                        AddFeedback(new StoredFeedback(ref reader, kind));
                        break;
                    case RecordKind.Erasure:
                        erasures.Add(Erase(new StoredErasure(ref reader)));
                        break;
                    default:
                        figures.Requested(ref reader);
                        break;
                }
            }

            figures.Write();
            reviews.Write();
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
            reviews.Abandon();
            database.Abandon();
            throw;
        }
        finally
        {
            copies = false;
        }
    }

    /// <inheritdoc/>
    public void CopiesGone()
    {
        noteCopies.BindNull(1).Run();
        CopiesSince = null;
    }

    /// <summary>Moves the write-ahead log into the database and empties its file.</summary>
    public void Purge()
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

    private void AddPrediction(in StoredPrediction record)
    {
        Span<byte> key = stackalloc byte[8];
        long model = ModelOf(record.Model);
        insertPrediction.BindBlob(1, record.Id).Bind(2, record.At).Bind(3, model).Bind(4, record.Part).Bind(5, record.Label)
            .Bind(6, record.ProbabilityPositive).Bind(7, record.Confidence).Bind(8, record.UnknownShare).Bind(9, record.Latency).Bind(10, record.Length);
        Bind(insertPrediction, 11, record.Language);
        Bind(insertPrediction, 12, record.Text);
        Bind(insertPrediction, 13, record.Tweet);
        insertPrediction.Bind(14, record.TweetIsNumber ? 1 : 0);
        BindKey(insertPrediction, 15, record.Tweet, key);
        BindAuthor(insertPrediction, 16, record.Author, key);
        if (record.HasShadow) insertPrediction.Bind(17, ModelOf(record.ShadowModel)).Bind(18, record.ShadowLabel).Bind(19, record.ShadowProbabilityPositive);
        else insertPrediction.BindNull(17).BindNull(18).BindNull(19);
        if (insertPrediction.Run() == 0) return; // it is there already
        if (figures.Predicted(record, model)) reviews.Overtaken(record.Id);
        reviews.Predicted(record);
    }

    private void AddFeedback(in StoredFeedback record)
    {
        Span<byte> key = stackalloc byte[8];
        insertFeedback.BindBlob(1, record.Id).Bind(2, record.At);
        if (record.HasPrediction) insertFeedback.BindBlob(3, record.Prediction);
        else insertFeedback.BindNull(3);
        Bind(insertFeedback, 4, record.Text);
        BindKey(insertFeedback, 5, record.Text, key);
        insertFeedback.Bind(6, record.Predicted).Bind(7, record.Label);
        BindAuthor(insertFeedback, 8, record.Reporter, key);
        Bind(insertFeedback, 9, record.Comment);
        if (insertFeedback.Run() == 0) return;
        figures.Corrected(record);
        reviews.Corrected(record);
    }

    private (PredictionId Id, ErasureCounts Counts) Erase(in StoredErasure record)
    {
        ErasureCounts counts = record.Tweet.IsThere ? eraser.EraseTweet(record.Tweet.Bytes) : record.Author is { } author ? eraser.EraseAuthor(author) : default;
        insertErasure.BindBlob(1, record.Id).Bind(2, record.At).Bind(3, clock.GetUtcNow().ToUnixTimeMilliseconds()).Bind(4, counts.Predictions).Bind(5, counts.Corrections).Run();
        return (new PredictionId(BinaryPrimitives.ReadUInt128BigEndian(record.Id)), counts);
    }

    private static void Bind(RecordStatement insert, int parameter, StoredText text) => insert.BindText(parameter, text.Bytes, text.IsThere);

    private void BindKey(RecordStatement insert, int parameter, StoredText text, scoped Span<byte> key)
    {
        if (text.IsThere)
        {
            WriteKey(text.Bytes, seed, key);
            insert.BindBlob(parameter, key);
        }
        else
        {
            insert.BindNull(parameter);
        }
    }

    private static void BindAuthor(RecordStatement insert, int parameter, long? author, scoped Span<byte> key)
    {
        if (author is { } known)
        {
            WriteKey(known, key);
            insert.BindBlob(parameter, key);
        }
        else
        {
            insert.BindNull(parameter);
        }
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
