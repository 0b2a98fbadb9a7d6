using System.Data.Common;
using System.Globalization;

namespace Vigie.Mlflow;

/// <summary>Reads registered models and their versions out of the tables.</summary>
internal static class RegisteredRows
{
    /// <summary>The columns that <see cref="VersionsAsync"/> reads of <c>model_versions v JOIN registered_models m</c>.</summary>
    private const string VersionColumns =
        "v.registered_model_id, m.name, v.version, v.stage, v.description, v.user_id, v.source, v.run_id, v.run_link, v.model_id, v.status, v.status_message, v.creation_time, v.last_update_time";

    /// <summary>The row of a registered model, held until the transaction ends: whoever changes a model or its versions asks for it first, so changes of one model follow each other.</summary>
    public static async Task<HeldModel> HoldAsync(Session session, string name)
    {
        RegistryNames.Model(name);
        return await session.FirstAsync($"SELECT id, last_version FROM registered_models WHERE name = @name{(session.Dialect.IsSqlite ? "" : " FOR UPDATE")}", ReadHeld, ("@name", name))
            ?? throw NoModel(name);
    }

    /// <summary>The same without holding it, for reading.</summary>
    public static async Task<HeldModel> FindAsync(Session session, string name)
    {
        RegistryNames.Model(name);
        return await session.FirstAsync("SELECT id, last_version FROM registered_models WHERE name = @name", ReadHeld, ("@name", name)) ?? throw NoModel(name);
    }

    public static async Task<RegisteredModel> ModelAsync(Session session, long id)
    {
        RegisteredModel model = (await session.FirstAsync(
            "SELECT name, description, creation_time, last_update_time FROM registered_models WHERE id = @id",
            reader => new RegisteredModel { Name = reader.GetString(0), Description = reader.TextOrNull(1), CreationTimestamp = reader.GetInt64(2), LastUpdatedTimestamp = reader.GetInt64(3) },
            ("@id", id)))!;
        return model with
        {
            Tags = await session.QueryAsync("SELECT key, value FROM registered_model_tags WHERE registered_model_id = @id ORDER BY key", ReadTag, ("@id", id)),
            Aliases = await session.QueryAsync(
                "SELECT alias, version FROM model_aliases WHERE registered_model_id = @id ORDER BY alias",
                reader => new ModelAlias(reader.GetString(0), Written(reader.GetInt64(1))), ("@id", id)),
            LatestVersions = await LatestAsync(session, id),
        };
    }

    /// <summary>The newest version of each stage that has one, in the order of the versions.</summary>
    public static Task<List<ModelVersion>> LatestAsync(Session session, long id) =>
        VersionsAsync(session, "v.registered_model_id = @id AND v.version IN (SELECT MAX(version) FROM model_versions WHERE registered_model_id = @id GROUP BY stage)", ("@id", id));

    /// <summary>A version, or the answer that it is not there.</summary>
    public static async Task<ModelVersion> VersionAsync(Session session, long id, string name, long version) =>
        (await VersionsAsync(session, "v.registered_model_id = @id AND v.version = @version", ("@id", id), ("@version", version))).FirstOrDefault()
        ?? throw NoVersion(name, version);

    /// <summary>Versions with their tags and aliases, in the order of the models' names and of the versions.</summary>
    /// <param name="session">The transaction.</param>
    /// <param name="condition">Over <c>v</c>, model_versions, and <c>m</c>, registered_models; never of a caller's text.</param>
    /// <param name="parameters">Of the condition.</param>
    public static async Task<List<ModelVersion>> VersionsAsync(Session session, string condition, params (string Name, object? Value)[] parameters)
    {
        const string from = "FROM model_versions v JOIN registered_models m ON m.id = v.registered_model_id";
        List<(long Model, long Number, ModelVersion Version)> versions = await session.QueryAsync($"SELECT {VersionColumns} {from} WHERE {condition} ORDER BY m.name, v.version", ReadVersion, parameters);
        if (versions.Count == 0) return [];
        ILookup<(long, long), Tag> tags = (await session.QueryAsync(
            $"SELECT t.registered_model_id, t.version, t.key, t.value {from} JOIN model_version_tags t ON t.registered_model_id = v.registered_model_id AND t.version = v.version WHERE {condition} ORDER BY t.key",
            reader => (Of: (reader.GetInt64(0), reader.GetInt64(1)), Tag: new Tag(reader.GetString(2), reader.GetString(3))), parameters)).ToLookup(row => row.Of, row => row.Tag);
        ILookup<(long, long), string> aliases = (await session.QueryAsync(
            $"SELECT a.registered_model_id, a.version, a.alias {from} JOIN model_aliases a ON a.registered_model_id = v.registered_model_id AND a.version = v.version WHERE {condition} ORDER BY a.alias",
            reader => (Of: (reader.GetInt64(0), reader.GetInt64(1)), Alias: reader.GetString(2)), parameters)).ToLookup(row => row.Of, row => row.Alias);
        return [.. versions.Select(row => row.Version with { Tags = [.. tags[(row.Model, row.Number)]], Aliases = [.. aliases[(row.Model, row.Number)]] })];
    }

    public static string Written(long version) => version.ToString(CultureInfo.InvariantCulture);

    public static MlflowException NoModel(string name) => MlflowException.Missing($"Registered Model with name={name} not found");

    public static MlflowException NoVersion(string name, long version) => MlflowException.Missing($"Model Version (name={name}, version={Written(version)}) not found");

    public static Tag ReadTag(DbDataReader reader) => new(reader.GetString(0), reader.GetString(1));

    private static HeldModel ReadHeld(DbDataReader reader) => new(reader.GetInt64(0), reader.GetInt64(1));

    private static (long Model, long Number, ModelVersion Version) ReadVersion(DbDataReader reader) => (reader.GetInt64(0), reader.GetInt64(2), new ModelVersion
    {
        Name = reader.GetString(1),
        Version = Written(reader.GetInt64(2)),
        CurrentStage = reader.GetString(3),
        Description = reader.TextOrNull(4),
        UserId = reader.TextOrNull(5),
        Source = reader.TextOrNull(6),
        RunId = reader.TextOrNull(7),
        RunLink = reader.TextOrNull(8),
        ModelId = reader.TextOrNull(9),
        Status = reader.GetString(10),
        StatusMessage = reader.TextOrNull(11),
        CreationTimestamp = reader.GetInt64(12),
        LastUpdatedTimestamp = reader.GetInt64(13),
    });
}

/// <summary>A registered model's own number, and the number last given to a version of it.</summary>
internal sealed record HeldModel(long Id, long LastVersion);
