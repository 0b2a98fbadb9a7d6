namespace Vigie.Mlflow;

/// <summary>
/// How one search of runs is carried out. Either an index gives the runs in the order asked for, and each is asked whether it matches until the page is full; or an index gives
/// those that match one comparison, few enough to be sorted. SQLite keeps no statistics to choose by, so the matches of each comparison are counted first, up to a bound.
/// </summary>
internal sealed class RunPlan(
    Session session, IReadOnlyList<long> experiments, IReadOnlyList<string> stages, IReadOnlyList<Comparison> comparisons, IReadOnlyList<OrderKey> order,
    IReadOnlyDictionary<string, long> metrics, CancellationToken cancellation)
{
    /// <summary>More matches than this are not sorted while an ordered index is there: some 20 ms.</summary>
    private const long MostSorted = 8_000;

    /// <summary>An estimate of the runs to go through may be far too low, where what is asked for and the order go against each other; the count of matches is sure.</summary>
    private const double Caution = 1.5;

    /// <summary>Above this, experiments are not merged in order but sorted together.</summary>
    private const int MostBranches = 40;

    /// <summary>Part of the runs that a comparison without an index is taken to match.</summary>
    private const double UnknownShare = 0.3;

    private readonly RunConditions conditions = new(metrics);

    /// <summary>Whether the rows are told their places, behind which a page can go on.</summary>
    public bool WithPlaces { get; init; } = true;

    private bool ByMetric => order.Count > 0 && order[0].Field == Field.Metric;

    private bool ByStart => order.Count == 0 || (order[0].Field == Field.Attribute && RunSearch.Vocabulary.Ordered[order[0].Key].Column == "r.start_time");

    /// <summary>The numbers of the runs behind a place, at most so many.</summary>
    public async Task<List<Placed<long>>> FetchAsync(IReadOnlyList<object?>? place, int limit)
    {
        if (await DriverAsync(limit) is Comparison driver) return await SortedAsync(driver, place, limit);
        if (ByMetric && experiments.Count <= MostBranches) return await BySegmentsAsync(place, limit);
        return ByStart && experiments.Count * stages.Count <= MostBranches ? await ByStartAsync(place, limit) : await SortedAsync(null, place, limit);
    }

    /// <summary>The comparison whose matches are fewer than the runs that the ordered index would have to go through; null where the ordered index is better.</summary>
    private async Task<Comparison?> DriverAsync(int limit)
    {
        Comparison? best = null;
        long fewest = MostSorted;
        var counts = new List<long>();
        foreach (Comparison comparison in comparisons.Where(RunConditions.IsIndexed).OrderByDescending(comparison => comparison.Field == Field.Metric)) // theirs are the quickest to count
        {
            var sql = new SqlText(session.Dialect);
            RunConditions.Rows rows = conditions.Indexed(sql, comparison, experiments);
            long count = await CountAsync(sql, rows.From, rows.Where, fewest); // further than the best so far, counting tells nothing
            if (!IsRangeOfOrder(comparison)) counts.Add(count);
            if (count < fewest) (best, fewest) = (comparison, count);
        }

        if (best is null || fewest == 0) return best;
        long all = await RunsAsync();
        double share = Math.Pow(UnknownShare, comparisons.Count(comparison => !RunConditions.IsIndexed(comparison)));
        foreach (long count in counts) share *= Math.Min(1, count / (double)all);
        double visited = ByMetric || ByStart ? Math.Min(all, limit / Math.Max(share, 1e-12)) : all;
        return fewest < Caution * visited ? best : null;
    }

    /// <summary>Runs to search in; where there are more than a few, those of other experiments are counted too.</summary>
    private async Task<long> RunsAsync()
    {
        var sql = new SqlText(session.Dialect);
        long counted = await CountAsync(sql, "runs r", Scope(sql, experiments, stages), MostSorted);
        return counted < MostSorted ? counted : Math.Max(counted, await session.ScalarAsync<long>("SELECT MAX(id) FROM runs"));
    }

    private async Task<long> CountAsync(SqlText sql, string from, string where, long most)
    {
        string condition = where.Length == 0 ? "" : $" WHERE {where}";
        return (await sql.QueryAsync(session, $"SELECT COUNT(*) FROM (SELECT 1 FROM {from}{condition} LIMIT {sql.Parameter(most)}) c", row => row.GetInt64(0), cancellation))[0];
    }

    /// <summary>Sorts all that match; a driver's rows where there is one.</summary>
    private Task<List<Placed<long>>> SortedAsync(Comparison? driver, IReadOnlyList<object?>? place, int limit)
    {
        var sql = new SqlText(session.Dialect);
        IReadOnlyList<SortKey> keys = RunOrder.Keys(order);
        RunConditions.Rows? rows = driver is null ? null : conditions.Indexed(sql, driver, experiments);
        string from = (rows is null ? "runs r" : $"{rows.From} CROSS JOIN runs r") + RunOrder.Joins(sql, order, metrics, withoutFirst: false);
        string[] found = rows is null ? [] : [rows.Where, rows.RunIs];
        string body = PageQuery.Body(sql, from, found.Append(Scope(sql, experiments, stages)).Concat(Asked(sql, comparison => !ReferenceEquals(comparison, driver))), keys, place);
        return ReadAsync(sql, [body], keys, limit);
    }

    /// <summary>Reads the index on start time of each experiment and stage, merged.</summary>
    private Task<List<Placed<long>>> ByStartAsync(IReadOnlyList<object?>? place, int limit)
    {
        var sql = new SqlText(session.Dialect);
        IReadOnlyList<SortKey> keys = RunOrder.Keys(order);
        return ReadAsync(sql, [.. Branches().Select(branch => StartBranch(sql, branch.Experiment, branch.Stage, keys, place, withoutFirst: false, _ => true))], keys, limit);
    }

    /// <summary>Reads the index on the metric's values: numbers first, then NaN, then the runs that lack it, as far as the page needs.</summary>
    private async Task<List<Placed<long>>> BySegmentsAsync(IReadOnlyList<object?>? place, int limit)
    {
        var found = new List<Placed<long>>();
        int first = place is null ? 0 : (int)Math.Clamp((long?)place[0] ?? 0, 0, RunOrder.Segments);
        int last = comparisons.Any(IsRangeOfOrder) ? 0 : RunOrder.Segments - 1;
        for (int segment = first; segment <= last && found.Count < limit; segment++)
        {
            var sql = new SqlText(session.Dialect);
            IReadOnlyList<SortKey> keys = RunOrder.Keys(order, segment);
            IReadOnlyList<object?>? behind = segment == first ? place : null;
            string[] branches = segment == RunOrder.Segments - 1
                ? [.. Branches().Select(branch => StartBranch(sql, branch.Experiment, branch.Stage, keys, behind, withoutFirst: true, _ => true, Lacks(sql)))]
                : [.. experiments.Select(experiment => MetricBranch(sql, experiment, segment, keys, behind))];
            found.AddRange(await ReadAsync(sql, branches, keys, limit - found.Count));
        }

        return found;
    }

    private string MetricBranch(SqlText sql, long experiment, int isNan, IReadOnlyList<SortKey> keys, IReadOnlyList<object?>? place)
    {
        string from = $"latest_metrics o0{sql.IndexedBy("latest_metrics_by_value")} CROSS JOIN runs r{RunOrder.Joins(sql, order, metrics, withoutFirst: true)}";
        string[] lead =
        [
            $"o0.experiment_id = {sql.Parameter(experiment)} AND o0.key_id = {sql.Parameter(metrics.GetValueOrDefault(order[0].Key, -1))} AND o0.is_nan = {isNan}",
            .. comparisons.Where(IsRangeOfOrder).Select(comparison => RunConditions.OfValue(sql, "o0.value", comparison)),
            "r.id = o0.run",
            Scope(sql, [experiment], stages),
        ];
        return PageQuery.Body(sql, from, lead.Concat(Asked(sql, comparison => !IsRangeOfOrder(comparison))), keys, place);
    }

    private string StartBranch(
        SqlText sql, long experiment, string stage, IReadOnlyList<SortKey> keys, IReadOnlyList<object?>? place, bool withoutFirst, Func<Comparison, bool> asked, string condition = "")
    {
        string from = $"runs r{sql.IndexedBy("runs_by_start")}{RunOrder.Joins(sql, order, metrics, withoutFirst)}";
        return PageQuery.Body(sql, from, Asked(sql, asked).Prepend(condition).Prepend(Scope(sql, [experiment], [stage])), keys, place);
    }

    private string Lacks(SqlText sql) =>
        $"NOT EXISTS (SELECT 1 FROM latest_metrics x WHERE x.run = r.id AND x.key_id = {sql.Parameter(metrics.GetValueOrDefault(order[0].Key, -1))})";

    /// <summary>Whether a comparison bounds the metric that is ordered by: then it is a range of the index, not a question to each run.</summary>
    private bool IsRangeOfOrder(Comparison comparison) => ByMetric && comparison.Field == Field.Metric && comparison.Key == order[0].Key && RunConditions.IsIndexed(comparison);

    private IEnumerable<string> Asked(SqlText sql, Func<Comparison, bool> which) => comparisons.Where(which).Select(comparison => conditions.OfRun(sql, comparison));

    private IEnumerable<(long Experiment, string Stage)> Branches() => experiments.SelectMany(experiment => stages.Select(stage => (experiment, stage)));

    private static string Scope(SqlText sql, IReadOnlyList<long> experiments, IReadOnlyList<string> stages) =>
        RunConditions.Among(sql, "r.experiment_id", experiments) + (stages.Count == 1 ? $" AND r.lifecycle_stage = {sql.Parameter(stages[0])}" : "");

    private Task<List<Placed<long>>> ReadAsync(SqlText sql, IReadOnlyList<string> branches, IReadOnlyList<SortKey> keys, int limit) =>
        PageQuery.FetchAsync(session, sql, "r.id", 1, branches, keys, row => row.GetInt64(0), limit, cancellation, WithPlaces);
}
