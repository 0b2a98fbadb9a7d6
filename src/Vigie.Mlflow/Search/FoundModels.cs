using System.Data.Common;
using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Completes registered models and versions with tags, aliases and latest versions: one query a kind.</summary>
internal static class FoundModels
{
    /// <summary>The models in the order given.</summary>
    public static async Task<IReadOnlyList<RegisteredModel>> LoadAsync(Session session, IReadOnlyList<ModelRow> rows, CancellationToken cancellation)
    {
        long[] ids = [.. rows.Select(row => row.Id)];
        var sql = new SqlText(session.Dialect);
        List<(long Model, Tag Tag)> tags = await sql.QueryAsync(
            session, $"SELECT registered_model_id, key, value FROM registered_model_tags WHERE {sql.In("registered_model_id", ids)} ORDER BY registered_model_id, key",
            row => (row.GetInt64(0), new Tag(row.GetString(1), row.GetString(2))), cancellation);
        List<Alias> aliases = await AliasesAsync(session, ids, cancellation);
        IReadOnlyList<ModelVersion> latest = await LatestAsync(session, ids, cancellation);
        ILookup<long, Tag> tagsOf = tags.ToLookup(tag => tag.Model, tag => tag.Tag);
        ILookup<long, Alias> aliasesOf = aliases.ToLookup(alias => alias.Model);
        ILookup<string, ModelVersion> latestOf = latest.ToLookup(version => version.Name, StringComparer.Ordinal);
        return
        [
            .. rows.Select(row => row.Model with
            {
                Tags = [.. tagsOf[row.Id]],
                Aliases = [.. aliasesOf[row.Id].Select(alias => new ModelAlias(alias.Name, Text(alias.Version)))],
                LatestVersions = [.. latestOf[row.Model.Name]],
            }),
        ];
    }

    /// <summary>The versions in the order given.</summary>
    public static async Task<IReadOnlyList<ModelVersion>> LoadAsync(Session session, IReadOnlyList<VersionRow> rows, CancellationToken cancellation)
    {
        long[] ids = [.. rows.Select(row => row.Model).Distinct()];
        var sql = new SqlText(session.Dialect);
        List<(long Model, long Version, Tag Tag)> tags = await sql.QueryAsync(
            session, $"SELECT registered_model_id, version, key, value FROM model_version_tags WHERE {sql.In("registered_model_id", ids)} ORDER BY registered_model_id, version, key",
            row => (row.GetInt64(0), row.GetInt64(1), new Tag(row.GetString(2), row.GetString(3))), cancellation);
        ILookup<(long, long), Tag> tagsOf = tags.ToLookup(tag => (tag.Model, tag.Version), tag => tag.Tag);
        ILookup<(long, long), string> aliasesOf = (await AliasesAsync(session, ids, cancellation)).ToLookup(alias => (alias.Model, alias.Version), alias => alias.Name);
        return [.. rows.Select(row => row.Version with { Tags = [.. tagsOf[(row.Model, row.Number)]], Aliases = [.. aliasesOf[(row.Model, row.Number)]] })];
    }

    /// <summary>The newest version of each stage of each model.</summary>
    private static async Task<IReadOnlyList<ModelVersion>> LatestAsync(Session session, long[] models, CancellationToken cancellation)
    {
        var sql = new SqlText(session.Dialect);
        List<VersionRow> rows = await sql.QueryAsync(
            session,
            $"""
            SELECT {VersionRow.Columns} FROM (
              SELECT registered_model_id, MAX(version) AS version FROM model_versions WHERE {sql.In("registered_model_id", models)} GROUP BY registered_model_id, stage
            ) l JOIN model_versions v ON v.registered_model_id = l.registered_model_id AND v.version = l.version JOIN registered_models m ON m.id = v.registered_model_id
            ORDER BY v.registered_model_id, v.version
            """,
            VersionRow.Read, cancellation);
        return await LoadAsync(session, rows, cancellation);
    }

    private static Task<List<Alias>> AliasesAsync(Session session, long[] models, CancellationToken cancellation)
    {
        var sql = new SqlText(session.Dialect);
        return sql.QueryAsync(
            session, $"SELECT registered_model_id, alias, version FROM model_aliases WHERE {sql.In("registered_model_id", models)} ORDER BY registered_model_id, alias",
            row => new Alias(row.GetInt64(0), row.GetString(1), row.GetInt64(2)), cancellation);
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A registered model's own row.</summary>
    public sealed record ModelRow(long Id, RegisteredModel Model)
    {
        public const string Columns = "m.id, m.name, m.creation_time, m.last_update_time, m.description";

        public const int ColumnCount = 5;

        public static ModelRow Read(DbDataReader row) => new(
            row.GetInt64(0), new RegisteredModel { Name = row.GetString(1), CreationTimestamp = row.GetInt64(2), LastUpdatedTimestamp = row.GetInt64(3), Description = row.TextOrNull(4) });
    }

    /// <summary>A version's own row.</summary>
    public sealed record VersionRow(long Model, long Number, ModelVersion Version)
    {
        public const string Columns = """
            v.registered_model_id, v.version, m.name, v.creation_time, v.last_update_time, v.user_id, v.stage, v.description, v.source, v.run_id, v.status, v.status_message,
            v.run_link, v.model_id
            """;

        public const int ColumnCount = 14;

        public static VersionRow Read(DbDataReader row) => new(row.GetInt64(0), row.GetInt64(1), new ModelVersion
        {
            Name = row.GetString(2),
            Version = Text(row.GetInt64(1)),
            CreationTimestamp = row.GetInt64(3),
            LastUpdatedTimestamp = row.GetInt64(4),
            UserId = row.TextOrNull(5),
            CurrentStage = row.GetString(6),
            Description = row.TextOrNull(7),
            Source = row.TextOrNull(8),
            RunId = row.TextOrNull(9),
            Status = row.GetString(10),
            StatusMessage = row.TextOrNull(11),
            RunLink = row.TextOrNull(12),
            ModelId = row.TextOrNull(13),
        });
    }

    private sealed record Alias(long Model, string Name, long Version);
}
