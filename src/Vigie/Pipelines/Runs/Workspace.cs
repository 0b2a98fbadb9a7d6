namespace Vigie.Pipelines;

/// <summary>The files of a workspace as texts.</summary>
/// <param name="config">The repository.</param>
public sealed class WorkspaceTexts(PipelineConfig config) : IFileTexts
{
    /// <inheritdoc/>
    public string? Read(string fullPath) => File.Exists(fullPath) ? File.ReadAllText(fullPath) : null;

    /// <inheritdoc/>
    public IEnumerable<string> Find(string nameOrEnding) => throw new NotImplementedException(config.Root);
}
