using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Searches runs.</summary>
internal sealed class RunSearch(Database database)
{
    private static readonly Dictionary<string, AttributeColumn> Columns = new(StringComparer.Ordinal)
    {
        ["run_id"] = new("r.run_id"),
        ["run_name"] = new("r.name", IsNullable: true),
        ["user_id"] = new("r.user_id", IsNullable: true),
        ["status"] = new("r.status"),
        ["start_time"] = new("r.start_time", IsNumber: true),
        ["end_time"] = new("r.end_time", IsNumber: true, IsNullable: true),
        ["artifact_uri"] = new("r.artifact_uri"),
        ["created"] = new("r.start_time", IsNumber: true),
        ["Created"] = new("r.start_time", IsNumber: true),
        ["run name"] = new("r.name", IsNullable: true),
        ["Run name"] = new("r.name", IsNullable: true),
        ["Run Name"] = new("r.name", IsNullable: true),
    };

    /// <summary>What runs can be filtered and ordered by.</summary>
    public static readonly Vocabulary Vocabulary = new()
    {
        Fields = [Field.Metric, Field.Param, Field.Tag, Field.Dataset],
        Attributes = Columns,
        OrderFields = [Field.Metric, Field.Param, Field.Tag],
    };

    public async Task<Page<Run>> SearchAsync(IReadOnlyList<string> experimentIds, Search search, string viewType, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, Limits.SearchMaxResults);
        long[] experiments = PageQuery.Experiments(experimentIds);
        IReadOnlyList<string> stages = PageQuery.Stages(viewType);
        IReadOnlyList<Comparison> comparisons = [.. Filter.Parse(search.Filter, Vocabulary).Select(NameAsTag)];
        IReadOnlyList<OrderKey> order = Filter.ParseOrder(search.OrderBy, Vocabulary);
        string question = PageQuery.Question("runs", search.Filter, search.OrderBy, experiments.Select(id => id.ToString(CultureInfo.InvariantCulture)).Append(viewType));
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, RunOrder.Keys(order));
        if (experiments.Length == 0) return new Page<Run>([], null);

        return await database.ReadAsync(
            async session =>
            {
                Dictionary<string, long> metrics = await MetricIdsAsync(session, comparisons, order, cancellation);
                var plan = new RunPlan(session, experiments, stages, comparisons, order, metrics, cancellation);
                (List<long> page, string? token) = PageQuery.Cut(await plan.FetchAsync(place, search.MaxResults + 1), search.MaxResults, question);
                return new Page<Run>(await RunRows.LoadAsync(session, page, cancellation), token);
            },
            cancellation);
    }

    /// <summary>A run's name is a tag too, which an index finds.</summary>
    private static Comparison NameAsTag(Comparison comparison) =>
        comparison.Field == Field.Attribute && Columns[comparison.Key].Column == "r.name" ? comparison with { Field = Field.Tag, Key = Runs.NameTag } : comparison;

    /// <summary>Numbers of the metrics that the question names; a name that was never logged has none.</summary>
    private static async Task<Dictionary<string, long>> MetricIdsAsync(Session session, IEnumerable<Comparison> comparisons, IEnumerable<OrderKey> order, CancellationToken cancellation)
    {
        string[] names =
        [
            .. comparisons.Where(comparison => comparison.Field == Field.Metric).Select(comparison => comparison.Key)
                .Concat(order.Where(key => key.Field == Field.Metric).Select(key => key.Key)).Distinct(StringComparer.Ordinal),
        ];
        if (names.Length == 0) return [];
        var sql = new SqlText(session.Dialect);
        List<(string Name, long Id)> ids = await sql.QueryAsync(session, $"SELECT name, id FROM metric_keys WHERE {sql.In("name", names)}", row => (row.GetString(0), row.GetInt64(1)), cancellation);
        return ids.ToDictionary(pair => pair.Name, pair => pair.Id, StringComparer.Ordinal);
    }
}
