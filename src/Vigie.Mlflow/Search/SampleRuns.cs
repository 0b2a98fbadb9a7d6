using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>
/// Fills a database with runs as a team would log them, for measurements and tests of search: five metrics with one value each, six params, three tags. About one run in fifty
/// lacks f1 and one in a hundred has NaN there; <c>params.C</c> has 8 values, <c>params.seed</c> one a run.
/// </summary>
internal static class SampleRuns
{
    /// <summary>Start of the first run, in milliseconds since the epoch; each run starts a second after the one before.</summary>
    public const long FirstStart = 1_700_000_000_000;

    private const int RunsPerWrite = 5_000;
    private const int RowsPerStatement = 200;

    private static readonly string[] MetricNames = ["accuracy", "f1", "loss", "seconds", "val_loss"];
    private static readonly string[] Strengths = ["0.01", "0.03", "0.1", "0.3", "1", "3", "10", "30"];
    private static readonly string[] Models = ["linear", "boosting", "textcnn", "gru", "transformer"];

    /// <summary>Adds an experiment with so many runs.</summary>
    /// <returns>The experiment's id.</returns>
    public static async Task<string> AddAsync(Database database, string experimentName, int runs, int seed, CancellationToken cancellation = default)
    {
        var random = new Random(seed);
        long experiment = await database.WriteAsync(
            session => session.ScalarAsync<long>(
                "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) VALUES (@name, '', 'active', @at, @at) RETURNING id",
                ("@name", experimentName), ("@at", FirstStart)),
            cancellation);
        Dictionary<string, long> metrics = await database.WriteAsync(MetricKeysAsync, cancellation);
        for (int first = 0; first < runs; first += RunsPerWrite)
        {
            Sample[] samples = [.. Enumerable.Range(first, Math.Min(RunsPerWrite, runs - first)).Select(i => Draw(random, experiment, i))];
            await database.WriteAsync(session => WriteAsync(session, experiment, samples, metrics), cancellation);
        }

        return experiment.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<Dictionary<string, long>> MetricKeysAsync(Session session)
    {
        var ids = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (string name in MetricNames)
        {
            await session.ExecuteAsync("INSERT INTO metric_keys (name) VALUES (@name) ON CONFLICT (name) DO NOTHING", ("@name", name));
            ids[name] = await session.ScalarAsync<long>("SELECT id FROM metric_keys WHERE name = @name", ("@name", name));
        }

        return ids;
    }

    private static Sample Draw(Random random, long experiment, int number)
    {
        double f1 = random.NextDouble();
        string[] values = [Strengths[random.Next(Strengths.Length)], Models[random.Next(Models.Length)], Text(1 << random.Next(5, 10)), Text(random.Next(1, 21)), Text(number), "true"];
        string[] keys = ["C", "model", "batch_size", "epochs", "seed", "lowercase"];
        (string, double)[] metrics =
        [
            ("accuracy", f1 + (0.05 * random.NextDouble())), ("f1", number % 100 == 7 ? double.NaN : f1), ("loss", 2 * (1 - f1)), ("seconds", 600 * random.NextDouble()), ("val_loss", 2.1 * (1 - f1)),
        ];
        return new Sample(
            string.Create(CultureInfo.InvariantCulture, $"{experiment:x8}{random.NextInt64():x16}{number:x8}"), number, $"run-{number}",
            [.. metrics.Where(metric => metric.Item1 != "f1" || number % 50 != 3)], [.. keys.Zip(values)],
            [("mlflow.runName", $"run-{number}"), ("mlflow.user", $"user{number % 7}"), ("mlflow.source.name", "train.py")]);
    }

    private static async Task<int> WriteAsync(Session session, long experiment, Sample[] samples, Dictionary<string, long> metrics)
    {
        Dictionary<string, long> ids = new(StringComparer.Ordinal);
        foreach (Sample[] chunk in samples.Chunk(RowsPerStatement))
        {
            (string sql, (string, object?)[] parameters) = Insert(
                "runs (run_id, experiment_id, name, user_id, status, start_time, end_time, artifact_uri, lifecycle_stage)",
                chunk.Select(run => new object[]
                {
                    run.RunId, experiment, run.Name, "team", "FINISHED", FirstStart + (1_000L * run.Number), FirstStart + (1_000L * run.Number) + 900,
                    $"mlflow-artifacts:/{experiment}/{run.RunId}/artifacts", "active",
                }));
            foreach ((string runId, long id) in await session.QueryAsync(sql + " RETURNING run_id, id", row => (row.GetString(0), row.GetInt64(1)), parameters)) ids[runId] = id;
        }

        (long Run, long Key, double Value, long IsNan, long At)[] points =
            [.. samples.SelectMany(run => run.Metrics.Select(metric => (ids[run.RunId], metrics[metric.Name], Number(metric.Value), IsNan(metric.Value), FirstStart + (1_000L * run.Number))))];
        (string Name, Array Values)[] values =
        [
            ("run", Column(points, point => point.Run)), ("key_id", Column(points, point => point.Key)), ("value", Column(points, point => point.Value)),
            ("is_nan", Column(points, point => point.IsNan)), ("timestamp", Column(points, point => point.At)), ("step", new long[points.Length]),
        ];
        await session.InsertAsync("metrics", "", values);
        await session.InsertAsync("latest_metrics", "", [.. values, ("experiment_id", Column(points, _ => experiment))]);
        foreach ((string table, Func<Sample, IReadOnlyList<(string Key, string Value)>> texts) in ((string, Func<Sample, IReadOnlyList<(string, string)>>)[])[("params", run => run.Params), ("tags", run => run.Tags)])
        {
            (long Run, string Key, string Value)[] rows = [.. samples.SelectMany(run => texts(run).Select(text => (ids[run.RunId], text.Key, text.Value)))];
            await session.InsertAsync(table, "", ("run", Column(rows, row => row.Run)), ("key", Column(rows, row => row.Key)), ("value", Column(rows, row => row.Value)));
        }

        return samples.Length;
    }

    private static TValue[] Column<TRow, TValue>(TRow[] rows, Func<TRow, TValue> value) => Array.ConvertAll(rows, row => value(row));

    private static (string Sql, (string Name, object? Value)[] Parameters) Insert(string table, IEnumerable<object[]> rows)
    {
        var parameters = new List<(string, object?)>();
        string values = string.Join(", ", rows.Select(row => $"({string.Join(", ", row.Select(value =>
        {
            parameters.Add(($"@v{parameters.Count}", value));
            return $"@v{parameters.Count - 1}";
        }))})"));
        return ($"INSERT INTO {table} VALUES {values}", [.. parameters]);
    }

    private static double Number(double value) => double.IsNaN(value) ? 0 : value;

    private static long IsNan(double value) => double.IsNaN(value) ? 1 : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed record Sample(
        string RunId, int Number, string Name, IReadOnlyList<(string Name, double Value)> Metrics, IReadOnlyList<(string Key, string Value)> Params, IReadOnlyList<(string Key, string Value)> Tags);
}
