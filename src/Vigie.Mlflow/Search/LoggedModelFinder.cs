using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Searches logged models: the newest first, unless another order is asked for.</summary>
internal static class LoggedModelFinder
{
    private static readonly AttributeColumn Created = new("m.creation_time", IsNumber: true), Updated = new("m.last_update_time", IsNumber: true);

    private static readonly Vocabulary Words = new()
    {
        Fields = [Field.Metric, Field.Param, Field.Tag],
        OrderFields = [Field.Metric],
        BareTexts = true,
        Attributes = new Dictionary<string, AttributeColumn>(StringComparer.Ordinal)
        {
            ["model_id"] = new("m.model_id"),
            ["name"] = new("m.name"),
            ["status"] = new("m.status"),
            ["model_type"] = new("m.model_type", IsNullable: true),
            ["source_run_id"] = new("m.source_run_id", IsNullable: true),
            ["creator_id"] = new("m.creator_id", IsNullable: true),
            ["artifact_location"] = new("m.artifact_uri"),
            ["artifact_uri"] = new("m.artifact_uri"),
            ["status_message"] = new("m.status_message", IsNullable: true),
            ["creation_time"] = Created,
            ["creation_timestamp"] = Created,
            ["creation_timestamp_ms"] = Created,
            ["last_updated_time"] = Updated,
            ["last_updated_timestamp"] = Updated,
            ["last_updated_timestamp_ms"] = Updated,
            ["experiment_id"] = new("m.experiment_id", IsNumber: true),
        },
    };

    public static async Task<Page<LoggedModel>> SearchAsync(Database database, IReadOnlyList<string> experimentIds, LoggedModelSearch search, CancellationToken cancellation)
    {
        PageQuery.CheckMaxResults(search.MaxResults, Limits.SearchMaxResults);
        long[] experiments = PageQuery.Experiments(experimentIds);
        IReadOnlyList<Comparison> comparisons = [.. Filter.Parse(search.Filter, Words).Select(StatusAsStored)];
        IReadOnlyList<OrderKey> order = [.. search.OrderBy.Select(clause => Order(clause))];
        if (search.Datasets.Any(dataset => string.IsNullOrEmpty(dataset.Name))) throw MlflowException.Invalid("every entry of datasets must name its dataset_name");
        string question = PageQuery.Question(
            "logged models", search.Filter, search.OrderBy.Select(clause => clause.ToString()),
            experiments.Select(id => id.ToString(CultureInfo.InvariantCulture)).Concat(search.Datasets.Select(dataset => $"{dataset.Name.Length}:{dataset.Name}{dataset.Digest}")));

        // Only the types of the keys matter to the token; their parameters are numbered anew for the query.
        IReadOnlyList<object?>? place = PageToken.Read(question, search.PageToken, Keys(new SqlText(database.Dialect), order, search.OrderBy));
        if (experiments.Length == 0) return new Page<LoggedModel>([], null);
        return await database.ReadAsync(
            async session =>
            {
                var sql = new SqlText(session.Dialect);
                List<SortKey> keys = Keys(sql, order, search.OrderBy);
                IEnumerable<string> conditions = comparisons.Select(comparison => Condition(sql, comparison, search.Datasets))
                    .Prepend($"m.lifecycle_stage = {sql.Parameter(LifecycleStage.Active)}").Prepend(RunConditions.Among(sql, "m.experiment_id", experiments));
                if (search.Datasets.Count > 0 && !comparisons.Any(comparison => comparison.Field == Field.Metric))
                    conditions = conditions.Append($"EXISTS (SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id{Datasets(sql, search.Datasets)})");
                string body = PageQuery.Body(sql, "logged_models m", conditions, keys, place);
                List<Placed<string>> found = await PageQuery.FetchAsync(session, sql, "m.model_id", 1, [body], keys, row => row.GetString(0), search.MaxResults + 1, cancellation);
                (List<string> ids, string? token) = PageQuery.Cut(found, search.MaxResults, question);
                return new Page<LoggedModel>(await LoggedModels.LoadAsync(session, ids), token);
            },
            cancellation);
    }

    /// <summary>The client's short READY is the protocol's LOGGED_MODEL_READY.</summary>
    private static Comparison StatusAsStored(Comparison comparison) =>
        comparison is { Field: Field.Attribute, Key: "status", Operator: "=" or "!=", Value: string status } && !status.StartsWith("LOGGED_MODEL_", StringComparison.Ordinal)
            ? comparison with { Value = $"LOGGED_MODEL_{status}" }
            : comparison;

    /// <summary>A field's name stands as it is: all behind the first dot is the key, in backticks or not.</summary>
    private static OrderKey Order(LoggedModelOrder clause)
    {
        int dot = clause.FieldName.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && clause.FieldName[..dot] is "metrics" or "metric") return new OrderKey(Field.Metric, clause.FieldName[(dot + 1)..].Trim('`'), clause.Ascending);
        return Filter.ParseOrder([clause.FieldName], Words)[0] with { Ascending = clause.Ascending };
    }

    private static List<SortKey> Keys(SqlText sql, IReadOnlyList<OrderKey> order, IReadOnlyList<LoggedModelOrder> clauses)
    {
        var keys = new List<SortKey>();
        foreach ((OrderKey key, LoggedModelOrder clause) in order.Zip(clauses))
        {
            if (key.Field == Field.Attribute)
            {
                keys.AddRange(SortKey.Of(Words.Attributes[key.Key], key.Ascending));
                continue;
            }

            string from = $"logged_model_metrics x WHERE x.model_id = m.model_id AND x.key = {sql.Parameter(key.Key)}";
            if (!string.IsNullOrEmpty(clause.DatasetName)) from += $" AND x.dataset_name = {sql.Parameter(clause.DatasetName)}";
            if (!string.IsNullOrEmpty(clause.DatasetDigest)) from += $" AND x.dataset_digest = {sql.Parameter(clause.DatasetDigest)}";
            from += " ORDER BY x.timestamp DESC, x.step DESC, x.value DESC LIMIT 1";
            keys.Add(new SortKey($"COALESCE((SELECT x.is_nan FROM {from}), 2)", true, typeof(long)));
            keys.Add(new SortKey($"(SELECT CASE WHEN x.is_nan = 0 THEN x.value END FROM {from})", key.Ascending, typeof(double)));
        }

        if (!keys.Exists(key => key.Expression == Created.Column)) keys.Add(new SortKey(Created.Column, false, typeof(long)));
        keys.Add(new SortKey("m.model_id", true, typeof(string)));
        return keys;
    }

    /// <summary>A metric matches where any of its values does, on the data sets asked for.</summary>
    private static string Condition(SqlText sql, Comparison comparison, IReadOnlyList<Dataset> datasets) => comparison.Field switch
    {
        Field.Attribute => Conditions.Of(sql, Words.Attributes[comparison.Key].Column, comparison),
        Field.Param => Conditions.OfRow(sql, "p.value", $"logged_model_params p WHERE p.model_id = m.model_id AND p.key = {sql.Parameter(comparison.Key)}", comparison),
        Field.Tag => Conditions.OfRow(sql, "t.value", $"logged_model_tags t WHERE t.model_id = m.model_id AND t.key = {sql.Parameter(comparison.Key)}", comparison),
        _ => MetricCondition(sql, comparison, $"SELECT 1 FROM logged_model_metrics x WHERE x.model_id = m.model_id AND x.key = {sql.Parameter(comparison.Key)}{Datasets(sql, datasets)}"),
    };

    private static string MetricCondition(SqlText sql, Comparison comparison, string rows) => comparison.Operator switch
    {
        "IS NULL" => $"NOT EXISTS ({rows})",
        "IS NOT NULL" => $"EXISTS ({rows})",
        "!=" => $"EXISTS ({rows} AND (x.is_nan = 1 OR x.value <> {sql.Parameter(Conditions.Number(comparison))}))",
        _ => $"EXISTS ({rows} AND x.is_nan = 0 AND {RunConditions.OfValue(sql, "x.value", comparison)})",
    };

    private static string Datasets(SqlText sql, IReadOnlyList<Dataset> datasets) => datasets.Count == 0
        ? ""
        : $" AND ({string.Join(" OR ", datasets.Select(dataset => string.IsNullOrEmpty(dataset.Digest)
            ? $"x.dataset_name = {sql.Parameter(dataset.Name)}"
            : $"(x.dataset_name = {sql.Parameter(dataset.Name)} AND x.dataset_digest = {sql.Parameter(dataset.Digest)})"))})";
}
