namespace Vigie.Mlflow;

/// <summary>Reads a page of registered models or of versions: one query for each kind of thing that they hold.</summary>
internal static class RegistryPages
{
    /// <summary>The models of these numbers, in the order given.</summary>
    public static async Task<IReadOnlyList<RegisteredModel>> ModelsAsync(Session session, IReadOnlyList<long> ids)
    {
        if (ids.Count == 0) return [];
        string among = session.Dialect.Among("@models");
        (string, object?) models = ("@models", session.Dialect.Numbers(ids));
        Dictionary<long, RegisteredModel> own = (await session.QueryAsync(
            $"SELECT id, name, creation_time, last_update_time, description FROM registered_models WHERE id {among}",
            row =>
            {
                var model = new RegisteredModel { Name = row.GetString(1), CreationTimestamp = row.GetInt64(2), LastUpdatedTimestamp = row.GetInt64(3), Description = row.TextOrNull(4) };
                return (Id: row.GetInt64(0), Model: model);
            },
            models)).ToDictionary(row => row.Id, row => row.Model);
        ILookup<long, Tag> tags = (await session.QueryAsync(
            $"SELECT key, value, registered_model_id FROM registered_model_tags WHERE registered_model_id {among} ORDER BY registered_model_id, key",
            row => (Id: row.GetInt64(2), Tag: RegisteredRows.ReadTag(row)), models)).ToLookup(row => row.Id, row => row.Tag);
        ILookup<long, ModelAlias> aliases = (await session.QueryAsync(
            $"SELECT registered_model_id, alias, version FROM model_aliases WHERE registered_model_id {among} ORDER BY registered_model_id, alias",
            row => (Id: row.GetInt64(0), Alias: new ModelAlias(row.GetString(1), RegisteredRows.Written(row.GetInt64(2)))), models)).ToLookup(row => row.Id, row => row.Alias);
        string newest = $"SELECT registered_model_id, MAX(version) FROM model_versions WHERE registered_model_id {among} GROUP BY registered_model_id, stage";
        ILookup<string, ModelVersion> latest =
            (await RegisteredRows.VersionsAsync(session, $"(v.registered_model_id, v.version) IN ({newest})", models)).ToLookup(version => version.Name, StringComparer.Ordinal);
        return [.. ids.Select(id => own[id] with { Tags = [.. tags[id]], Aliases = [.. aliases[id]], LatestVersions = [.. latest[own[id].Name]] })];
    }

    /// <summary>The versions, each by its model's number and its own, in the order given.</summary>
    public static async Task<IReadOnlyList<ModelVersion>> VersionsAsync(Session session, IReadOnlyList<(long Model, long Number)> ids)
    {
        if (ids.Count == 0) return [];
        (string, object?) models = ("@models", session.Dialect.Numbers([.. ids.Select(id => id.Model).Distinct()]));
        (string, object?) numbers = ("@numbers", session.Dialect.Numbers([.. ids.Select(id => id.Number).Distinct()]));
        Dictionary<long, string> names = (await session.QueryAsync(
            $"SELECT id, name FROM registered_models WHERE id {session.Dialect.Among("@models")}", row => (Id: row.GetInt64(0), Name: row.GetString(1)), models))
            .ToDictionary(row => row.Id, row => row.Name);
        string among = $"v.registered_model_id {session.Dialect.Among("@models")} AND v.version {session.Dialect.Among("@numbers")}";
        Dictionary<(string, string), ModelVersion> found =
            (await RegisteredRows.VersionsAsync(session, among, models, numbers)).ToDictionary(version => (version.Name, version.Version));
        return [.. ids.Select(id => found[(names[id.Model], RegisteredRows.Written(id.Number))])];
    }
}
