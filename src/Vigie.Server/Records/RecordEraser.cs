namespace Vigie.Server;

/// <summary>
/// Writes over what names a person or what they wrote: texts, the caller's identifiers, authors, reporters, comments, and the prediction's own id, by which a
/// caller could find it. What stays is a decision at a time, which counts in the figures and leads to nobody.
/// </summary>
/// <param name="database">In whose transaction.</param>
/// <param name="reviews">What there is to judge.</param>
/// <param name="seed">Of the keys.</param>
/// <param name="erased">Told of the texts before they go.</param>
internal sealed class RecordEraser(RecordDatabase database, ReviewWriter reviews, long seed, Action<Erased> erased)
{
    private readonly RecordStatement
        byTweet = database.Prepare("SELECT number, id, text, tweet_id FROM predictions WHERE tweet_key = ?1 AND blank = 0 AND tweet_id = ?2"),
        byAuthor = database.Prepare("SELECT number, id, text, tweet_id FROM predictions WHERE author = ?1 AND blank = 0"),
        byPrediction = database.Prepare("SELECT number, text, comment FROM feedback WHERE prediction = ?1"),
        byText = database.Prepare("SELECT number, text, comment FROM feedback WHERE text_key = ?1 AND text = ?2"),
        byReporter = database.Prepare("SELECT number, comment FROM feedback WHERE reporter = ?1"),
        blankPrediction = database.Prepare(BlankPrediction + ", id = ?4 WHERE number = ?1"),
        blankFeedback = database.Prepare(BlankFeedback + ", prediction = iif(prediction IS NULL, NULL, ?4) WHERE number = ?1"),
        blankReporter = database.Prepare("UPDATE feedback SET reporter = zeroblob(8), comment = ?2 WHERE number = ?1");

    /// <summary>Every value takes the place of one of the same length: ?2 and ?3 are blanks.</summary>
    public const string BlankPrediction = "UPDATE predictions SET blank = 1, text = ?2, tweet_id = ?3, tweet_key = iif(tweet_key IS NULL, NULL, zeroblob(8)), author = iif(author IS NULL, NULL, zeroblob(8))";

    /// <inheritdoc cref="BlankPrediction"/>
    public const string BlankFeedback = "UPDATE feedback SET blank = 1, text = ?2, comment = ?3, text_key = iif(text_key IS NULL, NULL, zeroblob(8)), reporter = iif(reporter IS NULL, NULL, zeroblob(8))";

    /// <summary>Forgets a tweet: its predictions, whether its identifier was sent as a string or as a number, and the corrections about them.</summary>
    public ErasureCounts EraseTweet(ReadOnlySpan<byte> tweet)
    {
        Span<byte> key = stackalloc byte[8];
        RecordStore.WriteKey(tweet, seed, key);
        return Erase(byTweet.BindBlob(1, key).BindText(2, tweet), []);
    }

    /// <summary>Forgets a person: what they wrote, the corrections about it, and that they sent corrections themselves.</summary>
    public ErasureCounts EraseAuthor(long author)
    {
        Span<byte> key = stackalloc byte[8];
        RecordStore.WriteKey(author, key);
        HashSet<long> corrections = [];
        ErasureCounts counts = Erase(byAuthor.BindBlob(1, key), corrections);
        var reported = new List<(long Number, int? Comment)>();
        byReporter.BindBlob(1, key);
        while (byReporter.Step()) reported.Add((byReporter.Int64(0), LengthOf(byReporter, 1)));
        foreach ((long number, int? comment) in reported)
        {
            blankReporter.Bind(1, number).Bind(2, Blank(comment)).Run();
            corrections.Add(number);
        }

        reviews.EraseReviewer(key.ToArray());
        return counts with { Corrections = corrections.Count };
    }

    /// <summary>Blanks of a length; null for none.</summary>
    public static string? Blank(int? length) => length is { } known ? new string(' ', known) : null;

    public static int? LengthOf(RecordStatement row, int column) => row.IsNull(column) ? null : row.Length(column);

    private ErasureCounts Erase(RecordStatement query, HashSet<long> corrections)
    {
        var found = new List<(long Number, byte[] Id, int? Text, int? Tweet)>();
        var texts = new HashSet<string>();
        bool unknown = false;
        while (query.Step())
        {
            found.Add((query.Int64(0), query.Blob(1), LengthOf(query, 2), LengthOf(query, 3)));
            if (query.IsNull(2)) unknown = true;
            else texts.Add(query.Text(2));
        }

        if (found.Count == 0) return default;
        erased(new Erased([.. texts], unknown) { Predictions = [.. found.Select(one => new PredictionId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(one.Id)))] });
        byte[] nameless = new byte[16];
        foreach ((long number, byte[] id, int? text, int? tweet) in found)
        {
            RecordStore.WriteNamelessId(id, nameless);
            EraseFeedback(byPrediction.BindBlob(1, id), nameless, corrections);
            blankPrediction.Bind(1, number).Bind(2, Blank(text)).Bind(3, Blank(tweet)).BindBlob(4, nameless).Run();
            reviews.Erase(id, [.. nameless]);
        }

        byte[] key = new byte[8];
        foreach (byte[] text in texts.Select(System.Text.Encoding.UTF8.GetBytes))
        {
            RecordStore.WriteKey(text, seed, key);
            EraseFeedback(byText.BindBlob(1, key).BindText(2, text), nameless, corrections);
        }

        return new ErasureCounts(found.Count, corrections.Count);
    }

    private void EraseFeedback(RecordStatement query, byte[] nameless, HashSet<long> corrections)
    {
        var found = new List<(long Number, int? Text, int? Comment)>();
        while (query.Step()) found.Add((query.Int64(0), LengthOf(query, 1), LengthOf(query, 2)));
        foreach ((long number, int? text, int? comment) in found)
        {
            blankFeedback.Bind(1, number).Bind(2, Blank(text)).Bind(3, Blank(comment)).BindBlob(4, nameless).Run();
            reviews.EraseCorrection(number);
            corrections.Add(number);
        }
    }
}
