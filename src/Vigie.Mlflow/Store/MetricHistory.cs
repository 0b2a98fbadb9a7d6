using System.Buffers.Text;
using System.Data.Common;
using System.Globalization;
using System.Text;

namespace Vigie.Mlflow;

/// <content>Every value that was logged of a metric.</content>
public sealed partial class Runs
{
    /// <summary>A run's values of one metric, in the order of timestamp, step and value.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="key">The metric; one that was never logged has no values.</param>
    /// <param name="maxResults">At most so many, from 1; null for all.</param>
    /// <param name="pageToken">From the answer before.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="MlflowException">There is no such run, or the token is none of this question.</exception>
    public async Task<Page<Metric>> MetricHistoryAsync(string runId, string key, int? maxResults = null, string? pageToken = null, CancellationToken cancellation = default)
    {
        if (string.IsNullOrEmpty(key)) throw MlflowException.Invalid("metric_key is missing");
        if (maxResults < 1) throw MlflowException.Invalid($"max_results {maxResults} is invalid; expected 1 or more");
        HistoryPlace? after = string.IsNullOrEmpty(pageToken) ? null : HistoryPlace.Parse(pageToken, runId, key);
        return await database.ReadAsync(
            async session =>
            {
                RunRow run = await FindAsync(session, runId);
                long? keyId = await KeyIdAsync(session, key);
                if (keyId is null) return new Page<Metric>([], null);
                string from = after is null ? "" : "AND (m.timestamp, m.step, m.value, m.is_nan) > (@timestamp, @step, @value, @nan)";
                List<Metric> rows = await Session.QueryAsync(
                    session.Command(
                        $"SELECT m.timestamp, m.step, m.value, m.is_nan FROM metrics m WHERE m.run = @run AND m.key_id = @key {from} ORDER BY m.timestamp, m.step, m.value, m.is_nan LIMIT @limit",
                        [("@run", run.Id), ("@key", keyId), ("@limit", maxResults + 1L ?? long.MaxValue), .. after?.Parameters ?? []]),
                    reader => ReadPoint(reader, 0, key, null), cancellation);
                if (rows.Count <= maxResults || maxResults is null) return new Page<Metric>(rows, null);
                rows.RemoveAt(rows.Count - 1);
                return new Page<Metric>(rows, HistoryPlace.Of(rows[^1]).Token(runId, key));
            },
            cancellation);
    }

    /// <summary>The metrics of which at least one of some runs logged more than one value, and so has a curve; in the order of their names.</summary>
    public async Task<IReadOnlyList<string>> CurvesAsync(IReadOnlyList<string> runIds, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runIds);
        return await database.ReadAsync<IReadOnlyList<string>>(
            async session => await Session.QueryAsync(
                session.Command(
                    $"""
                    SELECT DISTINCT k.name FROM runs r JOIN latest_metrics l ON l.run = r.id JOIN metric_keys k ON k.id = l.key_id
                    WHERE r.run_id {session.Dialect.Among("@runs")} AND (SELECT COUNT(*) FROM (SELECT 1 FROM metrics m WHERE m.run = l.run AND m.key_id = l.key_id LIMIT 2) two) = 2
                    ORDER BY k.name
                    """,
                    ("@runs", session.Dialect.Texts([.. runIds]))),
                reader => reader.GetString(0), cancellation),
            cancellation);
    }

    /// <summary>Of several runs, ordered by run, timestamp, step, value; each metric carries its run's id. Runs that are not there have no values.</summary>
    public async Task<IReadOnlyList<Metric>> MetricHistoryAsync(IReadOnlyList<string> runIds, string key, int maxResults, CancellationToken cancellation = default)
    {
        CheckHistory(runIds, key, maxResults);
        return await database.ReadAsync<IReadOnlyList<Metric>>(
            async session => await KeyIdAsync(session, key) is { } keyId
                ? await Session.QueryAsync(
                    session.Command(
                        $"""
                        SELECT m.timestamp, m.step, m.value, m.is_nan, r.run_id FROM runs r JOIN metrics m ON m.run = r.id AND m.key_id = @key
                        WHERE r.run_id {session.Dialect.Among("@runs")} ORDER BY r.run_id, m.timestamp, m.step, m.value LIMIT @limit
                        """,
                        ("@runs", session.Dialect.Texts([.. runIds])), ("@key", keyId), ("@limit", (long)maxResults)),
                    reader => ReadPoint(reader, 0, key, reader.GetString(4)), cancellation)
                : [],
            cancellation);
    }

    /// <summary>
    /// At most <paramref name="maxResults"/> points a run between two steps, both included: evenly chosen in the order of their steps, the first and the last among them
    /// (the last alone where only one is wanted). Each metric carries its run's id.
    /// </summary>
    public async Task<IReadOnlyList<Metric>> MetricHistorySampledAsync(IReadOnlyList<string> runIds, string key, long? startStep, long? endStep, int maxResults, CancellationToken cancellation = default)
    {
        CheckHistory(runIds, key, maxResults);
        if (startStep > endStep) throw MlflowException.Invalid($"start_step {startStep} is after end_step {endStep}");
        return await database.ReadAsync<IReadOnlyList<Metric>>(
            async session => await KeyIdAsync(session, key) is { } keyId
                ? await Session.QueryAsync(
                    session.Command(
                        // Of n points, numbered from 0, those at the whole part of k(n-1)/(most-1) for k = 0 … most-1: the smallest k that can give i is ⌈i(most-1)/(n-1)⌉.
                        $"""
                        SELECT timestamp, step, value, is_nan, run_id FROM (
                          SELECT m.timestamp, m.step, m.value, m.is_nan, r.run_id,
                            ROW_NUMBER() OVER (PARTITION BY m.run ORDER BY m.step, m.timestamp, m.value) - 1 AS i, COUNT(*) OVER (PARTITION BY m.run) AS n
                          FROM runs r JOIN metrics m ON m.run = r.id AND m.key_id = @key
                          WHERE r.run_id {session.Dialect.Among("@runs")} AND m.step >= @from AND m.step <= @to) AS points
                        WHERE n <= @most OR i = n - 1 OR (@most > 1 AND (i * (@most - 1) + n - 2) / (n - 1) * (n - 1) / (CASE WHEN @most > 1 THEN @most - 1 ELSE 1 END) = i)
                        ORDER BY run_id, step, timestamp, value
                        """,
                        ("@runs", session.Dialect.Texts([.. runIds])), ("@key", keyId), ("@from", startStep ?? long.MinValue), ("@to", endStep ?? long.MaxValue), ("@most", (long)maxResults)),
                    reader => ReadPoint(reader, 0, key, reader.GetString(4)), cancellation)
                : [],
            cancellation);
    }

    private static void CheckHistory(IReadOnlyList<string> runIds, string key, int maxResults)
    {
        if (runIds.Count == 0) throw MlflowException.Invalid("run_ids is missing; give at least one run");
        if (string.IsNullOrEmpty(key)) throw MlflowException.Invalid("metric_key is missing");
        if (maxResults < 1) throw MlflowException.Invalid($"max_results {maxResults} is invalid; expected 1 or more");
    }

    private static Task<long?> KeyIdAsync(Session session, string key) =>
        session.FirstAsync("SELECT id FROM metric_keys WHERE name = @name", reader => (long?)reader.GetInt64(0), ("@name", key));

    /// <summary>The columns timestamp, step, value, is_nan.</summary>
    private static Metric ReadPoint(DbDataReader reader, int first, string key, string? runId) =>
        new(key, MetricValue.Read(reader, first + 2), reader.GetInt64(first), reader.GetInt64(first + 1)) { RunId = runId };

    /// <summary>Where a page of a history ends. Its token names the question too, so that one of another run or metric is refused.</summary>
    private readonly record struct HistoryPlace(long Timestamp, long Step, double Value, bool IsNaN)
    {
        public static HistoryPlace Of(Metric metric)
        {
            MetricValue value = MetricValue.Of(metric.Value);
            return new HistoryPlace(metric.Timestamp, metric.Step, value.Value, value.IsNaN);
        }

        public (string, object?)[] Parameters => [("@timestamp", Timestamp), ("@step", Step), ("@value", Value), ("@nan", IsNaN ? 1 : 0)];

        public string Token(string runId, string key) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Timestamp} {Step} {BitConverter.DoubleToInt64Bits(Value)} {(IsNaN ? 1 : 0)} {runId} {key}")));

        public static HistoryPlace Parse(string token, string runId, string key)
        {
            try
            {
                string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split(' ', 6);
                if (parts.Length == 6 && parts[4] == runId && parts[5] == key
                    && long.TryParse(parts[0], CultureInfo.InvariantCulture, out long timestamp)
                    && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long step)
                    && long.TryParse(parts[2], CultureInfo.InvariantCulture, out long value) && double.IsFinite(BitConverter.Int64BitsToDouble(value)))
                    return new HistoryPlace(timestamp, step, BitConverter.Int64BitsToDouble(value), parts[3] == "1");
            }
            catch (FormatException notBase64)
            {
                throw Refused(notBase64);
            }

            throw Refused();

            static MlflowException Refused(Exception? inner = null) => new(ErrorCode.InvalidParameterValue, "page_token is none that this server gave for this run and metric", inner);
        }
    }
}
