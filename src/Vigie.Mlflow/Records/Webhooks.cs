using System.Text.Json.Serialization;
using Vigie.Mlflow.Server;

namespace Vigie.Mlflow;

/// <summary>An address that is told of changes in the registry. Its secret is never answered.</summary>
public sealed record Webhook
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string WebhookId { get; init; }

    /// <summary>1 to 63 letters, digits and <c>. _ -</c>, a letter or digit at both ends; not unique.</summary>
    public required string Name { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>An http or https address.</summary>
    public required string Url { get; init; }

    /// <summary>What it is told of; at least one.</summary>
    public required IReadOnlyList<WebhookEvent> Events { get; init; }

    /// <summary><see cref="WebhookStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long CreationTimestamp { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long LastUpdatedTimestamp { get; init; }
}

/// <summary>A kind of change, in capitals as MLflow's messages write it.</summary>
/// <param name="Entity">What changed, such as MODEL_VERSION.</param>
/// <param name="Action">How: CREATED, DELETED or SET.</param>
public sealed record WebhookEvent(
    [property: JsonConverter(typeof(WireWebhookEntity))] string Entity, [property: JsonConverter(typeof(WireWebhookAction))] string Action)
{
    /// <summary>A registered model was created.</summary>
    public static readonly WebhookEvent ModelCreated = new("REGISTERED_MODEL", "CREATED");

    /// <summary>A version was registered.</summary>
    public static readonly WebhookEvent VersionCreated = new("MODEL_VERSION", "CREATED");

    /// <summary>A version's tag was set.</summary>
    public static readonly WebhookEvent VersionTagSet = new("MODEL_VERSION_TAG", "SET");

    /// <summary>A version's tag was deleted.</summary>
    public static readonly WebhookEvent VersionTagDeleted = new("MODEL_VERSION_TAG", "DELETED");

    /// <summary>An alias was set; also that of the champion, by a promotion or a rollback.</summary>
    public static readonly WebhookEvent AliasCreated = new("MODEL_VERSION_ALIAS", "CREATED");

    /// <summary>An alias was deleted.</summary>
    public static readonly WebhookEvent AliasDeleted = new("MODEL_VERSION_ALIAS", "DELETED");

    /// <summary>All events, those of prompts last: prompts are registered models with a tag that says so, and have events of their own.</summary>
    public static readonly IReadOnlyList<WebhookEvent> All =
    [
        ModelCreated, VersionCreated, VersionTagSet, VersionTagDeleted, AliasCreated, AliasDeleted,
        new("PROMPT", "CREATED"), new("PROMPT_VERSION", "CREATED"), new("PROMPT_TAG", "SET"), new("PROMPT_TAG", "DELETED"),
        new("PROMPT_VERSION_TAG", "SET"), new("PROMPT_VERSION_TAG", "DELETED"), new("PROMPT_ALIAS", "CREATED"), new("PROMPT_ALIAS", "DELETED"),
    ];

    /// <inheritdoc/>
    public override string ToString() => $"{Entity.ToLowerInvariant()}.{Action.ToLowerInvariant()}";
}

/// <summary>Whether a webhook is told of changes.</summary>
public static class WebhookStatus
{
    /// <summary>It is.</summary>
    public const string Active = "ACTIVE";

    /// <summary>It is not; messages on their way wait.</summary>
    public const string Disabled = "DISABLED";

    /// <summary>Both, in the order of MLflow's numbers, which begin at 1.</summary>
    public static readonly IReadOnlyList<string> All = [Active, Disabled];
}

/// <summary>What came of a message that was sent to try a webhook out.</summary>
/// <param name="Success">Whether the answer was one of 200 to 399.</param>
/// <param name="ResponseStatus">HTTP status of the answer.</param>
/// <param name="ResponseBody">The answer's first characters.</param>
/// <param name="ErrorMessage">Why there was no answer.</param>
public sealed record WebhookTestResult(bool Success, int? ResponseStatus = null, string? ResponseBody = null, string? ErrorMessage = null);
