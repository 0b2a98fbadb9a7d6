using System.Data.Common;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Reads figures from the records' database, in SQL that SQLite and PostgreSQL understand alike.</summary>
/// <param name="connection">Open; the caller closes it.</param>
internal sealed class FigureReader(DbConnection connection)
{
    private readonly Dictionary<string, string> digests = []; // one copy of each, and not one of every row

    /// <summary>Which database it is, and the number of the last change in it.</summary>
    public (long Era, long Change) State()
    {
        (long, long)? state = null;
        connection.Each("SELECT era, last FROM changes", row => state = (row.GetInt64(0), row.GetInt64(1)));
        return state ?? throw new InvalidDataException("the table of changes is empty");
    }

    /// <summary>Reads minutes whole.</summary>
    public void Read(FigureTable into, long from, long to) => Read(into, "minute >= @a AND minute < @b", from, to);

    /// <summary>Reads what has changed since a change, of minutes from one on.</summary>
    public void ReadChanges(FigureTable into, long after, long from) => Read(into, "change > @a AND minute >= @b", after, from);

    private void Read(FigureTable into, string where, long a, long b)
    {
        connection.Each(
            $"""
            SELECT f.number, f.minute, m.digest, f.part, f.negative, f.neutral, f.positive, f.confidence, f.unknown_share, f.length, f.latencies, f.newest
            FROM figures AS f JOIN models AS m ON m.id = f.model WHERE {where}
            """,
            row => into.Put(new PredictionRow
            {
                Number = row.GetInt64(0),
                Minute = row.GetInt64(1),
                Model = DigestOf(row.GetString(2)),
                Part = (ModelPart)row.GetInt64(3),
                Negative = row.GetInt64(4),
                Neutral = row.GetInt64(5),
                Positive = row.GetInt64(6),
                Confidence = row.GetDouble(7),
                UnknownShare = row.GetDouble(8),
                Length = row.GetInt64(9),
                Latencies = (byte[])row.GetValue(10),
                Newest = row.GetInt64(11),
            }),
            ("a", a),
            ("b", b));
        connection.Each(
            $"SELECT j.number, j.minute, m.digest, j.part, j.predicted, j.truth, j.count FROM judgements AS j LEFT JOIN models AS m ON m.id = j.model WHERE {where}",
            row => into.Put(new JudgementRow(
                row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : DigestOf(row.GetString(2)), (ModelPart)row.GetInt64(3), (Sentiment)row.GetInt64(4), (Sentiment)row.GetInt64(5), row.GetInt64(6))),
            ("a", a),
            ("b", b));
        connection.Each(
            $"SELECT number, minute, succeeded, refused, failed FROM traffic WHERE {where}",
            row => into.Put(new TrafficRow(row.GetInt64(0), row.GetInt64(1), new TrafficCounts(row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)))),
            ("a", a),
            ("b", b));
    }

    private string DigestOf(string read)
    {
        if (digests.TryGetValue(read, out string? known)) return known;
        return digests[read] = read;
    }
}
