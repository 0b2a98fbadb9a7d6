namespace Vigie.Mlflow;

/// <summary>Searches registered models and model versions. Prompts, which MLflow keeps as models with a tag, are found only where the filter asks for them.</summary>
internal static class RegistrySearch
{
    /// <summary>Most registered models of one page, as in MLflow.</summary>
    private const int MostModels = 1_000;

    /// <summary>Most versions of one page, as in MLflow.</summary>
    private const int MostVersions = 200_000;

    private const string PromptTag = "mlflow.prompt.is_prompt";

    private static readonly AttributeColumn ModelUpdated = new("m.last_update_time", IsNumber: true), ModelCreated = new("m.creation_time", IsNumber: true);

    private static readonly Vocabulary ModelWords = new()
    {
        Fields = [Field.Tag],
        Attributes = new Dictionary<string, AttributeColumn>(StringComparer.Ordinal) { ["name"] = new("m.name") },
        OrderAttributes = new Dictionary<string, AttributeColumn>(StringComparer.Ordinal)
        {
            ["name"] = new("m.name"),
            ["timestamp"] = ModelUpdated,
            ["last_updated_timestamp"] = ModelUpdated,
            ["creation_timestamp"] = ModelCreated,
        },
    };

    private static readonly AttributeColumn VersionNumber = new("v.version", IsNumber: true);

    private static readonly Vocabulary VersionWords = new()
    {
        Fields = [Field.Tag],
        Attributes = new Dictionary<string, AttributeColumn>(StringComparer.Ordinal)
        {
            ["name"] = new("m.name"),
            ["version_number"] = VersionNumber,
            ["run_id"] = new("v.run_id"),
            ["source_path"] = new("v.source"),
        },
        OrderAttributes = new Dictionary<string, AttributeColumn>(StringComparer.Ordinal)
        {
            ["name"] = new("m.name"),
            ["version_number"] = VersionNumber,
            ["creation_timestamp"] = new("v.creation_time", IsNumber: true),
            ["last_updated_timestamp"] = new("v.last_update_time", IsNumber: true),
        },
    };

    public static async Task<Page<RegisteredModel>> ModelsAsync(Database database, Search search, Readable readable, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, MostModels);
        IReadOnlyList<Comparison> comparisons = Filter.Parse(search.Filter, ModelWords);
        List<SortKey> keys = Keys(Filter.ParseOrder(search.OrderBy, ModelWords), ModelWords, [new SortKey("m.name", true, typeof(string))]);
        string question = PageQuery.Question("registered models", search.Filter, search.OrderBy, []);
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, keys);
        return await database.ReadAsync(
            async session =>
            {
                var sql = new SqlText(session.Dialect);
                IEnumerable<string> conditions = Conditions(sql, comparisons, ModelWords, "registered_model_tags t WHERE t.registered_model_id = m.id", "registered_model_tags");
                string body = PageQuery.Body(sql, "registered_models m", conditions.Append(readable.Condition(sql, "m.id")), keys, place);
                List<Placed<long>> found = await PageQuery.FetchAsync(session, sql, "m.id", 1, [body], keys, row => row.GetInt64(0), search.MaxResults + 1, cancellation);
                (List<long> ids, string? token) = PageQuery.Cut(found, search.MaxResults, question);
                return new Page<RegisteredModel>(await RegistryPages.ModelsAsync(session, ids), token);
            },
            cancellation);
    }

    public static async Task<Page<ModelVersion>> VersionsAsync(Database database, Search search, Readable readable, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, MostVersions);
        IReadOnlyList<Comparison> comparisons = Filter.Parse(search.Filter, VersionWords);
        List<SortKey> keys = Keys(
            Filter.ParseOrder(search.OrderBy, VersionWords), VersionWords, [new SortKey("m.name", true, typeof(string)), new SortKey("v.version", false, typeof(long))]);
        string question = PageQuery.Question("model versions", search.Filter, search.OrderBy, []);
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, keys);
        return await database.ReadAsync(
            async session =>
            {
                var sql = new SqlText(session.Dialect);
                IEnumerable<string> conditions = Conditions(
                    sql, comparisons, VersionWords, "model_version_tags t WHERE t.registered_model_id = v.registered_model_id AND t.version = v.version", "model_version_tags");
                string from = "model_versions v JOIN registered_models m ON m.id = v.registered_model_id";
                string body = PageQuery.Body(sql, from, conditions.Append(readable.Condition(sql, "m.id")), keys, place);
                List<Placed<(long, long)>> found = await PageQuery.FetchAsync(
                    session, sql, "v.registered_model_id, v.version", 2, [body], keys, row => (row.GetInt64(0), row.GetInt64(1)), search.MaxResults + 1, cancellation);
                (List<(long, long)> ids, string? token) = PageQuery.Cut(found, search.MaxResults, question);
                return new Page<ModelVersion>(await RegistryPages.VersionsAsync(session, ids), token);
            },
            cancellation);
    }

    private static IEnumerable<string> Conditions(SqlText sql, IReadOnlyList<Comparison> comparisons, Vocabulary words, string tagFrom, string tagTable)
    {
        bool prompts = comparisons.Any(IsForPrompts);
        foreach (Comparison comparison in comparisons.Where(comparison => prompts || comparison.Field != Field.Tag || comparison.Key != PromptTag))
        {
            yield return comparison.Field == Field.Attribute
                ? Mlflow.Conditions.Of(sql, words.Attributes[comparison.Key].Column, comparison)
                : Mlflow.Conditions.OfRow(sql, "t.value", $"{tagFrom} AND t.key = {sql.Parameter(comparison.Key)}", comparison);
        }

        // Models have no such tag at all, so what a client adds, is_prompt != 'true', would find none of them.
        if (!prompts)
            yield return $"NOT EXISTS (SELECT 1 FROM {tagTable} x WHERE x.registered_model_id = m.id AND x.key = {sql.Parameter(PromptTag)} AND x.value = 'true')";
    }

    private static bool IsForPrompts(Comparison comparison) => comparison is { Field: Field.Tag, Key: PromptTag, Value: string value }
        && ((comparison.Operator == "=" && value.Equals("true", StringComparison.OrdinalIgnoreCase)) || (comparison.Operator == "!=" && value.Equals("false", StringComparison.OrdinalIgnoreCase)));

    private static List<SortKey> Keys(IReadOnlyList<OrderKey> order, Vocabulary words, IReadOnlyList<SortKey> ties)
    {
        List<SortKey> keys = [.. order.SelectMany(key => SortKey.Of(words.Ordered[key.Key], key.Ascending))];
        return [.. keys, .. ties.Where(tie => !keys.Exists(key => key.Expression == tie.Expression))];
    }
}
