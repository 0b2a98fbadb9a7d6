using System.Buffers.Binary;
using System.Data.Common;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Reads rows of the records one after the other, in the order in which they were taken over, in SQL that SQLite and PostgreSQL understand alike.</summary>
/// <param name="connection">Open; the caller closes it.</param>
internal sealed class KeptRecords(DbConnection connection)
{
    /// <summary>Which database it is.</summary>
    public long Era() => Number("SELECT era FROM changes") ?? 0;

    /// <summary>The place in a table behind which everything from a moment on lies.</summary>
    /// <param name="table"><c>predictions</c> or <c>feedback</c>.</param>
    /// <param name="time">The moment.</param>
    public long PlaceAt(string table, DateTimeOffset time) =>
        Number($"SELECT number FROM {table} WHERE id >= @id ORDER BY id LIMIT 1", ("@id", TrialRecords.IdAt(time))) - 1 ?? Number($"SELECT max(number) FROM {table}") ?? 0;

    /// <summary>The last number of a table; 0 where it is empty.</summary>
    public long Last(string table) => Number($"SELECT max(number) FROM {table}") ?? 0;

    /// <summary>Corrections behind a place, with their numbers.</summary>
    public IReadOnlyList<(long Number, AlertCorrection Correction)> Corrections(long after, int most)
    {
        using DbCommand command = connection.Command(
            """
            SELECT f.number, f.id, f.at, f.prediction, f.predicted, f.label, p.label, m.digest, m.name, m.version, r.number
            FROM feedback AS f LEFT JOIN reviews AS r ON r.feedback = f.id LEFT JOIN predictions AS p ON p.id = f.prediction LEFT JOIN models AS m ON m.id = p.model
            WHERE f.number > @after ORDER BY f.number LIMIT @most
            """,
            ("@after", after), ("@most", (long)most));
        using DbDataReader row = command.ExecuteReader();
        var corrections = new List<(long, AlertCorrection)>();
        while (row.Read())
        {
            Sentiment? predicted = !row.IsDBNull(6) ? (Sentiment)row.GetInt64(6) : row.IsDBNull(4) ? null : (Sentiment)row.GetInt64(4);
            string? model = row.IsDBNull(8) ? null : NameOf(row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9));
            corrections.Add((row.GetInt64(0), new AlertCorrection(Id(row, 1), Time(row, 2), row.IsDBNull(3) ? null : Id(row, 3), row.IsDBNull(7) ? null : row.GetString(7), model, predicted, (Sentiment)row.GetInt64(5))
            {
                IsReview = !row.IsDBNull(10),
            }));
        }

        return corrections;
    }

    /// <summary>Predictions behind a place: all of them, or so many spread evenly over them.</summary>
    /// <param name="after">The place.</param>
    /// <param name="last">The last one that is meant.</param>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<KeptPrediction> Predictions(long after, long last, int most)
    {
        long stride = Math.Max(1, (last - after + most - 1) / most);
        using DbCommand command = connection.Command(
            """
            WITH RECURSIVE wanted (number) AS (SELECT CAST(@last AS bigint) UNION ALL SELECT number - @stride FROM wanted WHERE number - @stride > @after)
            SELECT p.number, p.id, p.at, m.digest, p.part, p.label, p.probability_positive, p.confidence, p.unknown_share, p.text, p.blank
            FROM wanted AS w JOIN predictions AS p ON p.number = w.number JOIN models AS m ON m.id = p.model ORDER BY p.number
            """,
            ("@after", after), ("@last", last), ("@stride", stride));
        using DbDataReader row = command.ExecuteReader();
        var predictions = new List<KeptPrediction>();
        while (row.Read())
        {
            bool erased = row.GetInt64(10) != 0;
            predictions.Add(new KeptPrediction(
                row.GetInt64(0), erased ? null : Id(row, 1), Time(row, 2), row.GetString(3), (ModelPart)row.GetInt64(4), (Sentiment)row.GetInt64(5), row.GetDouble(6), row.GetDouble(7), row.GetDouble(8),
                erased || row.IsDBNull(9) ? null : row.GetString(9)));
        }

        return predictions;
    }

    /// <summary>The text of a prediction; null where it is not kept or was erased.</summary>
    public string? TextOfPrediction(string id) => Text("SELECT text FROM predictions WHERE id = @id AND blank = 0", id);

    /// <summary>The identifier under which a prediction was asked for; null where there was none, or it was erased.</summary>
    public string? TweetOfPrediction(string id) => Text("SELECT tweet_id FROM predictions WHERE id = @id AND blank = 0", id);

    /// <summary>The text that came with a correction; null where it is about a prediction, or was erased.</summary>
    public string? TextOfCorrection(string id) => Text("SELECT text FROM feedback WHERE id = @id AND blank = 0", id);

    /// <summary>When reports came that say another label than was predicted; those of reviewers are no reports.</summary>
    public IReadOnlyList<DateTimeOffset> WrongReports(DateTimeOffset from, DateTimeOffset to)
    {
        using DbCommand command = connection.Command(
            """
            SELECT f.at FROM feedback AS f LEFT JOIN predictions AS p ON p.id = f.prediction LEFT JOIN reviews AS r ON r.feedback = f.id
            WHERE f.id >= @from AND f.id < @to AND r.number IS NULL AND f.label <> coalesce(p.label, f.predicted) ORDER BY f.id LIMIT 100000
            """,
            ("@from", TrialRecords.IdAt(from)), ("@to", TrialRecords.IdAt(to)));
        using DbDataReader row = command.ExecuteReader();
        var times = new List<DateTimeOffset>();
        while (row.Read()) times.Add(Time(row, 0));
        return times;
    }

    /// <summary>The digest of the model that <see cref="NameOf"/> calls so; null where there is none.</summary>
    public string? DigestOf(string model)
    {
        using DbCommand command = connection.Command("SELECT digest, name, version FROM models ORDER BY id DESC");
        using DbDataReader row = command.ExecuteReader();
        while (row.Read())
        {
            if (NameOf(row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)) == model) return row.GetString(0);
        }

        return null;
    }

    /// <summary>What people call a model.</summary>
    public static string NameOf(string name, string? version) => version is null ? name : $"{name} version {version}";

    private string? Text(string sql, string id)
    {
        using DbCommand command = connection.Command(sql, ("@id", Convert.FromHexString(id)));
        return command.ExecuteScalar() as string;
    }

    private long? Number(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = connection.Command(sql, values);
        return command.ExecuteScalar() is long number ? number : null;
    }

    private static string Id(DbDataReader row, int column) => new PredictionId(BinaryPrimitives.ReadUInt128BigEndian((byte[])row.GetValue(column))).ToString();

    private static DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
