namespace Vigie.Mlflow;

/// <summary>A named group of runs. Property names are those of MLflow's wire format, in snake case there.</summary>
/// <param name="ExperimentId">A number as a string; <c>0</c> is the experiment Default, which always exists.</param>
/// <param name="Name">Unique, deleted experiments included.</param>
/// <param name="ArtifactLocation">Where its runs' artifacts go, such as <c>mlflow-artifacts:/1</c>.</param>
/// <param name="LifecycleStage"><see cref="Mlflow.LifecycleStage"/>.</param>
/// <param name="LastUpdateTime">Milliseconds since the epoch.</param>
/// <param name="CreationTime">Milliseconds since the epoch.</param>
/// <param name="Tags">In the order of their keys.</param>
public sealed record Experiment(string ExperimentId, string Name, string ArtifactLocation, string LifecycleStage, long LastUpdateTime, long CreationTime, IReadOnlyList<Tag> Tags)
{
    /// <summary>In the order of their keys.</summary>
    public IReadOnlyList<Tag> Tags { get; init; } = Tags ?? []; // the wire leaves empty lists out
}

/// <summary>A key with a text.</summary>
public sealed record Tag(string Key, string Value);

/// <summary>A setting of a run: logged once, never changed.</summary>
public sealed record Param(string Key, string Value);

/// <summary>Whether an experiment or run is in use.</summary>
public static class LifecycleStage
{
    /// <summary>In use.</summary>
    public const string Active = "active";

    /// <summary>Hidden, and to be restored or removed for good.</summary>
    public const string Deleted = "deleted";
}
