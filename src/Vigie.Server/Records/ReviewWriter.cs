using System.Data.Common;
using System.IO.Hashing;
using System.Text;

namespace Vigie.Server;

/// <summary>Keeps the queue of what there is to judge, and the judgements, in the transaction that takes their rows over.</summary>
/// <param name="sql">The transaction.</param>
/// <param name="alike">When two corrections <c>f</c> and <c>g</c> brought the same text, by an index of this database.</param>
internal sealed class ReviewWriter(IRecordSql sql, string alike)
{
    /// <summary>So many of the least certain predictions of a day wait to be judged: a week of them is more than a team reads.</summary>
    public const int MostOfADay = 200;

    private const long DayMilliseconds = 86_400_000;
    private const int RememberedDays = 16;

    private readonly List<(byte[] Id, double Confidence, long Hint)> uncertain = [];
    private readonly Dictionary<long, double> limits = [];

    /// <summary>Twelve bits of a text's hash: so few that they tell nobody what was written. Up to what PostgreSQL cannot hold, and writes otherwise.</summary>
    public static long HintOf(ReadOnlySpan<byte> text)
    {
        int nul = text.IndexOf((byte)0), replaced = text.IndexOf("\uFFFD"u8);
        int end = nul < 0 ? replaced : replaced < 0 ? nul : Math.Min(nul, replaced);
        return (long)(XxHash3.HashToUInt64(end < 0 ? text : text[..end]) & 0xFFF);
    }

    /// <summary>Looks at a prediction whose row was added: the least certain ones of its day are kept.</summary>
    public void Predicted(in StoredPrediction record)
    {
        if (!record.Text.IsThere || record.Text.Bytes.IsEmpty || record.Confidence >= LimitOf(DayOf(record.Id))) return;
        uncertain.Add((record.Id.ToArray(), record.Confidence, HintOf(record.Text.Bytes)));
    }

    /// <summary>Takes in reports that came before their prediction, whose row was added now.</summary>
    public void Overtaken(ReadOnlySpan<byte> prediction)
    {
        byte[] id = prediction.ToArray();
        foreach ((long at, long label) in sql.Rows(
            "SELECT f.at, f.label FROM feedback AS f LEFT JOIN reviews AS r ON r.feedback = f.id WHERE f.prediction = @id AND r.number IS NULL", row => (row.GetInt64(0), row.GetInt64(1)), ("@id", id)))
            Report(id, at, label);
    }

    /// <summary>Takes in a correction whose row was added.</summary>
    public void Corrected(in StoredFeedback record)
    {
        if (record.IsReview) Judge(record);
        else if (record.HasPrediction) Report(record.Prediction.ToArray(), record.At, record.Label);
        else if (record.Text.IsThere && !record.Text.Bytes.IsEmpty && record.Predicted is { } predicted && predicted != record.Label) Report(TextItem(record.Id.ToArray()), record.At);
    }

    /// <summary>Writes what came together.</summary>
    public void Write()
    {
        if (uncertain.Count == 0) return;
        foreach (IGrouping<long, (byte[] Id, double Confidence, long Hint)> day in uncertain.GroupBy(one => DayOf(one.Id)))
        {
            double limit = LimitOf(day.Key);
            foreach ((byte[] id, double confidence, long hint) in day.OrderBy(one => one.Confidence).Take(MostOfADay))
            {
                if (confidence >= limit) break;
                PredictionItem(id, confidence, hint);
            }

            sql.Run(
                $"""
                DELETE FROM review_items WHERE number IN (
                  SELECT number FROM review_items WHERE day = @day AND judged = 0 AND reported = 0 ORDER BY confidence LIMIT 1000000 OFFSET {MostOfADay})
                """,
                ("@day", day.Key));
            if (limits.Count >= RememberedDays) limits.Remove(limits.Keys.Min());
            limits[day.Key] = ReadLimit(day.Key);
        }

        uncertain.Clear();
    }

    /// <summary>Takes back what was not committed.</summary>
    public void Abandon()
    {
        uncertain.Clear();
        limits.Clear();
    }

    /// <summary>A prediction is forgotten: nobody is asked about it again, and judgements of it lead to nothing any more.</summary>
    public void Erase(byte[] prediction, byte[] nameless)
    {
        sql.Run("DELETE FROM review_items WHERE id = @id", ("@id", prediction));
        sql.Run("UPDATE reviews SET item = @nameless WHERE item = @id", ("@id", prediction), ("@nameless", nameless));
    }

    /// <summary>A correction is forgotten, which may have brought a text to judge.</summary>
    public void EraseCorrection(long number) => sql.Run("DELETE FROM review_items WHERE id = (SELECT id FROM feedback WHERE number = @number)", ("@number", number));

    /// <summary>A person is forgotten, who may have judged.</summary>
    public void EraseReviewer(byte[] key) => Blank("key = @key", ("@key", key));

    /// <summary>Removes what is older than an id.</summary>
    public void RemoveBefore(byte[] cutoff)
    {
        sql.Run("DELETE FROM review_items WHERE id < @id", ("@id", cutoff));
        if (sql.Run("DELETE FROM reviews WHERE item < @id", ("@id", cutoff)) > 0) Blank("NOT EXISTS (SELECT 1 FROM reviews WHERE reviewer = reviewers.number)");
    }

    private static long DayOf(ReadOnlySpan<byte> id) => FigureBatch.MillisecondOf(id) / DayMilliseconds;

    // A prediction that is as certain as the last of a full day is not kept.
    private double LimitOf(long day) => limits.TryGetValue(day, out double known) ? known : limits[day] = ReadLimit(day);

    private double ReadLimit(long day) => sql.Rows(
        "SELECT count(*), max(confidence) FROM review_items WHERE day = @day AND judged = 0 AND reported = 0", row => row.GetInt64(0) < MostOfADay ? double.PositiveInfinity : row.GetDouble(1), ("@day", day))[0];

    private void Report(byte[] prediction, long at, long label)
    {
        if (Find(prediction) is not { } found || found.Label == label) return;
        Report(PredictionItem(prediction, found.Confidence, found.Hint), at);
    }

    private void Report(byte[] item, long at) =>
        sql.Run("UPDATE review_items SET reports = reports + 1, reported = CASE WHEN reported < @at THEN @at ELSE reported END WHERE id = @id", ("@id", item), ("@at", at));

    private void Judge(in StoredFeedback record)
    {
        byte[] feedback = record.Id.ToArray(), item;
        if (record.HasPrediction)
        {
            byte[] prediction = record.Prediction.ToArray();
            item = Find(prediction) is { } found ? PredictionItem(prediction, found.Confidence, found.Hint) : Item(prediction); // else its prediction is gone, or is yet to come
        }
        else if (record.Text.IsThere)
        {
            item = TextItem(feedback);
        }
        else
        {
            return; // texts are not kept here: nobody could say what was judged
        }

        byte[] key = new byte[8];
        RecordStore.WriteKey(record.Reporter ?? 0, key);
        long reviewer = ReviewerOf(key, Encoding.UTF8.GetString(record.Reviewer.Bytes));
        long settles = record.Settles ? 1 : 0;
        const string mine = "item = @item AND reviewer = @reviewer AND settles = @settles";
        bool last = sql.Rows($"SELECT 1 FROM reviews WHERE {mine} AND feedback > @feedback", _ => 1, ("@item", item), ("@reviewer", reviewer), ("@settles", settles), ("@feedback", feedback)).Count == 0;
        if (last) sql.Run($"UPDATE reviews SET last = 0 WHERE {mine}", ("@item", item), ("@reviewer", reviewer), ("@settles", settles));
        sql.Run(
            "INSERT INTO reviews (feedback, item, reviewer, label, settles, last) VALUES (@feedback, @item, @reviewer, @label, @settles, @last)",
            ("@feedback", feedback), ("@item", item), ("@reviewer", reviewer), ("@label", (long)record.Label), ("@settles", settles), ("@last", last ? 1L : 0L));
        sql.Run(
            """
            UPDATE review_items SET judged = (SELECT count(*) FROM reviews WHERE item = @item AND settles = 0 AND last = 1),
              disputed = (SELECT CASE WHEN min(label) <> max(label) THEN 1 ELSE 0 END FROM reviews WHERE item = @item AND settles = 0 AND last = 1),
              settled = (SELECT CASE WHEN count(*) > 0 THEN 1 ELSE 0 END FROM reviews WHERE item = @item AND settles = 1)
            WHERE id = @item
            """,
            ("@item", item));
    }

    private (double Confidence, long Label, long Hint)? Find(byte[] prediction) => sql.Rows<(double, long, long)?>(
        "SELECT confidence, label, text FROM predictions WHERE id = @id AND blank = 0 AND text IS NOT NULL", row => (row.GetDouble(0), row.GetInt64(1), HintOf(Encoding.UTF8.GetBytes(row.GetString(2)))), ("@id", prediction)).FirstOrDefault();

    /// <summary>The item of a prediction: its own, the one of the same text by the same model, or a new one.</summary>
    private byte[] PredictionItem(byte[] prediction, double confidence, long hint)
    {
        List<byte[]> known = sql.Rows("SELECT id FROM review_items WHERE id = @id", Bytes, ("@id", prediction));
        if (known.Count == 0)
        {
            known = sql.Rows(
                """
                SELECT i.id FROM predictions AS p, review_items AS i JOIN predictions AS q ON q.id = i.id
                WHERE p.id = @id AND i.confidence = @confidence AND i.hint = @hint AND q.blank = 0 AND q.text = p.text LIMIT 1
                """,
                Bytes, ("@id", prediction), ("@confidence", confidence), ("@hint", hint));
        }

        if (known.Count > 0) return known[0];
        sql.Run("INSERT INTO review_items (id, day, confidence, hint) VALUES (@id, @day, @confidence, @hint)", ("@id", prediction), ("@day", DayOf(prediction)), ("@confidence", confidence), ("@hint", hint));
        return prediction;
    }

    /// <summary>The item of a correction that brought a text: by the first one that did.</summary>
    private byte[] TextItem(byte[] feedback) => Item(sql.Rows(
        $"SELECT g.id FROM feedback AS f JOIN feedback AS g ON {alike} WHERE f.id = @id AND g.prediction IS NULL AND g.blank = 0 ORDER BY g.id LIMIT 1", Bytes, ("@id", feedback))[0]);

    private byte[] Item(byte[] id)
    {
        sql.Run("INSERT INTO review_items (id, day) VALUES (@id, @day) ON CONFLICT (id) DO NOTHING", ("@id", id), ("@day", DayOf(id)));
        return id;
    }

    private long ReviewerOf(byte[] key, string name)
    {
        List<long> known = sql.Rows("SELECT number FROM reviewers WHERE key = @key", row => row.GetInt64(0), ("@key", key));
        return known.Count > 0 ? known[0] : sql.Rows("INSERT INTO reviewers (key, name) VALUES (@key, @name) RETURNING number", row => row.GetInt64(0), ("@key", key), ("@name", name.Replace('\0', '\uFFFD')))[0];
    }

    // In the place of each one of the same length, as all that names people here.
    private void Blank(string where, params ReadOnlySpan<(string Name, object Value)> values)
    {
        foreach ((long number, string name) in sql.Rows($"SELECT number, name FROM reviewers WHERE {where}", row => (row.GetInt64(0), row.GetString(1)), values))
            sql.Run("UPDATE reviewers SET key = @key, name = @name WHERE number = @number", ("@number", number), ("@key", new byte[8]), ("@name", new string(' ', Encoding.UTF8.GetByteCount(name))));
    }

    private static byte[] Bytes(DbDataReader row) => (byte[])row.GetValue(0);
}
