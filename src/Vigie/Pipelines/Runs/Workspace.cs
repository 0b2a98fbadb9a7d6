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
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", All))
        {
            bool isFolder = entry.Attributes.HasFlag(FileAttributes.Directory) && entry.LinkTarget is null;
            if (isFolder && !ignored.IsIgnored(entry.FullName, true)) folders.Add(entry.FullName);
            else if (!isFolder && (entry.Name == "dvc.yaml" || entry.Name.EndsWith(".dvc", StringComparison.Ordinal)) && !ignored.IsIgnored(entry.FullName, false)) yield return entry.FullName;
        }
        foreach (string inner in folders)
        {
            foreach (string file in Definitions(inner, ignored)) yield return file;
        }
    }
}
