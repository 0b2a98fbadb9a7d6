namespace Vigie.Pipelines;

/// <summary>The workspace as a tree of git, without touching index, branch or files.</summary>
internal sealed class WorkspaceSnapshot(PipelineWorkspace workspace, GitRepository git)
{
    /// <summary>Writes what git tracks, as it is now, and those untracked files that are asked for; ignored files are never in it.</summary>
    /// <param name="alsoWanted">Full paths of files and folders.</param>
    /// <returns>The tree's hash, and the untracked files that were left out.</returns>
    public (string Tree, IReadOnlyList<string> LeftOut) Write(IReadOnlyCollection<string> alsoWanted)
    {
        string[] untracked = [.. git.Run("ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", ":/").Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(path => Path.Combine(git.WorkTree, path))];
        ILookup<bool, string> parts = untracked.ToLookup(path => IsWithin(path, alsoWanted));
        string index = Path.Combine(workspace.Config.TemporaryFolder, "vigie-index-" + Guid.CreateVersion7(workspace.Clock.GetUtcNow()).ToString("N"));
        Directory.CreateDirectory(workspace.Config.TemporaryFolder);
        try
        {
            string own = Path.GetFullPath(git.Run("rev-parse", "--git-path", "index").TrimEnd('\n'), workspace.Config.Root);
            if (File.Exists(own)) File.Copy(own, index);
            var variables = new Dictionary<string, string> { ["GIT_INDEX_FILE"] = index };
            git.Run(variables, null, "add", "--update", "--", ":/");
            if (parts[true].Any()) git.Run(variables, string.Concat(parts[true].Select(path => Path.GetRelativePath(workspace.Config.Root, path).Replace('\\', '/') + "\0")), "update-index", "--add", "-z", "--stdin");
            return (git.Run(variables, null, "write-tree").Trim(), [.. parts[false]]);
        }
        finally
        {
            File.Delete(index);
            File.Delete(index + ".lock");
        }
    }

    /// <summary>Whether a path is one of those, or below one.</summary>
    public static bool IsWithin(string path, IReadOnlyCollection<string> wanted)
    {
        for (string? at = path; at is not null; at = Path.GetDirectoryName(at))
        {
            if (wanted.Contains(at)) return true;
        }
        return false;
    }
}
