using System.Globalization;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vigie.Mlflow;

/// <summary>
/// Messages of what changes in the registry. They are written in the transaction of the change, so that none tells of what did not happen and none is
/// forgotten; <see cref="WebhookWorker"/> takes them from there.
/// </summary>
internal static class Outbox
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task ModelCreatedAsync(Session session, string name, IReadOnlyList<Tag> tags, string? description, long now) => AddAsync(
        session, IsPrompt(tags) ? new WebhookEvent("PROMPT", "CREATED") : WebhookEvent.ModelCreated, now,
        () => new JsonObject { ["name"] = name, ["tags"] = TagsOf(tags), ["description"] = description });

    public static Task VersionCreatedAsync(Session session, ModelVersion version, long now)
    {
        if (!IsPrompt(version.Tags))
        {
            return AddAsync(session, WebhookEvent.VersionCreated, now, () => new JsonObject
            {
                ["name"] = version.Name,
                ["version"] = version.Version,
                ["source"] = version.Source,
                ["run_id"] = version.RunId,
                ["tags"] = TagsOf(version.Tags),
                ["description"] = version.Description,
            });
        }

        return AddAsync(session, new WebhookEvent("PROMPT_VERSION", "CREATED"), now, () => new JsonObject
        {
            ["name"] = version.Name,
            ["version"] = version.Version,
            ["template"] = version.Tags.FirstOrDefault(tag => tag.Key == "mlflow.prompt.text")?.Value,
            ["tags"] = TagsOf([.. version.Tags.Where(tag => !tag.Key.StartsWith("mlflow.prompt.", StringComparison.Ordinal))]),
            ["description"] = version.Description,
        });
    }

    /// <summary>A tag of a prompt was set; the tags of other registered models have no event.</summary>
    public static async Task ModelTagSetAsync(Session session, long model, string name, Tag tag, long now)
    {
        if (await IsPromptAsync(session, model))
            await AddAsync(session, new WebhookEvent("PROMPT_TAG", "SET"), now, () => new JsonObject { ["name"] = name, ["key"] = tag.Key, ["value"] = tag.Value });
    }

    public static async Task ModelTagDeletedAsync(Session session, long model, string name, string key, long now)
    {
        if (await IsPromptAsync(session, model)) await AddAsync(session, new WebhookEvent("PROMPT_TAG", "DELETED"), now, () => new JsonObject { ["name"] = name, ["key"] = key });
    }

    public static async Task VersionTagSetAsync(Session session, long model, string name, long version, Tag tag, long now) => await AddAsync(
        session, await IsPromptAsync(session, model) ? new WebhookEvent("PROMPT_VERSION_TAG", "SET") : WebhookEvent.VersionTagSet, now,
        () => new JsonObject { ["name"] = name, ["version"] = RegisteredRows.Written(version), ["key"] = tag.Key, ["value"] = tag.Value });

    public static async Task VersionTagDeletedAsync(Session session, long model, string name, long version, string key, long now) => await AddAsync(
        session, await IsPromptAsync(session, model) ? new WebhookEvent("PROMPT_VERSION_TAG", "DELETED") : WebhookEvent.VersionTagDeleted, now,
        () => new JsonObject { ["name"] = name, ["version"] = RegisteredRows.Written(version), ["key"] = key });

    public static async Task AliasSetAsync(Session session, long model, string name, string alias, long version, long now) => await AddAsync(
        session, await IsPromptAsync(session, model) ? new WebhookEvent("PROMPT_ALIAS", "CREATED") : WebhookEvent.AliasCreated, now,
        () => new JsonObject { ["name"] = name, ["alias"] = alias, ["version"] = RegisteredRows.Written(version) });

    public static async Task AliasDeletedAsync(Session session, long model, string name, string alias, long now) => await AddAsync(
        session, await IsPromptAsync(session, model) ? new WebhookEvent("PROMPT_ALIAS", "DELETED") : WebhookEvent.AliasDeleted, now,
        () => new JsonObject { ["name"] = name, ["alias"] = alias });

    /// <summary>The message that tries a webhook out: made-up names in the form of the real ones.</summary>
    public static string Example(WebhookEvent happened, long now)
    {
        var data = new JsonObject { ["name"] = "example_model" };
        if (happened.Entity is "MODEL_VERSION" or "PROMPT_VERSION" or "MODEL_VERSION_TAG" or "PROMPT_VERSION_TAG" || happened is { Entity: "MODEL_VERSION_ALIAS" or "PROMPT_ALIAS", Action: "CREATED" })
            data["version"] = "1";
        if (happened.Entity is "MODEL_VERSION")
        {
            data["source"] = "models:/m-0123456789abcdef0123456789abcdef";
            data["run_id"] = "0123456789abcdef0123456789abcdef";
        }

        if (happened.Entity is "PROMPT_VERSION") data["template"] = "Hello {{name}}";
        if (happened.Entity.EndsWith("_ALIAS", StringComparison.Ordinal)) data["alias"] = "example_alias";
        if (happened.Entity.EndsWith("_TAG", StringComparison.Ordinal)) data["key"] = "example_key";
        if (happened.Action == "SET") data["value"] = "example_value";
        if (happened.Entity is "REGISTERED_MODEL" or "MODEL_VERSION" or "PROMPT" or "PROMPT_VERSION")
        {
            data["tags"] = new JsonObject { ["example_key"] = "example_value" };
            data["description"] = "An example";
        }

        return Written(happened, now, data);
    }

    private static async Task AddAsync(Session session, WebhookEvent happened, long now, Func<JsonObject> data)
    {
        List<string> listeners = await session.QueryAsync(
            "SELECT w.webhook_id FROM webhook_events e JOIN webhooks w ON w.webhook_id = e.webhook_id WHERE e.entity = @entity AND e.action = @action AND w.status = @active ORDER BY w.webhook_id",
            reader => reader.GetString(0), ("@entity", happened.Entity), ("@action", happened.Action), ("@active", WebhookStatus.Active));
        if (listeners.Count == 0) return;
        string body = Written(happened, now, data());
        foreach (string webhook in listeners)
        {
            await session.ExecuteAsync(
                "INSERT INTO webhook_deliveries (delivery_id, webhook_id, entity, action, body, status, attempts, next_attempt_at, created_at) VALUES (@delivery, @webhook, @entity, @action, @body, 'waiting', 0, @now, @now)",
                ("@delivery", NewId()), ("@webhook", webhook), ("@entity", happened.Entity), ("@action", happened.Action), ("@body", body), ("@now", now));
        }
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    private static string Written(WebhookEvent happened, long now, JsonObject data) => new JsonObject
    {
        ["entity"] = happened.Entity.ToLowerInvariant(),
        ["action"] = happened.Action.ToLowerInvariant(),
        ["timestamp"] = DateTimeOffset.FromUnixTimeMilliseconds(now).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        ["data"] = data,
    }.ToJsonString(Readable);

    private static JsonObject TagsOf(IReadOnlyList<Tag> tags) => new(tags.Select(tag => KeyValuePair.Create(tag.Key, (JsonNode?)tag.Value)));

    private static bool IsPrompt(IReadOnlyList<Tag> tags) => tags.Any(tag => tag.Key == VersionSource.PromptTag && bool.TryParse(tag.Value, out bool yes) && yes);

    private static async Task<bool> IsPromptAsync(Session session, long model) => bool.TryParse(
        await session.ScalarAsync<string>("SELECT value FROM registered_model_tags WHERE registered_model_id = @id AND key = @key", ("@id", model), ("@key", VersionSource.PromptTag)), out bool yes) && yes;
}
