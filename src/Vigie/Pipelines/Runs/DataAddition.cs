namespace Vigie.Pipelines;

/// <summary>Data that were taken in.</summary>
/// <param name="Path">Full path of the data.</param>
/// <param name="File">Full path of the <c>.dvc</c> file.</param>
/// <param name="Content">What they are.</param>
public sealed record AddedData(string Path, string File, ContentId Content);

/// <summary>Takes data into the cache and describes them in <c>.dvc</c> files.</summary>
public sealed class DataAddition(PipelineWorkspace workspace)
{
    private readonly List<string> written = [];

    /// <summary>Files for git that were written.</summary>
    public IReadOnlyList<string> Written => written;

    /// <summary>Takes a file or folder in.</summary>
    /// <param name="fullPath">Where it is.</param>
    /// <param name="progress">Told of files.</param>
    /// <param name="cancellation">Ends it; what is in the cache by then does no harm.</param>
    /// <exception cref="PipelineException">It is not there, lies outside of the repository, or is another stage's.</exception>
    public AddedData Add(string fullPath, IProgress<StorageProgress>? progress = null, CancellationToken cancellation = default)
    {
        string path = Path.TrimEndingDirectorySeparator(fullPath), file = path + ".dvc";
        string name = workspace.Relative(path);
        if (FileStamp.Of(path) is null) throw new PipelineException($"{name} is not there");
        if (!path.StartsWith(workspace.Config.Root + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new PipelineException($"{name} lies outside of the repository {workspace.Config.Root}; copy it in, or make its folder a repository");
        if (path.EndsWith(".dvc", StringComparison.Ordinal) || Path.GetFileName(path) is "dvc.yaml" or "dvc.lock") throw new PipelineException($"{name} describes data; git keeps it");
        Stage? owner = workspace.Pipeline.Stages.FirstOrDefault(stage => stage.File != file && stage.Outputs.Any(output => IsWithin(output.FullPath, path) || IsWithin(path, output.FullPath)));
        if (owner is not null) throw new PipelineException($"{name} belongs to {(owner.IsData ? "" : "stage ")}{workspace.AddressOf(owner)} ({workspace.Relative(owner.File)}:{owner.Position.Line}) already{(owner.IsData ? $"; vigie commit {workspace.AddressOf(owner)} takes its changes in" : "")}");

        ContentId content = workspace.Store.Add(path, progress, cancellation);
        AtomicFile.Write(file, DvcFile.Write([new LockedPath(Path.GetFileName(path), content)]), isDurable: true);
        written.Add(file);
        if (workspace.Config.HasGit && GitIgnore.Add(path) is { } ignored) written.Add(ignored);
        return new AddedData(path, file, content);
    }

    private static bool IsWithin(string inner, string outer) => inner == outer || inner.StartsWith(outer + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
