using System.Buffers.Binary;
using System.Data.Common;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Questions about what there is to judge and what was judged, in SQL that SQLite and PostgreSQL understand alike.</summary>
/// <param name="connect">Connects to the records.</param>
/// <param name="authors">Knows reviewers by their names.</param>
internal sealed class ReviewRecords(Func<DbConnection> connect, AuthorHash authors)
{
    private const int MostReports = 20;

    private const string Judged = "WHERE judged = 1 AND settled = 0 AND day >= @day AND NOT EXISTS (SELECT 1 FROM reviews AS r JOIN reviewers AS w ON w.number = r.reviewer WHERE r.item = review_items.id AND w.key = @me)";

    private const string Texts = "LEFT JOIN predictions AS p ON p.id = i.id AND p.blank = 0 LEFT JOIN feedback AS f ON f.id = i.id AND f.blank = 0";

    /// <summary>The texts of a queue, in its order.</summary>
    /// <param name="queue">Which queue.</param>
    /// <param name="reviewer">Who judges.</param>
    /// <param name="since">Nothing older than this.</param>
    /// <param name="most">At most so many.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<ReviewItem>> ItemsAsync(ReviewQueue queue, string reviewer, DateTimeOffset since, int most, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<ReviewItem>>(
        () =>
        {
            using DbConnection open = connect();
            var items = new List<(ReviewItem, long)>();
            foreach (string which in Which(queue))
            {
                if (items.Count >= most) break;
                open.Each(
                    $"""
                    SELECT i.id, i.confidence, i.reports, i.reported, p.text, p.label, p.at, m.digest, m.name, m.version, f.text, f.predicted, f.at
                    FROM (SELECT id, confidence, reports, reported FROM review_items {which} LIMIT @most) AS i {Texts} LEFT JOIN models AS m ON m.id = p.model
                    WHERE p.text IS NOT NULL OR f.text IS NOT NULL
                    """,
                    row => items.Add((ItemOf(row), row.GetInt64(3))),
                    Values(reviewer, since, ("@most", (long)most)));
            }

            IReadOnlyList<ReviewItem> ordered = ReviewItem.InOrder(items);
            return ordered.Count > most ? [.. ordered.Take(most)] : ordered;
        },
        cancellation);

    /// <summary>How many texts there are to judge.</summary>
    /// <inheritdoc cref="ItemsAsync"/>
    public Task<ReviewCounts> CountAsync(string reviewer, DateTimeOffset since, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using DbConnection open = connect();
            long[] counts = [.. ((ReviewQueue[])[ReviewQueue.First, ReviewQueue.Second, ReviewQueue.Disputed]).SelectMany(Which).Select(which =>
            {
                long count = 0;
                open.Each($"SELECT count(*) FROM review_items {which[..(which.IndexOf(" ORDER BY ", StringComparison.Ordinal))]}", row => count = row.GetInt64(0), Values(reviewer, since));
                return count;
            })];
            return new ReviewCounts(counts[0], counts[1], counts[2], counts[3]);
        },
        cancellation);

    /// <summary>What was reported of a text, the latest first.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<ReviewReport>> ReportsAsync(ReviewItem item, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<ReviewReport>>(
        () =>
        {
            using DbConnection open = connect();
            var reports = new List<ReviewReport>();
            open.Each(
                $"""
                SELECT f.label, f.at, f.comment, f.reporter, w.name FROM feedback AS f LEFT JOIN reviews AS r ON r.feedback = f.id LEFT JOIN reviewers AS w ON w.key = f.reporter
                WHERE f.{(item.IsPrediction ? "prediction" : "id")} = @id AND f.blank = 0 AND r.number IS NULL ORDER BY f.id DESC LIMIT {MostReports}
                """,
                row => reports.Add(new ReviewReport(
                    (Sentiment)row.GetInt64(0), Time(row, 1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(4) ? null : row.GetString(4),
                    row.IsDBNull(3) ? null : Convert.ToHexStringLower((byte[])row.GetValue(3))[..4])),
                ("@id", BytesOf(item.Id)));
            return reports;
        },
        cancellation);

    /// <summary>What reviewers said of a text, in the order of time.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<ReviewJudgement>> JudgementsAsync(PredictionId item, CancellationToken cancellation = default) => Task.Run<IReadOnlyList<ReviewJudgement>>(
        () =>
        {
            using DbConnection open = connect();
            var judgements = new List<ReviewJudgement>();
            open.Each(
                "SELECT w.name, r.label, f.at, r.settles FROM reviews AS r JOIN reviewers AS w ON w.number = r.reviewer JOIN feedback AS f ON f.id = r.feedback WHERE r.item = @id AND r.last = 1 ORDER BY r.feedback",
                row => judgements.Add(new ReviewJudgement(row.GetString(0), (Sentiment)row.GetInt64(1), Time(row, 2), row.GetInt64(3) != 0)),
                ("@id", BytesOf(item)));
            return judgements;
        },
        cancellation);

    /// <summary>How far reviewers agree, each two who judged the same texts; those who share most come first.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<Agreement>> AgreementsAsync(CancellationToken cancellation = default) => Task.Run<IReadOnlyList<Agreement>>(
        () =>
        {
            using DbConnection open = connect();
            var names = new Dictionary<long, string>();
            open.Each("SELECT number, name FROM reviewers", row => names[row.GetInt64(0)] = row.GetString(1));
            var pairs = new Dictionary<(long, long), Agreement>();
            open.Each(
                """
                SELECT a.reviewer, b.reviewer, a.label, b.label, count(*) FROM reviews AS a JOIN reviews AS b ON b.item = a.item AND b.reviewer > a.reviewer
                WHERE a.settles = 0 AND a.last = 1 AND b.settles = 0 AND b.last = 1 GROUP BY 1, 2, 3, 4
                """,
                row =>
                {
                    (long first, long second) = (row.GetInt64(0), row.GetInt64(1));
                    if (!pairs.TryGetValue((first, second), out Agreement? pair)) pairs.Add((first, second), pair = new Agreement(names[first], names[second]));
                    pair.Add((Sentiment)row.GetInt64(2), (Sentiment)row.GetInt64(3), row.GetInt64(4));
                });
            return [.. pairs.Values.OrderByDescending(pair => pair.Both)];
        },
        cancellation);

    /// <summary>When a model first answered here; null where it never did.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<DateTimeOffset?> FirstAnswerAsync(string digest, CancellationToken cancellation = default) => Task.Run<DateTimeOffset?>(
        () =>
        {
            using DbConnection open = connect();
            long? minute = null;
            open.Each("SELECT minute FROM figures WHERE model IN (SELECT id FROM models WHERE digest = @digest) ORDER BY minute LIMIT 1", row => minute = row.GetInt64(0), ("@digest", digest));
            return minute is { } first ? DateTimeOffset.FromUnixTimeSeconds(60 * first) : null;
        },
        cancellation);

    /// <summary>How many predictions made since a time were corrected to another label; each counts once, by the last word on it, and so does each text that came with its correction.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<long> CorrectedAsync(DateTimeOffset since, CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            using DbConnection open = connect();
            long count = 0;
            open.Each("SELECT CAST(coalesce(sum(count), 0) AS bigint) FROM judgements WHERE minute >= @minute AND predicted <> truth", row => count = row.GetInt64(0), ("@minute", since.ToUnixTimeSeconds() / 60));
            return count;
        },
        cancellation);

    /// <summary>Every judgement whose text is kept, item by item: the last words of reviewers, and what settled their disagreements.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<LabelledText>> ReviewedAsync(CancellationToken cancellation = default) => LabelledAsync(
        $"""
        SELECT i.id, p.text, f.text, r.label, w.name, c.at, r.settles, p.id FROM reviews AS r JOIN reviewers AS w ON w.number = r.reviewer JOIN feedback AS c ON c.id = r.feedback
        JOIN review_items AS i ON i.id = r.item {Texts} WHERE r.last = 1 AND (p.text IS NOT NULL OR f.text IS NOT NULL) ORDER BY i.id, r.feedback
        """,
        cancellation);

    /// <summary>The last report of every text that was reported wrong and that nobody has judged.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlyList<LabelledText>> ReportedAsync(CancellationToken cancellation = default) => LabelledAsync(
        $"""
        SELECT i.id, p.text, f.text, c.label, NULL, c.at, 0, p.id FROM review_items AS i {Texts} JOIN feedback AS c ON c.prediction = i.id OR c.id = i.id
        WHERE i.judged = 0 AND i.reported > 0 AND (p.text IS NOT NULL OR f.text IS NOT NULL) ORDER BY i.id, c.id
        """,
        cancellation);

    /// <summary>Those among some predictions that are kept here, with what is known of them.</summary>
    /// <exception cref="DbException">The database cannot be read.</exception>
    public Task<IReadOnlySet<PredictionId>> KnownAsync(IEnumerable<PredictionId> predictions, CancellationToken cancellation = default) => Task.Run<IReadOnlySet<PredictionId>>(
        () =>
        {
            using DbConnection open = connect();
            var known = new HashSet<PredictionId>();
            foreach (PredictionId id in predictions) open.Each("SELECT 1 FROM predictions WHERE id = @id AND blank = 0", _ => known.Add(id), ("@id", BytesOf(id)));
            return known;
        },
        cancellation);

    /// <summary>An id as the database has it.</summary>
    public static byte[] BytesOf(PredictionId id)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id.Bits);
        return bytes;
    }

    private Task<IReadOnlyList<LabelledText>> LabelledAsync(string sql, CancellationToken cancellation) => Task.Run<IReadOnlyList<LabelledText>>(
        () =>
        {
            using DbConnection open = connect();
            var texts = new List<LabelledText>();
            open.Each(sql, row => texts.Add(new LabelledText(IdOf(row, 0), row.GetString(row.IsDBNull(1) ? 2 : 1), (Sentiment)row.GetInt64(3), row.IsDBNull(4) ? null : row.GetString(4).Trim(), Time(row, 5))
            {
                Settles = row.GetInt64(6) != 0,
                IsPrediction = !row.IsDBNull(7),
            }));
            return texts;
        },
        cancellation);

    private static string[] Which(ReviewQueue queue) => queue switch
    {
        ReviewQueue.First =>
        [
            "WHERE judged = 0 AND reported > 0 AND reported >= @since ORDER BY reported DESC",
            "WHERE judged = 0 AND reported = 0 AND confidence IS NOT NULL AND day >= @day ORDER BY confidence",
        ],
        ReviewQueue.Second => [Judged + " ORDER BY reported DESC, confidence"],
        _ => ["WHERE disputed = 1 AND settled = 0 AND day >= @day ORDER BY id DESC"],
    };

    private (string Name, object Value)[] Values(string reviewer, DateTimeOffset since, params ReadOnlySpan<(string Name, object Value)> more)
    {
        byte[] me = new byte[8];
        RecordStore.WriteKey(authors.Of(reviewer)!.Value, me);
        long milliseconds = since.ToUnixTimeMilliseconds();
        return [("@me", me), ("@since", milliseconds), ("@day", milliseconds / 86_400_000), .. more];
    }

    private static ReviewItem ItemOf(DbDataReader row)
    {
        bool isPrediction = !row.IsDBNull(4);
        return new ReviewItem(IdOf(row, 0), row.GetString(isPrediction ? 4 : 10), Time(row, isPrediction ? 6 : 12))
        {
            IsPrediction = isPrediction,
            Predicted = isPrediction ? (Sentiment)row.GetInt64(5) : row.IsDBNull(11) ? null : (Sentiment)row.GetInt64(11),
            Confidence = row.IsDBNull(1) ? null : row.GetDouble(1),
            Digest = row.IsDBNull(7) ? null : row.GetString(7),
            Model = row.IsDBNull(8) ? null : KeptRecords.NameOf(row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9)),
            Reports = row.GetInt64(2),
        };
    }

    private static PredictionId IdOf(DbDataReader row, int column) => new(BinaryPrimitives.ReadUInt128BigEndian((byte[])row.GetValue(column)));

    private static DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
