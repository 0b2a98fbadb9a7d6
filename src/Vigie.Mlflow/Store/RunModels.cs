using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow;

/// <content>The models that clients before MLflow 3 logged below a run's artifacts: a list in a tag.</content>
public sealed partial class Runs
{
    private const string ModelsTag = "mlflow.log-model.history";

    private static readonly string[] Needed = ["artifact_path", "utc_time_created", "flavors"];

    /// <summary>What of an MLmodel goes into the tag: what tells models apart and how to load them, without signatures and configurations, which are long.</summary>
    private static readonly string[] Kept = ["run_id", "artifact_path", "utc_time_created", "model_uuid"];

    /// <summary>Adds a model to the run's tag <c>mlflow.log-model.history</c>.</summary>
    /// <param name="runId">An active run.</param>
    /// <param name="modelJson">The model folder's MLmodel, as JSON.</param>
    /// <param name="cancellation">Ends the wait for the database.</param>
    /// <exception cref="MlflowException">There is no such active run, or the text is no JSON object with artifact_path, utc_time_created and flavors.</exception>
    public async Task LogModelAsync(string runId, string modelJson, CancellationToken cancellation = default)
    {
        JsonObject entry = Entry(modelJson);
        await database.WriteAsync(
            async session =>
            {
                RunRow run = await FindActiveAsync(session, runId);
                string? before = await session.ScalarAsync<string>("SELECT value FROM tags WHERE run = @run AND key = @key", ("@run", run.Id), ("@key", ModelsTag));
                JsonArray models = before is not null && TryParse(before) is JsonArray list ? list : [];
                models.Add(entry.DeepClone());
                await PutTagsAsync(session, run.Id, [new Tag(ModelsTag, models.ToJsonString())]);
            },
            cancellation);
    }

    private static JsonObject Entry(string modelJson)
    {
        if (string.IsNullOrEmpty(modelJson)) throw MlflowException.Invalid("model_json is missing");
        if (TryParse(modelJson) is not JsonObject model) throw MlflowException.Invalid("model_json is no JSON object");
        string[] missing = [.. Needed.Where(key => model[key] is null)];
        if (missing.Length > 0) throw MlflowException.Invalid($"model_json has no {string.Join(", ", missing)}");
        if (model["flavors"] is not JsonObject flavors) throw MlflowException.Invalid("model_json's flavors is no object");
        var entry = new JsonObject();
        foreach (string key in Kept.Where(key => model[key] is not null)) entry[key] = model[key]!.DeepClone();
        entry["flavors"] = new JsonObject(flavors.Select(flavor => KeyValuePair.Create(
            flavor.Key,
            flavor.Value is JsonObject settings
                ? new JsonObject(settings.Where(setting => setting.Key != "config").Select(setting => KeyValuePair.Create(setting.Key, setting.Value?.DeepClone())))
                : flavor.Value?.DeepClone())));
        return entry;
    }

    private static JsonNode? TryParse(string json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
