namespace Vigie.Pipelines;

/// <summary>A dvc.yaml, all of it resolved.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Stages">In the file's order.</param>
/// <param name="Parameters">Files of top-level <c>params</c>, as written.</param>
/// <param name="Metrics">Files of top-level <c>metrics</c>, as written.</param>
/// <param name="Plots">Top-level <c>plots</c>: what is drawn by name, and how.</param>
public sealed record PipelineFile(string Path, IReadOnlyList<Stage> Stages, IReadOnlyList<string> Parameters, IReadOnlyList<string> Metrics, IReadOnlyList<KeyValuePair<string, DataMap>> Plots)
{
    /// <summary>Reads a dvc.yaml, with the files that its <c>vars</c> name.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="files">Where texts come from: the workspace, or a revision of git.</param>
    /// <exception cref="PipelineException">It cannot be used; the message names the line.</exception>
    public static PipelineFile Read(string path, IFileTexts files) => new PipelineFileReader(path, files).Read();
}

/// <summary>Texts of a tree of files: the workspace's, or those of a revision.</summary>
public interface IFileTexts
{
    /// <summary>The text of a file, or null where there is none.</summary>
    /// <param name="fullPath">As it would be in the workspace.</param>
    string? Read(string fullPath);

    /// <summary>Full paths of all files of that name, or with that ending (<c>.dvc</c>), that no .dvcignore leaves out.</summary>
    IEnumerable<string> Find(string nameOrEnding);
}
