namespace Vigie.Mlflow;

/// <summary>The champion of a registered model became another.</summary>
public sealed record ChampionChange
{
    /// <summary>The registered model.</summary>
    public required string Name { get; init; }

    /// <summary>One of <see cref="ChampionChangeKind"/>.</summary>
    public required string Kind { get; init; }

    /// <summary>Champion from now on; null where there is none any more.</summary>
    public string? Version { get; init; }

    /// <summary>Champion before; null where there was none.</summary>
    public string? PreviousVersion { get; init; }

    /// <summary>Why, as the one who did it says, or as the gate found.</summary>
    public string? Reason { get; init; }

    /// <summary>Who did it.</summary>
    public string? ChangedBy { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long ChangedAt { get; init; }
}

/// <summary>How a champion came or went.</summary>
public static class ChampionChangeKind
{
    /// <summary>Somebody promoted it.</summary>
    public const string Promoted = "promoted";

    /// <summary>It passed the gate.</summary>
    public const string Gate = "gate";

    /// <summary>The one after it was taken back.</summary>
    public const string RolledBack = "rolled back";

    /// <summary>An MLflow client set or deleted the alias by itself; the stages stayed as they were.</summary>
    public const string Alias = "alias";

    /// <summary>The champion's version was deleted.</summary>
    public const string Deleted = "deleted";
}
