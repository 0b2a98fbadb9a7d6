namespace Vigie.Mlflow;

/// <summary>Searches experiments: the newest first, unless another order is asked for.</summary>
internal static class ExperimentSearch
{
    private static readonly Dictionary<string, AttributeColumn> Columns = new(StringComparer.Ordinal)
    {
        ["name"] = new("e.name"),
        ["creation_time"] = new("e.creation_time", IsNumber: true),
        ["last_update_time"] = new("e.last_update_time", IsNumber: true),
    };

    private static readonly Vocabulary Words = new()
    {
        Fields = [Field.Tag],
        Attributes = Columns,
        OrderAttributes = new Dictionary<string, AttributeColumn>(Columns, StringComparer.Ordinal) { ["experiment_id"] = new("e.id", IsNumber: true) },
    };

    public static async Task<Page<Experiment>> SearchAsync(Database database, Search search, string viewType, Readable readable, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, Limits.SearchMaxResults);
        IReadOnlyList<string> stages = PageQuery.Stages(viewType);
        IReadOnlyList<Comparison> comparisons = Filter.Parse(search.Filter, Words);
        IReadOnlyList<SortKey> keys = Keys(Filter.ParseOrder(search.OrderBy, Words));
        string question = PageQuery.Question("experiments", search.Filter, search.OrderBy, [viewType]);
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, keys);
        return await database.ReadAsync(
            async session =>
            {
                var sql = new SqlText(session.Dialect);
                string body = PageQuery.Body(sql, "experiments e", comparisons.Select(comparison => Condition(sql, comparison)).Prepend(sql.In("e.lifecycle_stage", [.. stages])).Append(readable.Condition(sql, "e.id")), keys, place);
                List<Placed<(long Id, Experiment Experiment)>> found = await PageQuery.FetchAsync(
                    session, sql, Experiments.Columns, 6, [body], keys, row => (row.GetInt64(0), Experiments.Read(row, [])), search.MaxResults + 1, cancellation);
                (List<(long Id, Experiment Experiment)> page, string? token) = PageQuery.Cut(found, search.MaxResults, question);
                ILookup<long, Tag> tags = await TagsAsync(session, [.. page.Select(row => row.Id)], cancellation);
                return new Page<Experiment>([.. page.Select(row => row.Experiment with { Tags = [.. tags[row.Id]] })], token);
            },
            cancellation);
    }

    private static List<SortKey> Keys(IReadOnlyList<OrderKey> order)
    {
        var id = new SortKey("e.id", false, typeof(long));
        if (order.Count == 0) return [new SortKey("e.creation_time", false, typeof(long)), id with { Ascending = true }];
        List<SortKey> keys = [.. order.SelectMany(key => SortKey.Of(Words.Ordered[key.Key], key.Ascending))];
        return keys.Exists(key => key.Expression == "e.id") ? keys : [.. keys, id];
    }

    private static string Condition(SqlText sql, Comparison comparison) => comparison.Field == Field.Attribute
        ? Conditions.Of(sql, Columns[comparison.Key].Column, comparison)
        : Conditions.OfRow(sql, "t.value", $"experiment_tags t WHERE t.experiment_id = e.id AND t.key = {sql.Parameter(comparison.Key)}", comparison);

    private static async Task<ILookup<long, Tag>> TagsAsync(Session session, long[] ids, CancellationToken cancellation)
    {
        var sql = new SqlText(session.Dialect);
        List<(long Experiment, Tag Tag)> tags = await sql.QueryAsync(
            session, $"SELECT experiment_id, key, value FROM experiment_tags WHERE {sql.In("experiment_id", ids)} ORDER BY experiment_id, key",
            row => (row.GetInt64(0), new Tag(row.GetString(1), row.GetString(2))), cancellation);
        return tags.ToLookup(tag => tag.Experiment, tag => tag.Tag);
    }
}
