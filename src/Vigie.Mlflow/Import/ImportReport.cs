namespace Vigie.Mlflow.Import;

/// <summary>What an import took over, what was there already, and what it left out.</summary>
public sealed record ImportReport
{
    /// <summary>Experiments that were created.</summary>
    public int Experiments { get; init; }

    /// <summary>Runs that were created.</summary>
    public int Runs { get; init; }

    /// <summary>Runs that were there already; what had been added to them since was added here.</summary>
    public int RunsThereAlready { get; init; }

    /// <summary>Logged models of MLflow 3 that were created.</summary>
    public int LoggedModels { get; init; }

    /// <summary>Registered models that were created.</summary>
    public int RegisteredModels { get; init; }

    /// <summary>Versions of registered models that were created.</summary>
    public int ModelVersions { get; init; }

    /// <summary>Files that were copied.</summary>
    public int Files { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long Bytes { get; init; }

    /// <summary>What was left out, in the order in which it was met.</summary>
    public IReadOnlyList<Skipped> Skipped { get; init; } = [];
}

/// <summary>Something that an import left out.</summary>
/// <param name="What">Which experiment, run, model or file.</param>
/// <param name="Why">The reason, with the values.</param>
public sealed record Skipped(string What, string Why);

/// <summary>How far an import is: what it is at, and what it has so far.</summary>
public sealed record ImportProgress(string At, ImportReport SoFar);
