using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow;

/// <summary>Where a version's files come from: what the caller named, checked, with the run and the logged model that it leads to.</summary>
internal sealed record VersionSource(string Source, string? RunId, string? ModelId)
{
    /// <summary>Tag of a logged model: the versions that were made of it, as a JSON list.</summary>
    private const string VersionsTag = "mlflow.modelVersions";

    /// <summary>Tag of a version that is a prompt: it has no files, and its source is never read.</summary>
    public const string PromptTag = "mlflow.prompt.is_prompt";

    /// <summary>A version may be made of a version, and so on; more steps than this are a circle or a mistake.</summary>
    private const int LongestChain = 20;

    /// <summary>Whether a version with these tags is a prompt.</summary>
    public static bool IsPrompt(IReadOnlyList<Tag> tags) => tags.Any(tag => tag is { Key: PromptTag, Value: "true" or "True" });

    public static async Task<VersionSource> CheckedAsync(Session session, string? source, string? runId, string? modelId, IReadOnlyList<Tag> tags)
    {
        if (string.IsNullOrEmpty(source)) throw MlflowException.Invalid("Missing value for required parameter 'source': where are the files?");
        RegistryNames.Text(source, "source");
        RegistryNames.Text(runId, "run_id");
        RegistryNames.Text(modelId, "model_id");
        RefuseWayUp(source);
        runId = NullIfEmpty(runId);
        modelId = NullIfEmpty(modelId);
        string? scheme = SchemeOf(source);
        if (scheme == "models")
        {
            modelId ??= LoggedModelOf(source);
            if (LoggedModelOf(source) is { } id)
            {
                (string _, string? run) = await LoggedModelAsync(session, id);
                runId ??= run;
            }
            else
            {
                await PlaceAsync(session, source, LongestChain); // it must be there
            }
        }
        else if (scheme is null or "file")
        {
            if (!IsPrompt(tags)) await RequireWithinRunAsync(session, source, runId);
        }
        else if (scheme is "http" or "https" or "ftp" or "ftps")
        {
            throw MlflowException.Invalid($"Invalid model version source: '{source}'. A {scheme} address is not fetched: log the files as artifacts of a run and register them from there");
        }

        if (modelId is not null) await LoggedModelAsync(session, modelId);
        return new VersionSource(source, runId, modelId);
    }

    /// <summary>Where a version's files lie.</summary>
    public static Task<string> PlaceAsync(Session session, ModelVersion version) =>
        version.Source is null ? throw MlflowException.Missing($"version {version.Version} of '{version.Name}' has no source") : PlaceAsync(session, version.Source, LongestChain);

    /// <summary>Writes into the logged model's tags that a version was made of it.</summary>
    public static async Task NoteOnLoggedModelAsync(Session session, string modelId, string name, long version)
    {
        string? noted = await session.ScalarAsync<string>("SELECT value FROM logged_model_tags WHERE model_id = @id AND key = @key", ("@id", modelId), ("@key", VersionsTag));
        JsonArray versions = ListOf(noted);
        versions.Add(new JsonObject { ["name"] = name, ["version"] = RegisteredRows.Written(version) });
        await session.ExecuteAsync(
            "INSERT INTO logged_model_tags (model_id, key, value) VALUES (@id, @key, @value) ON CONFLICT (model_id, key) DO UPDATE SET value = excluded.value",
            ("@id", modelId), ("@key", VersionsTag), ("@value", versions.ToJsonString()));
    }

    private static async Task<string> PlaceAsync(Session session, string source, int steps)
    {
        if (SchemeOf(source) != "models") return source;
        if (steps == 0) throw MlflowException.Invalid($"source '{source}' leads from version to version without end");
        if (LoggedModelOf(source) is { } id) return (await LoggedModelAsync(session, id)).Place;
        string[] parts = source["models:/".Length..].TrimStart('/').Split('/');
        (string name, string? alias) = parts is [var only] && only.Split('@') is [var left, var right] ? (left, right) : (parts[0], null);
        if (alias is null && parts.Length != 2) throw MlflowException.Invalid($"source '{source}' cannot be read; expected models:/m-ID, models:/NAME/VERSION or models:/NAME@ALIAS");
        HeldModel model = await RegisteredRows.FindAsync(session, Uri.UnescapeDataString(name));
        long version = alias is null
            ? RegistryNames.Version(parts[1])
            : await session.ScalarAsync<long?>("SELECT version FROM model_aliases WHERE registered_model_id = @id AND alias = @alias", ("@id", model.Id), ("@alias", alias))
                ?? throw MlflowException.Missing($"source '{source}': '{name}' has no alias '{alias}'");
        ModelVersion found = await RegisteredRows.VersionAsync(session, model.Id, name, version);
        return await PlaceAsync(session, found.Source ?? throw MlflowException.Missing($"source '{source}' names a version without files"), steps - 1);
    }

    private static async Task<(string Place, string? RunId)> LoggedModelAsync(Session session, string id)
    {
        (string Place, string? RunId, string Stage)? row = await session.FirstAsync<(string, string?, string)?>(
            "SELECT artifact_uri, source_run_id, lifecycle_stage FROM logged_models WHERE model_id = @id", reader => (reader.GetString(0), reader.TextOrNull(1), reader.GetString(2)), ("@id", id));
        return row is { Stage: LifecycleStage.Active } found ? (found.Place, found.RunId) : throw MlflowException.Missing($"Logged model with ID '{id}' not found");
    }

    /// <summary>A path on the server's disk is taken only where it lies in the artifacts of the run: anything else would let a client read the server's files through the registry.</summary>
    private static async Task RequireWithinRunAsync(Session session, string source, string? runId)
    {
        string? root = runId is null ? null : await session.ScalarAsync<string>("SELECT artifact_uri FROM runs WHERE run_id = @run", ("@run", runId));
        if (root is not null && SchemeOf(root) is null or "file" && LocalPath(source) is { } path && LocalPath(root!) is { } within
            && (path == within || path.StartsWith(within.TrimEnd('/') + "/", StringComparison.Ordinal))) return;
        throw MlflowException.Invalid(
            $"Invalid model version source: '{source}'. A local path is taken only with run_id, and only below the artifacts of that run" + (root is null ? "" : $", which are at '{root}'"));
    }

    private static string? LocalPath(string address) => SchemeOf(address) is null ? Path.IsPathRooted(address) ? address : null
        : Uri.TryCreate(address, UriKind.Absolute, out Uri? uri) && uri.IsFile && uri.Host is "" or "localhost" ? uri!.LocalPath : null;

    /// <summary>Refuses <c>..</c> in whatever way it is written: an address is decoded until nothing changes.</summary>
    private static void RefuseWayUp(string source)
    {
        string plain = source;
        for (string decoded = Uri.UnescapeDataString(plain); decoded != plain; decoded = Uri.UnescapeDataString(plain)) plain = decoded;
        if (plain.Contains('\0', StringComparison.Ordinal) || plain.Split('/', '\\', '?', '#').Contains(".."))
            throw MlflowException.Invalid($"Invalid model version source: '{source}'. A source leads down only: '..' cannot stand in it");
    }

    private static string? LoggedModelOf(string source)
    {
        string rest = source.StartsWith("models:/", StringComparison.Ordinal) ? source["models:/".Length..].Trim('/') : "";
        return rest.StartsWith("m-", StringComparison.Ordinal) && !rest.Contains('/', StringComparison.Ordinal) && !rest.Contains('@', StringComparison.Ordinal) ? rest : null;
    }

    private static string? SchemeOf(string address)
    {
        int colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && Uri.CheckSchemeName(address[..colon]) ? address[..colon].ToUpperInvariant() switch
        {
            "FILE" => "file",
            "MODELS" => "models",
            "HTTP" => "http",
            "HTTPS" => "https",
            "FTP" => "ftp",
            "FTPS" => "ftps",
            _ => "other",
        } : null;
    }

    private static JsonArray ListOf(string? noted)
    {
        try
        {
            return noted is not null && JsonNode.Parse(noted) is JsonArray list ? list : [];
        }
        catch (JsonException)
        {
            return []; // a client wrote something else into MLflow's tag
        }
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
