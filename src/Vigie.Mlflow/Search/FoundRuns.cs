using System.Collections.Concurrent;
using System.Data.Common;

namespace Vigie.Mlflow;

/// <summary>Completes runs with what they logged: one query a kind, however many runs there are.</summary>
internal sealed class FoundRuns
{
    /// <summary>Names of metrics never change, and a reader sees none before it is committed.</summary>
    private readonly ConcurrentDictionary<long, string> metricNames = new();

    /// <summary>The runs in the order given.</summary>
    public async Task<IReadOnlyList<Run>> LoadAsync(Session session, IReadOnlyList<RunRow> rows, CancellationToken cancellation)
    {
        if (rows.Count == 0) return [];
        long[] ids = [.. rows.Select(row => row.Id)];
        Dictionary<long, List<Metric>> metrics = await MetricsAsync(session, ids, cancellation);
        Dictionary<long, List<Param>> parameters =
            await ByRunAsync(session, ids, "key, value FROM params", "key", row => new Param(row.GetString(1), row.GetString(2)), cancellation);
        Dictionary<long, List<Tag>> tags = await ByRunAsync(session, ids, "key, value FROM tags", "key", row => new Tag(row.GetString(1), row.GetString(2)), cancellation);
        Dictionary<long, List<DatasetInput>> datasets = await DatasetsAsync(session, ids, cancellation);
        Dictionary<long, List<(bool IsInput, string ModelId, long Step)>> models = await ByRunAsync(
            session, ids, "direction, model_id, step FROM run_models", "direction, step, model_id", row => (row.GetString(1) == "input", row.GetString(2), row.GetInt64(3)), cancellation);
        return
        [
            .. rows.Select(row =>
            {
                List<(bool IsInput, string ModelId, long Step)> linked = Of(models, row.Id);
                ModelInput[] read = [.. linked.Where(model => model.IsInput).Select(model => new ModelInput(model.ModelId))];
                ModelOutput[] made = [.. linked.Where(model => !model.IsInput).Select(model => new ModelOutput(model.ModelId, model.Step))];
                return new Run(
                    row.Info, new RunData(Of(metrics, row.Id), Of(parameters, row.Id), Of(tags, row.Id)),
                    new RunInputs(Of(datasets, row.Id), read), made.Length == 0 ? null : new RunOutputs(made));
            }),
        ];
    }

    private async Task<Dictionary<long, List<Metric>>> MetricsAsync(Session session, long[] ids, CancellationToken cancellation)
    {
        Dictionary<long, List<(long Key, double Value, long Timestamp, long Step)>> latest = await ByRunAsync(
            session, ids, "key_id, value, is_nan, timestamp, step FROM latest_metrics", "key_id",
            row => (row.GetInt64(1), row.GetInt64(3) != 0 ? double.NaN : row.GetDouble(2), row.GetInt64(4), row.GetInt64(5)), cancellation);
        long[] unknown = [.. latest.Values.SelectMany(run => run).Select(metric => metric.Key).Distinct().Where(key => !metricNames.ContainsKey(key))];
        if (unknown.Length > 0)
        {
            var sql = new SqlText(session.Dialect);
            foreach ((long id, string name) in await sql.QueryAsync(session, $"SELECT id, name FROM metric_keys WHERE {sql.In("id", unknown)}", row => (row.GetInt64(0), row.GetString(1)), cancellation))
                metricNames[id] = name;
        }

        return latest.ToDictionary(run => run.Key, run =>
        {
            List<Metric> metrics = run.Value.ConvertAll(metric => new Metric(metricNames[metric.Key], metric.Value, metric.Timestamp, metric.Step));
            metrics.Sort((a, b) => string.CompareOrdinal(a.Key, b.Key));
            return metrics;
        });
    }

    private static async Task<Dictionary<long, List<DatasetInput>>> DatasetsAsync(Session session, long[] ids, CancellationToken cancellation)
    {
        Dictionary<long, List<(long Id, Dataset Dataset)>> inputs = await ByRunAsync(
            session, ids, "s.id, s.name, s.digest, s.source_type, s.source, s.schema, s.profile FROM run_datasets d JOIN datasets s ON s.id = d.dataset_id", "s.id",
            row => (row.GetInt64(1), new Dataset(row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.TextOrNull(6), row.TextOrNull(7))), cancellation);
        if (inputs.Count == 0) return [];
        Dictionary<long, List<(long Dataset, Tag Tag)>> tags = await ByRunAsync(
            session, ids, "dataset_id, key, value FROM run_dataset_tags", "dataset_id, key", row => (row.GetInt64(1), new Tag(row.GetString(2), row.GetString(3))), cancellation);
        return inputs.ToDictionary(
            run => run.Key,
            run => run.Value.ConvertAll(input => new DatasetInput([.. Of(tags, run.Key).Where(tag => tag.Dataset == input.Id).Select(tag => tag.Tag)], input.Dataset)));
    }

    private static async Task<Dictionary<long, List<T>>> ByRunAsync<T>(
        Session session, long[] ids, string columnsFrom, string order, Func<DbDataReader, T> read, CancellationToken cancellation)
    {
        var sql = new SqlText(session.Dialect);
        var runs = new Dictionary<long, List<T>>();
        await sql.QueryAsync(
            session, $"SELECT run, {columnsFrom} WHERE {sql.In("run", ids)} ORDER BY run, {order}",
            row =>
            {
                long run = row.GetInt64(0);
                if (!runs.TryGetValue(run, out List<T>? list)) runs[run] = list = [];
                list.Add(read(row));
                return true;
            },
            cancellation);
        return runs;
    }

    private static List<T> Of<T>(Dictionary<long, List<T>> runs, long id) => runs.TryGetValue(id, out List<T>? list) ? list : [];
}
