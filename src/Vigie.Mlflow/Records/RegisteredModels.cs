namespace Vigie.Mlflow;

/// <summary>A named line of model versions.</summary>
public sealed record RegisteredModel
{
    /// <summary>Unique.</summary>
    public required string Name { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long CreationTimestamp { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long LastUpdatedTimestamp { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>The newest version of each stage that has one.</summary>
    public IReadOnlyList<ModelVersion> LatestVersions { get => field ?? []; init; } // the wire leaves empty lists out

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<Tag> Tags { get => field ?? []; init; }

    /// <summary>In the order of their names.</summary>
    public IReadOnlyList<ModelAlias> Aliases { get => field ?? []; init; }
}

/// <summary>A name that points to one version, such as champion.</summary>
public sealed record ModelAlias(string Alias, string Version);

/// <summary>One version of a registered model.</summary>
public sealed record ModelVersion
{
    /// <summary>The registered model.</summary>
    public required string Name { get; init; }

    /// <summary>A number from 1 as a string; a deleted version's number is not given again.</summary>
    public required string Version { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long CreationTimestamp { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long LastUpdatedTimestamp { get; init; }

    /// <summary>Who registered it.</summary>
    public string? UserId { get; init; }

    /// <summary><see cref="ModelStage"/>.</summary>
    public required string CurrentStage { get; init; }

    /// <summary>Free text.</summary>
    public string? Description { get; init; }

    /// <summary>Where its files are: a path below a run's artifacts, or <c>models:/m-…</c>.</summary>
    public string? Source { get; init; }

    /// <summary>The run that made it.</summary>
    public string? RunId { get; init; }

    /// <summary>READY, PENDING_REGISTRATION or FAILED_REGISTRATION.</summary>
    public string Status { get => field ?? "READY"; init; }

    /// <summary>Why it failed.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>Address of the run's page, as the client says.</summary>
    public string? RunLink { get; init; }

    /// <summary>The logged model behind it.</summary>
    public string? ModelId { get; init; }

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<Tag> Tags { get => field ?? []; init; }

    /// <summary>Names that point here.</summary>
    public IReadOnlyList<string> Aliases { get => field ?? []; init; }
}

/// <summary>Stages of a version. Requests may write them in any case.</summary>
public static class ModelStage
{
    /// <summary>None yet.</summary>
    public const string None = "None";

    /// <summary>Under test.</summary>
    public const string Staging = "Staging";

    /// <summary>In use.</summary>
    public const string Production = "Production";

    /// <summary>Was in use.</summary>
    public const string Archived = "Archived";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [None, Staging, Production, Archived];
}
