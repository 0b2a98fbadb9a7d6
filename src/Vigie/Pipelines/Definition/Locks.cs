namespace Vigie.Pipelines;

/// <summary>What a path held: a line of dvc.lock or of a <c>.dvc</c> file.</summary>
/// <param name="Path">As the stage names it.</param>
/// <param name="Content">What was there.</param>
public sealed record LockedPath(string Path, ContentId Content);

/// <summary>Names the content of a file or folder.</summary>
/// <param name="Md5">32 lower-case hex digits, with <c>.dir</c> behind them for a folder.</param>
/// <param name="Size">Bytes, of all files of a folder.</param>
/// <param name="Files">Of a folder: how many files; null for a file.</param>
/// <param name="IsExecutable">Whether the file is to be run.</param>
public sealed record ContentId(string Md5, long Size, int? Files = null, bool IsExecutable = false)
{
    /// <summary>Whether it is a folder's.</summary>
    public bool IsFolder => Md5.EndsWith(".dir", StringComparison.Ordinal);
}

/// <summary>What a stage ran on and made, as dvc.lock keeps it.</summary>
/// <param name="Command">What ran.</param>
/// <param name="Dependencies">What it read, in the order of their paths.</param>
/// <param name="Parameters">By file as written, then by dotted key as declared; of a whole file, its top keys.</param>
/// <param name="Outputs">What it wrote, in the order of their paths.</param>
public sealed record LockedStage(StageCommand Command, IReadOnlyList<LockedPath> Dependencies, IReadOnlyList<KeyValuePair<string, DataMap>> Parameters, IReadOnlyList<LockedPath> Outputs);
