namespace Vigie.Mlflow;

/// <summary>A model of MLflow 3: an entity of its own, with files, params and metrics, made by a run.</summary>
public sealed record LoggedModel(LoggedModelInfo Info, LoggedModelData Data);

/// <summary>What a logged model is.</summary>
public sealed record LoggedModelInfo
{
    /// <summary><c>m-</c> and 32 hexadecimal digits.</summary>
    public required string ModelId { get; init; }

    /// <summary>The experiment it belongs to.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>Not unique.</summary>
    public required string Name { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long CreationTimestampMs { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long LastUpdatedTimestampMs { get; init; }

    /// <summary>Root of its files.</summary>
    public required string ArtifactUri { get; init; }

    /// <summary><see cref="LoggedModelStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Who made it.</summary>
    public string? CreatorId { get; init; }

    /// <summary>Such as Agent or Classifier, as the client says.</summary>
    public string? ModelType { get; init; }

    /// <summary>The run that made it.</summary>
    public string? SourceRunId { get; init; }

    /// <summary>Why it failed.</summary>
    public string? StatusMessage { get; init; }

    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<Tag> Tags { get => field ?? []; init; }
}

/// <summary>What was logged about a model.</summary>
public sealed record LoggedModelData(IReadOnlyList<Param> Params, IReadOnlyList<Metric> Metrics)
{
    /// <summary>Settings.</summary>
    public IReadOnlyList<Param> Params { get; init; } = Params ?? []; // the wire leaves empty lists out

    /// <summary>What was measured on it.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = Metrics ?? []; // the wire leaves empty lists out
}

/// <summary>State of a logged model.</summary>
public static class LoggedModelStatus
{
    /// <summary>Being uploaded.</summary>
    public const string Pending = "LOGGED_MODEL_PENDING";

    /// <summary>Complete.</summary>
    public const string Ready = "LOGGED_MODEL_READY";

    /// <summary>The upload failed.</summary>
    public const string UploadFailed = "LOGGED_MODEL_UPLOAD_FAILED";
}
