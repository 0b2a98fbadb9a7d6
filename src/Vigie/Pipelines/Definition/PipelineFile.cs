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
    public static PipelineFile Read(string path, IFileTexts files) => throw new NotImplementedException();
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

/// <summary>A <c>.dvc</c> file: data that were added.</summary>
public static class DvcFile
{
    /// <summary>Reads one.</summary>
    /// <exception cref="PipelineException">It cannot be used.</exception>
    public static Stage Read(string path, IFileTexts files) => throw new NotImplementedException();

    /// <summary>The file's text for these outputs, byte for byte as DVC writes it.</summary>
    public static string Write(IReadOnlyList<LockedPath> outputs) => throw new NotImplementedException();
}

/// <summary>A dvc.lock: what each stage last ran on and made.</summary>
public static class LockFile
{
    /// <summary>Its stages by name, in the file's order; empty where there is no such file.</summary>
    /// <exception cref="PipelineException">It cannot be read: conflict marks of git, or not a lock file.</exception>
    public static IReadOnlyList<KeyValuePair<string, LockedStage>> Read(string path, IFileTexts files) => throw new NotImplementedException();

    /// <summary>The file's text, byte for byte as DVC writes it.</summary>
    public static string Write(IReadOnlyList<KeyValuePair<string, LockedStage>> stages) => throw new NotImplementedException();

    /// <summary>One stage as a file of the run cache holds it, byte for byte.</summary>
    public static string WriteOne(LockedStage stage) => throw new NotImplementedException();

    /// <summary>One stage from a file of the run cache.</summary>
    public static LockedStage ReadOne(string path, string text) => throw new NotImplementedException();
}

/// <summary>Names of the run cache: SHA-256 of a stage's canonical JSON.</summary>
/// <param name="Key">Of what went in, and the paths of what came out.</param>
/// <param name="Value">Of what came out, too.</param>
public sealed record RunCacheName(string Key, string Value)
{
    /// <summary>The names for a stage that ran.</summary>
    public static RunCacheName Of(LockedStage stage) => throw new NotImplementedException();

    /// <summary>The key for a stage that would run.</summary>
    public static string KeyOf(LockedStage stage) => throw new NotImplementedException();
}

/// <summary>Reads files of parameters and metrics: YAML, JSON or TOML by their ending.</summary>
public static class DataFile
{
    /// <summary>The file's map, or null where there is no such file.</summary>
    /// <exception cref="PipelineException">It cannot be parsed.</exception>
    public static DataValue? Read(string path, IFileTexts files) => throw new NotImplementedException();

    /// <summary>The values of dotted keys as a lock file keeps them; missing ones are absent. Without keys, the whole map.</summary>
    public static DataMap Select(DataValue content, IReadOnlyList<string> keys) => throw new NotImplementedException();

    /// <summary>The text of a YAML, JSON or TOML file with values put in place of others by dotted key, all else untouched: comments, order, quotes.</summary>
    /// <param name="path">Names the format, and is named by errors.</param>
    /// <param name="text">The file.</param>
    /// <param name="changes">Dotted keys (<c>train.ngrams[0]</c> too) and their new values; DataNothing with <c>~key</c> removes.</param>
    public static string Change(string path, string text, IReadOnlyList<KeyValuePair<string, DataValue>> changes) => throw new NotImplementedException();
}

/// <summary>All stages of a repository, and who needs whom.</summary>
public sealed class Pipeline
{
    /// <summary>Finds and reads every dvc.yaml and <c>.dvc</c> file.</summary>
    /// <exception cref="PipelineException">One cannot be used, two stages have one output, stages wait for each other, or an output lies within another.</exception>
    public static Pipeline Load(string root, IFileTexts files) => throw new NotImplementedException();

    /// <summary>Full path of the repository: the folder that holds .dvc.</summary>
    public string Root => throw new NotImplementedException();

    /// <summary>All dvc.yaml files.</summary>
    public IReadOnlyList<PipelineFile> Files => throw new NotImplementedException();

    /// <summary>All stages, data among them, every one behind those that it needs, otherwise in the order of files and their lines.</summary>
    public IReadOnlyList<Stage> Stages => throw new NotImplementedException();

    /// <summary>How people name a stage from a folder: <c>train</c>, <c>sub/dvc.yaml:train</c>, <c>data.csv.dvc</c>.</summary>
    public string AddressOf(Stage stage, string workingFolder) => throw new NotImplementedException();

    /// <summary>The stages that a name means: a stage, all of a foreach or matrix, a dvc.yaml or <c>.dvc</c> file, or an output's path.</summary>
    /// <exception cref="PipelineException">There is none; the message names those that look alike.</exception>
    public IReadOnlyList<Stage> Find(string name, string workingFolder) => throw new NotImplementedException();

    /// <summary>The stages whose outputs a stage reads.</summary>
    public IReadOnlyList<Stage> Before(Stage stage) => throw new NotImplementedException();

    /// <summary>The stages that read an output of a stage.</summary>
    public IReadOnlyList<Stage> After(Stage stage) => throw new NotImplementedException();
}
