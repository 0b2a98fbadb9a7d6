namespace Vigie.Mlflow;

/// <summary>One run: what it is, what it logged, what it used and made.</summary>
public sealed record Run(RunInfo Info, RunData Data, RunInputs? Inputs = null, RunOutputs? Outputs = null);

/// <summary>What a run is.</summary>
public sealed record RunInfo
{
    /// <summary>32 hexadecimal digits.</summary>
    public required string RunId { get; init; }

    /// <summary>The same; old clients read this one.</summary>
    public string RunUuid => RunId;

    /// <summary>Also the tag <c>mlflow.runName</c>.</summary>
    public string? RunName { get; init; }

    /// <summary>The experiment it belongs to.</summary>
    public required string ExperimentId { get; init; }

    /// <summary>Who started it, as the client says.</summary>
    public string? UserId { get; init; }

    /// <summary><see cref="RunStatus"/>.</summary>
    public required string Status { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long StartTime { get; init; }

    /// <summary>Milliseconds since the epoch; null while it runs.</summary>
    public long? EndTime { get; init; }

    /// <summary>Root of its artifacts.</summary>
    public required string ArtifactUri { get; init; }

    /// <summary><see cref="Mlflow.LifecycleStage"/>.</summary>
    public required string LifecycleStage { get; init; }
}

/// <summary>What a run logged: the latest value of each metric, params and tags, each in the order of the keys.</summary>
public sealed record RunData(IReadOnlyList<Metric> Metrics, IReadOnlyList<Param> Params, IReadOnlyList<Tag> Tags)
{
    /// <summary>The latest value of each.</summary>
    public IReadOnlyList<Metric> Metrics { get; init; } = Metrics ?? []; // the wire leaves empty lists out

    /// <summary>Settings.</summary>
    public IReadOnlyList<Param> Params { get; init; } = Params ?? []; // the wire leaves empty lists out

    /// <summary>Texts that may change.</summary>
    public IReadOnlyList<Tag> Tags { get; init; } = Tags ?? []; // the wire leaves empty lists out
}

/// <summary>One value of a metric. The latest of a key is the greatest by step, then timestamp, then value.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">May be NaN; ±∞ is kept as ±<see cref="double.MaxValue"/>, as MLflow does.</param>
/// <param name="Timestamp">Milliseconds since the epoch.</param>
/// <param name="Step">Epoch, batch or the like; may be negative.</param>
public sealed record Metric(string Key, double Value, long Timestamp, long Step = 0)
{
    /// <summary>The logged model it was measured on.</summary>
    public string? ModelId { get; init; }

    /// <summary>The data set it was measured on.</summary>
    public string? DatasetName { get; init; }

    /// <summary>Digest of that data set.</summary>
    public string? DatasetDigest { get; init; }

    /// <summary>The run it belongs to, where the answer spans several.</summary>
    public string? RunId { get; init; }
}

/// <summary>The data sets and models that a run read.</summary>
public sealed record RunInputs(IReadOnlyList<DatasetInput> DatasetInputs, IReadOnlyList<ModelInput> ModelInputs)
{
    /// <summary>Data sets.</summary>
    public IReadOnlyList<DatasetInput> DatasetInputs { get; init; } = DatasetInputs ?? []; // the wire leaves empty lists out

    /// <summary>Logged models.</summary>
    public IReadOnlyList<ModelInput> ModelInputs { get; init; } = ModelInputs ?? []; // the wire leaves empty lists out
}

/// <summary>A data set as a run used it; the tag <c>mlflow.data.context</c> says for what.</summary>
public sealed record DatasetInput(IReadOnlyList<Tag> Tags, Dataset Dataset)
{
    /// <summary>What it was used for, and the like.</summary>
    public IReadOnlyList<Tag> Tags { get; init; } = Tags ?? []; // the wire leaves empty lists out
}

/// <summary>A data set: name and digest identify it within an experiment.</summary>
public sealed record Dataset(string Name, string Digest, string SourceType, string Source, string? Schema = null, string? Profile = null);

/// <summary>A logged model that a run read.</summary>
public sealed record ModelInput(string ModelId);

/// <summary>What a run made.</summary>
public sealed record RunOutputs(IReadOnlyList<ModelOutput> ModelOutputs)
{
    /// <summary>Logged models.</summary>
    public IReadOnlyList<ModelOutput> ModelOutputs { get; init; } = ModelOutputs ?? []; // the wire leaves empty lists out
}

/// <summary>A logged model that a run made.</summary>
public sealed record ModelOutput(string ModelId, long Step = 0);

/// <summary>State of a run.</summary>
public static class RunStatus
{
    /// <summary>Going on.</summary>
    public const string Running = "RUNNING";

    /// <summary>Waits to start.</summary>
    public const string Scheduled = "SCHEDULED";

    /// <summary>Ended well.</summary>
    public const string Finished = "FINISHED";

    /// <summary>Ended in an error.</summary>
    public const string Failed = "FAILED";

    /// <summary>Was stopped.</summary>
    public const string Killed = "KILLED";

    /// <summary>All of them, in the order of MLflow's numbers, which begin at 1.</summary>
    public static readonly IReadOnlyList<string> All = [Running, Scheduled, Finished, Failed, Killed];
}
