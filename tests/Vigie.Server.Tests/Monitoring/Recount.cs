using System.Data.Common;

namespace Vigie.Server.Tests;

/// <summary>Counts the rows of a database anew, in the plainest way there is, and compares what comes out with the figures that were kept.</summary>
internal static class Recount
{
    /// <summary>The figures must be what the rows add up to. Returns how many predictions and judgements that were.</summary>
    public static (long Predictions, long Judgements) Check(DbConnection connection)
    {
        var sums = new SortedDictionary<(long Minute, long Model, long Part), (long[] Labels, double Confidence, double Unknown, long Length, LatencyHistogram Latencies, long Newest)>();
        var predictions = new Dictionary<string, (long Minute, long Model, long Part, long Label)>();
        foreach (object[] row in Rows(connection, "SELECT id, model, part, label, confidence, unknown_share, length, latency_us FROM predictions"))
        {
            long millisecond = Millisecond(row[0]);
            var key = (Minute: millisecond / 60_000, Model: Whole(row[1]), Part: Whole(row[2]));
            predictions[Convert.ToHexString((byte[])row[0])] = (key.Minute, key.Model, key.Part, Whole(row[3]));
            var sum = sums.TryGetValue(key, out var known) ? known : (new long[3], 0, 0, 0, new LatencyHistogram(), 0);
            sum.Labels[Whole(row[3])]++;
            sum.Latencies.Add(Whole(row[7]));
            sums[key] = (sum.Labels, sum.Confidence + (double)row[4], sum.Unknown + (double)row[5], sum.Length + Whole(row[6]), sum.Latencies, Math.Max(sum.Newest, millisecond));
        }

        var judgements = new SortedDictionary<(long Minute, long Model, long Part, long Predicted, long Truth), long>();
        var lastWords = new Dictionary<string, (string Id, long Truth)>();
        foreach (object[] row in Rows(connection, "SELECT id, prediction, predicted, label FROM feedback"))
        {
            string id = Convert.ToHexString((byte[])row[0]);
            if (row[1] is byte[] prediction)
            {
                string about = Convert.ToHexString(prediction);
                if (!lastWords.TryGetValue(about, out var last) || string.CompareOrdinal(id, last.Id) > 0) lastWords[about] = (id, Whole(row[3]));
            }
            else if (row[2] is not DBNull)
            {
                var key = (Millisecond(row[0]) / 60_000, 0L, 0L, Whole(row[2]), Whole(row[3]));
                judgements[key] = judgements.GetValueOrDefault(key) + 1;
            }
        }

        foreach ((string about, (_, long truth)) in lastWords)
        {
            if (!predictions.TryGetValue(about, out var prediction)) continue;
            var key = (prediction.Minute, prediction.Model, prediction.Part, prediction.Label, truth);
            judgements[key] = judgements.GetValueOrDefault(key) + 1;
        }

        // Servers that share a database have rows of their own.
        var kept = Rows(connection, "SELECT minute, model, part, negative, neutral, positive, confidence, unknown_share, length, latencies, newest FROM figures").ToLookup(row => (Whole(row[0]), Whole(row[1]), Whole(row[2])));
        Assert.Equal(sums.Keys, kept.Select(rows => rows.Key).Order());
        foreach (((long, long, long) key, var sum) in sums)
        {
            object[][] rows = [.. kept[key]];
            Assert.Equal((sum.Labels[0], sum.Labels[1], sum.Labels[2]), (rows.Sum(row => Whole(row[3])), rows.Sum(row => Whole(row[4])), rows.Sum(row => Whole(row[5]))));
            Assert.Equal(sum.Confidence, rows.Sum(row => (double)row[6]), 1e-6);
            Assert.Equal(sum.Unknown, rows.Sum(row => (double)row[7]), 1e-6);
            Assert.Equal((sum.Length, sum.Newest), (rows.Sum(row => Whole(row[8])), rows.Max(row => Whole(row[10]))));
            var latencies = new LatencyHistogram();
            foreach (object[] row in rows) latencies.Add((byte[])row[9]);
            Assert.Equal(sum.Latencies.ToBytes(), latencies.ToBytes());
        }

        var counted = Rows(connection, "SELECT minute, model, part, predicted, truth, count FROM judgements WHERE count <> 0").ToDictionary(row => (Whole(row[0]), Whole(row[1]), Whole(row[2]), Whole(row[3]), Whole(row[4])), row => Whole(row[5]));
        Assert.Equal(judgements, counted.OrderBy(pair => pair.Key));
        return (predictions.Count, judgements.Values.Sum());
    }

    private static List<object[]> Rows(DbConnection connection, string sql)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        using DbDataReader reader = command.ExecuteReader();
        var rows = new List<object[]>();
        while (reader.Read())
        {
            object[] row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    private static long Whole(object value) => Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture);

    private static long Millisecond(object id) => new PredictionId(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian((byte[])id)).At.ToUnixTimeMilliseconds();
}
