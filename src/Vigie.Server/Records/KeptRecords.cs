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
        using DbCommand command = Command(
            """
            SELECT f.number, f.id, f.at, f.prediction, f.predicted, f.label, p.label, m.digest, m.name, m.version
            FROM feedback AS f LEFT JOIN predictions AS p ON p.id = f.prediction LEFT JOIN models AS m ON m.id = p.model
            WHERE f.number > @after ORDER BY f.number LIMIT @most
            """,
            ("@after", after), ("@most", (long)most));
        using DbDataReader row = command.ExecuteReader();
        var corrections = new List<(long, AlertCorrection)>();
        while (row.Read())
        {
            Sentiment? predicted = !row.IsDBNull(6) ? (Sentiment)row.GetInt64(6) : row.IsDBNull(4) ? null : (Sentiment)row.GetInt64(4);
            string? model = row.IsDBNull(8) ? null : NameOf(row.GetString(8), row.IsDBNull(9) ? null : row.GetString(9));
            corrections.Add((row.GetInt64(0), new AlertCorrection(Id(row, 1), Time(row, 2), row.IsDBNull(3) ? null : Id(row, 3), row.IsDBNull(7) ? null : row.GetString(7), model, predicted, (Sentiment)row.GetInt64(5))));
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
        using DbCommand command = Command(
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

    /// <summary>The text that came with a correction; null where it is about a prediction, or was erased.</summary>
    public string? TextOfCorrection(string id) => Text("SELECT text FROM feedback WHERE id = @id AND blank = 0", id);

    /// <summary>What people call a model.</summary>
    public static string NameOf(string name, string? version) => version is null ? name : $"{name} version {version}";

    private string? Text(string sql, string id)
    {
        using DbCommand command = Command(sql, ("@id", Convert.FromHexString(id)));
        return command.ExecuteScalar() as string;
    }

    private long? Number(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        using DbCommand command = Command(sql, values);
        return command.ExecuteScalar() is long number ? number : null;
    }

    private DbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static string Id(DbDataReader row, int column) => new PredictionId(BinaryPrimitives.ReadUInt128BigEndian((byte[])row.GetValue(column))).ToString();

    private static DateTimeOffset Time(DbDataReader row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
