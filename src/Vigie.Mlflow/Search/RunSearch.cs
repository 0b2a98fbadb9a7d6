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
        // Beside what MLflow orders by, what a table of runs shows.
        OrderAttributes = new Dictionary<string, AttributeColumn>(Columns, StringComparer.Ordinal)
        {
            ["duration"] = new("(r.end_time - r.start_time)", IsNumber: true, IsNullable: true),
            ["experiment_id"] = new("r.experiment_id", IsNumber: true),
        },
    };

    public async Task<Page<Run>> SearchAsync(IReadOnlyList<string> experimentIds, Search search, string viewType, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, Limits.SearchMaxResults);
        RunQuestion asked = Parse(experimentIds, search, viewType);
        string question = PageQuery.Question("runs", search.Filter, search.OrderBy, asked.Experiments.Select(id => id.ToString(CultureInfo.InvariantCulture)).Append(viewType));
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, RunOrder.Keys(asked.Order));
        if (asked.Experiments.Length == 0) return new Page<Run>([], null);

        return await database.ReadAsync(
            async session =>
            {
                RunPlan plan = await PlanAsync(session, asked, cancellation);
                (List<long> page, string? token) = PageQuery.Cut(await plan.FetchAsync(place, search.MaxResults + 1), search.MaxResults, question);
                return new Page<Run>(await RunRows.LoadAsync(session, page, cancellation), token);
            },
            cancellation);
    }

    /// <summary>The numbers of all runs that a search finds, in its order.</summary>
    public async Task<long[]> ListAsync(IReadOnlyList<string> experimentIds, Search search, string viewType, CancellationToken cancellation)
    {
        RunQuestion asked = Parse(experimentIds, search, viewType);
        return asked.Experiments.Length == 0 ? [] : await database.ReadAsync(
            async session => (await (await PlanAsync(session, asked, cancellation, withPlaces: false)).FetchAsync(place: null, int.MaxValue)).Select(row => row.Row).ToArray(), cancellation);
    }

    private static RunQuestion Parse(IReadOnlyList<string> experimentIds, Search search, string viewType) => new(
        PageQuery.Experiments(experimentIds), PageQuery.Stages(viewType), [.. Filter.Parse(search.Filter, Vocabulary).Select(NameAsTag)], Filter.ParseOrder(search.OrderBy, Vocabulary));

    private static async Task<RunPlan> PlanAsync(Session session, RunQuestion asked, CancellationToken cancellation, bool withPlaces = true) => new(
        session, asked.Experiments, asked.Stages, asked.Comparisons, asked.Order, await MetricIdsAsync(session, asked.Comparisons, asked.Order, cancellation), cancellation)
    {
        WithPlaces = withPlaces,
    };

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

    /// <summary>A search that was understood.</summary>
    private sealed record RunQuestion(long[] Experiments, IReadOnlyList<string> Stages, IReadOnlyList<Comparison> Comparisons, IReadOnlyList<OrderKey> Order);
}
