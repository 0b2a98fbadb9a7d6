namespace Vigie.Pipelines;

/// <summary>A repository as it stands in the workspace: its pipeline, what is locked, and the cache.</summary>
public sealed class PipelineWorkspace : IDisposable
{
    private readonly Lazy<Pipeline> pipeline;
    private readonly Lazy<StageLocks> locks;

    private PipelineWorkspace(PipelineConfig config, string workingFolder, TimeProvider clock)
    {
        (Config, WorkingFolder, Clock) = (config, workingFolder, clock);
        Texts = new WorkspaceTexts(config);
        pipeline = new(() => Pipeline.Load(config.Root, Texts));
        locks = new(() => new StageLocks(Pipeline, Texts));
        Hasher = new ContentHasher(config, clock);
        Store = new ContentStore(config, Hasher);
        Runs = new RunCache(config);
    }

    /// <summary>Opens the repository around a folder.</summary>
    /// <exception cref="PipelineException">There is none, or its configuration cannot be used.</exception>
    public static PipelineWorkspace Open(string workingFolder, TimeProvider clock) => new(PipelineConfig.Find(workingFolder), Path.GetFullPath(workingFolder), clock);

    /// <summary>Settings.</summary>
    public PipelineConfig Config { get; }

    /// <summary>Where paths and stages are named from.</summary>
    public string WorkingFolder { get; }

    /// <summary>Tells times.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The files' texts.</summary>
    public IFileTexts Texts { get; }

    /// <summary>All stages; read when first asked for.</summary>
    public Pipeline Pipeline => pipeline.Value;

    /// <summary>What stages last ran on and made.</summary>
    public StageLocks Locks => locks.Value;

    /// <summary>Hashes files, and remembers.</summary>
    public ContentHasher Hasher { get; }

    /// <summary>The cache.</summary>
    public ContentStore Store { get; }

    /// <summary>What stages made before.</summary>
    public RunCache Runs { get; }

    /// <summary>The stages that names mean, in the order of the pipeline; all without names.</summary>
    /// <exception cref="PipelineException">A name means nothing.</exception>
    public IReadOnlyList<Stage> Select(IReadOnlyCollection<string> names)
    {
        if (names.Count == 0) return Pipeline.Stages;
        var chosen = names.SelectMany(name => Pipeline.Find(name, WorkingFolder)).ToHashSet(ReferenceEqualityComparer.Instance);
        return [.. Pipeline.Stages.Where(chosen.Contains)];
    }

    /// <summary>A path as people see it from where they are; as the root sees it for what lies elsewhere.</summary>
    public string Relative(string fullPath) => Path.GetRelativePath(WorkingFolder, fullPath).Replace('\\', '/');

    /// <summary>How people name a stage.</summary>
    public string AddressOf(Stage stage) => Pipeline.AddressOf(stage, WorkingFolder);

    /// <summary>Writes down what hashing learnt.</summary>
    public void Dispose() => Hasher.Dispose();
}
