namespace Vigie.Server;

/// <summary>
/// Empties what names a person or what they wrote: texts, the caller's identifiers, authors, reporters, comments, and the prediction's own id, by which a caller could
/// find it. What stays is a decision at a time, which counts in the figures and leads to nobody.
/// </summary>
/// <param name="session">In whose transaction.</param>
/// <param name="reviews">What there is to judge.</param>
/// <param name="erased">Told of the texts before they go.</param>
internal sealed class PostgresEraser(PostgresSession session, ReviewWriter reviews, Action<Erased> erased)
{
    private const string Empty = "UPDATE feedback AS f SET blank = 1, text = NULL, comment = NULL, reporter = NULL";

    /// <summary>Forgets a tweet: its predictions, whether its identifier was sent as a string or as a number, and the corrections about them.</summary>
    public ErasureCounts EraseTweet(string tweet) => Erase("tweet_id = $1", tweet, []);

    /// <summary>Forgets a person: what they wrote, the corrections about it, and that they sent corrections themselves.</summary>
    public ErasureCounts EraseAuthor(byte[] author)
    {
        HashSet<long> corrections = [];
        ErasureCounts counts = Erase("author = $1", author, corrections);
        corrections.UnionWith(session.Rows("UPDATE feedback SET reporter = NULL, comment = NULL WHERE reporter = $1 RETURNING number", row => row.GetInt64(0), author));
        reviews.EraseReviewer(author);
        return counts with { Corrections = corrections.Count };
    }

    private ErasureCounts Erase(string where, object who, HashSet<long> corrections)
    {
        List<(byte[] Id, string? Text)> found = session.Rows($"SELECT id, text FROM predictions WHERE {where} AND blank = 0", row => ((byte[])row.GetValue(0), row.IsDBNull(1) ? null : row.GetString(1)), who);
        if (found.Count == 0) return default;
        string[] texts = [.. found.Select(row => row.Text).OfType<string>().Distinct()];
        erased(new Erased(texts, found.Exists(row => row.Text is null)) { Predictions = [.. found.Select(row => new PredictionId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(row.Id)))] });
        byte[][] ids = [.. found.Select(row => row.Id)], nameless = [.. ids.Select(Nameless)];
        const string renamed = "FROM unnest($1::bytea[], $2::bytea[]) AS gone (id, nameless)";
        corrections.UnionWith(session.Rows($"{Empty}, prediction = gone.nameless {renamed} WHERE f.prediction = gone.id RETURNING f.number", row => row.GetInt64(0), ids, nameless));
        session.Run($"UPDATE predictions AS p SET blank = 1, id = gone.nameless, text = NULL, tweet_id = NULL, author = NULL {renamed} WHERE p.id = gone.id", ids, nameless);
        corrections.UnionWith(session.Rows($"{Empty} WHERE f.text = ANY($1) RETURNING f.number", row => row.GetInt64(0), (object)texts));
        for (int i = 0; i < ids.Length; i++) reviews.Erase(ids[i], nameless[i]);
        foreach (long number in corrections) reviews.EraseCorrection(number);
        return new ErasureCounts(found.Count, corrections.Count);
    }

    private static byte[] Nameless(byte[] id)
    {
        byte[] nameless = new byte[id.Length];
        RecordStore.WriteNamelessId(id, nameless);
        return nameless;
    }
}
