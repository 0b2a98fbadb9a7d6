namespace Vigie.Pipelines;

/// <summary>
/// A step of a pipeline: what it reads, what it runs, what it writes. All templates are resolved; one of a <c>foreach</c> or <c>matrix</c> is a stage of its own.
/// Paths are written as in the file, relative to <see cref="WorkingFolder"/>, with forward slashes.
/// </summary>
/// <param name="Name">As in dvc.yaml: <c>prepare</c>, <c>train@nb</c>. Of a <c>.dvc</c> file: the file's name.</param>
/// <param name="File">Full path of the dvc.yaml or <c>.dvc</c> file that declares it.</param>
/// <param name="WorkingFolder">Full path of the folder where the command runs.</param>
public sealed record Stage(string Name, string File, string WorkingFolder)
{
    /// <summary>What it runs; null for data that were added (<c>.dvc</c> file).</summary>
    public StageCommand? Command { get; init; }

    /// <summary>Files and folders it reads.</summary>
    public IReadOnlyList<StagePath> Dependencies { get; init; } = [];

    /// <summary>Parameters it reads, by file.</summary>
    public IReadOnlyList<StageParameters> Parameters { get; init; } = [];

    /// <summary>Files and folders it writes; metrics and plots among them.</summary>
    public IReadOnlyList<StageOutput> Outputs { get; init; } = [];

    /// <summary>Never run again, whatever changed.</summary>
    public bool Frozen { get; init; }

    /// <summary>Run every time, whatever did not change.</summary>
    public bool AlwaysChanged { get; init; }

    /// <summary>What people wrote about it.</summary>
    public string? Description { get; init; }

    /// <summary>Where it is declared.</summary>
    public FilePosition Position { get; init; }

    /// <summary>Whether it only says which data belong here.</summary>
    public bool IsData => Command is null;
}

/// <summary>What a stage runs: a line, or several that run one after the other until one fails.</summary>
/// <param name="Lines">As for <c>sh -c</c>.</param>
/// <param name="IsList">Whether it was written as a list, which a lock file keeps.</param>
public sealed record StageCommand(IReadOnlyList<string> Lines, bool IsList);

/// <summary>A path as a stage names it.</summary>
/// <param name="Path">As written.</param>
/// <param name="FullPath">Where that is.</param>
public record StagePath(string Path, string FullPath);

/// <summary>Keys of a parameter file that a stage depends on.</summary>
/// <param name="Path">The file, as written: YAML, JSON or TOML by its ending.</param>
/// <param name="FullPath">Where that is.</param>
/// <param name="Keys">Dotted keys; empty for the whole file.</param>
public sealed record StageParameters(string Path, string FullPath, IReadOnlyList<string> Keys) : StagePath(Path, FullPath);

/// <summary>What a stage writes is for.</summary>
public enum OutputKind
{
    /// <summary>Data or a model.</summary>
    Data,

    /// <summary>Figures: a YAML, JSON or TOML file.</summary>
    Metric,

    /// <summary>Points of a curve (CSV, TSV, JSON, YAML) or a picture.</summary>
    Plot,
}

/// <summary>A path that a stage writes.</summary>
/// <param name="Path">As written.</param>
/// <param name="FullPath">Where that is.</param>
public sealed record StageOutput(string Path, string FullPath) : StagePath(Path, FullPath)
{
    /// <summary>What it is for.</summary>
    public OutputKind Kind { get; init; }

    /// <summary>Whether it is kept in the cache; otherwise git has it.</summary>
    public bool Cache { get; init; } = true;

    /// <summary>Whether it stays where it is before a run, instead of being removed.</summary>
    public bool Persist { get; init; }

    /// <summary>Whether it goes to remotes.</summary>
    public bool Push { get; init; } = true;

    /// <summary>The remote it goes to; null for the default.</summary>
    public string? Remote { get; init; }

    /// <summary>What people wrote about it.</summary>
    public string? Description { get; init; }

    /// <summary>How to draw it, as declared: x, y, title, x_label, y_label, template, header. Null but for plots.</summary>
    public DataMap? Plot { get; init; }

    /// <summary>Of a <c>.dvc</c> file: what was added. Null in a dvc.yaml, whose dvc.lock says it.</summary>
    public LockedPath? Locked { get; init; }
}

/// <summary>A place in a text file.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public readonly record struct FilePosition(int Line, int Column);

/// <summary>A file of a pipeline cannot be used as it is; the message names file and line and says what would be right.</summary>
public sealed class PipelineException(string message, Exception? inner = null) : InvalidInputException(message, inner!)
{
    /// <summary>At a place of a file.</summary>
    public PipelineException(string file, FilePosition at, string what) : this($"{file}:{at.Line}:{at.Column}: {what}") { }
}
