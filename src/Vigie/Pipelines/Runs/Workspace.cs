using System.IO.Enumeration;

namespace Vigie.Pipelines;

/// <summary>The files of a workspace as texts.</summary>
/// <param name="config">The repository.</param>
public sealed class WorkspaceTexts(PipelineConfig config) : IFileTexts
{
    private static readonly EnumerationOptions All = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private IReadOnlyList<string>? files;

    /// <inheritdoc/>
    public string? Read(string fullPath) => File.Exists(fullPath) ? File.ReadAllText(fullPath) : null;

    /// <inheritdoc/>
    public IEnumerable<string> Find(string nameOrEnding)
    {
        files ??= [.. Definitions(config.Root, new IgnoreFiles(config.Root))];
        return files.Where(file => file.EndsWith(nameOrEnding, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Definitions(string folder, IgnoreFiles ignored)
    {
        var folders = new List<string>();
        foreach ((string path, bool isFolder) in new FileSystemEnumerable<(string Path, bool IsFolder)>(folder, static (ref FileSystemEntry entry) => (entry.ToFullPath(), entry.IsDirectory && !entry.Attributes.HasFlag(FileAttributes.ReparsePoint)), All)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => entry.IsDirectory || entry.FileName.SequenceEqual("dvc.yaml") || entry.FileName.EndsWith(".dvc"),
        })
        {
            if (ignored.IsIgnored(path, isFolder)) continue;
            if (isFolder) folders.Add(path);
            else yield return path;
        }
        foreach (string inner in folders)
        {
            foreach (string file in Definitions(inner, ignored)) yield return file;
        }
    }
}
