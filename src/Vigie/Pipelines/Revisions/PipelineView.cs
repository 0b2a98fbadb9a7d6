namespace Vigie.Pipelines;

/// <summary>A pipeline as the workspace or a revision has it: its files, what is locked, and outputs by what the cache holds.</summary>
public sealed class PipelineView
{
    private readonly PipelineWorkspace workspace;
    private readonly bool isWorkspace;

    private PipelineView(PipelineWorkspace workspace, string name, IFileTexts texts, bool isWorkspace)
    {
        (this.workspace, Name, Texts, this.isWorkspace) = (workspace, name, texts, isWorkspace);
        Pipeline = isWorkspace ? workspace.Pipeline : Pipeline.Load(workspace.Config.Root, texts);
        Locks = isWorkspace ? workspace.Locks : new StageLocks(Pipeline, texts);
    }

    /// <summary>The workspace.</summary>
    public static PipelineView OfWorkspace(PipelineWorkspace workspace) => new(workspace, "workspace", workspace.Texts, isWorkspace: true);

    /// <summary>A revision of git.</summary>
    /// <exception cref="PipelineException">There is none of that name.</exception>
    public static PipelineView OfRevision(PipelineWorkspace workspace, string revision)
    {
        if (!workspace.Config.HasGit) throw new PipelineException($"there is no git here, so there is no revision '{revision}'");
        var git = new GitRepository(workspace.Config.Root);
        return new PipelineView(workspace, revision, new RevisionTexts(git, git.Resolve(revision)), isWorkspace: false);
    }

    /// <summary>As it was asked for.</summary>
    public string Name { get; }

    /// <summary>The files' texts.</summary>
    public IFileTexts Texts { get; }

    /// <summary>All stages.</summary>
    public Pipeline Pipeline { get; }

    /// <summary>What stages last ran on and made.</summary>
    public StageLocks Locks { get; }

    /// <summary>The text of an output or file: the workspace's own, git's, or what the cache holds of it.</summary>
    /// <returns>Null where there is none.</returns>
    public string? TextOf(string fullPath) => isWorkspace ? Texts.Read(fullPath) : Texts.Read(fullPath) ?? FromCache(fullPath);

    /// <summary>A file of this machine with the content of a path: the workspace's own, or the cache's.</summary>
    /// <returns>Null where there is none, or only git has it.</returns>
    public string? FileOf(string fullPath) => isWorkspace ? File.Exists(fullPath) ? fullPath : null : ObjectOf(fullPath) is { } md5 && workspace.Store.IsIntact(md5) ? workspace.Store.PathOf(md5) : null;

    /// <summary>Full paths of the files below a folder that a stage writes.</summary>
    public IReadOnlyList<string> FilesWithin(string folder)
    {
        if (isWorkspace) return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)] : [];
        foreach (Stage stage in Pipeline.Stages)
        {
            foreach (StageOutput output in stage.Outputs.Where(output => output.FullPath == folder))
            {
                if (Locks.ContentOf(stage, output) is { IsFolder: true } content) return [.. workspace.Store.Tree(content)?.Files.Select(file => Path.Combine(folder, file.Key)) ?? []];
            }
        }
        return [];
    }

    /// <summary>Texts of outputs too.</summary>
    public IFileTexts Everything => new WithCache(this);

    private string? FromCache(string fullPath) => ObjectOf(fullPath) is { } md5 && workspace.Store.IsIntact(md5) ? File.ReadAllText(workspace.Store.PathOf(md5)) : null;

    private string? ObjectOf(string fullPath)
    {
        foreach (Stage stage in Pipeline.Stages)
        {
            foreach (StageOutput output in stage.Outputs)
            {
                if (fullPath == output.FullPath && Locks.ContentOf(stage, output) is { IsFolder: false } file) return file.Md5;
                if (!fullPath.StartsWith(output.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal) || Locks.ContentOf(stage, output) is not { IsFolder: true } folder) continue;
                string inner = fullPath[(output.FullPath.Length + 1)..].Replace('\\', '/');
                return workspace.Store.Tree(folder)?.Files.FirstOrDefault(file => file.Key == inner).Value;
            }
        }
        return null;
    }

    private sealed class WithCache(PipelineView view) : IFileTexts
    {
        public string? Read(string fullPath) => view.TextOf(fullPath);

        public IEnumerable<string> Find(string nameOrEnding) => view.Texts.Find(nameOrEnding);
    }
}
