namespace Vigie.Pipelines;

/// <summary>All stages of a repository, and who needs whom.</summary>
public sealed class Pipeline
{
    private readonly StageGraph graph;
    private readonly Dictionary<Stage, int> order = new(ReferenceEqualityComparer.Instance);

    private Pipeline(string root, IReadOnlyList<PipelineFile> files, IReadOnlyList<Stage> stages)
    {
        (Root, Files) = (root, files);
        graph = new StageGraph(root, stages);
        Stages = graph.Sorted();
        for (int i = 0; i < Stages.Count; i++) order[Stages[i]] = i;
    }

    /// <summary>Full path of the repository: the folder that holds .dvc.</summary>
    public string Root { get; }

    /// <summary>All dvc.yaml files.</summary>
    public IReadOnlyList<PipelineFile> Files { get; }

    /// <summary>All stages, data among them, every one behind those that it needs, otherwise in the order of files and their lines.</summary>
    public IReadOnlyList<Stage> Stages { get; }

    /// <summary>Finds and reads every dvc.yaml and <c>.dvc</c> file.</summary>
    /// <exception cref="PipelineException">One cannot be used, two stages have one output, stages wait for each other, or an output lies within another.</exception>
    public static Pipeline Load(string root, IFileTexts files)
    {
        List<PipelineFile> pipelines = [.. files.Find("dvc.yaml").Where(path => Path.GetFileName(path) == "dvc.yaml").Order(StringComparer.Ordinal).Select(path => PipelineFile.Read(path, files))];
        IEnumerable<Stage> data = files.Find(".dvc").Where(path => Path.GetFileName(path) is { Length: > 4 } name && name.EndsWith(".dvc", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(path => DvcFile.Read(path, files));
        return new Pipeline(root, pipelines, [.. data, .. pipelines.SelectMany(file => file.Stages)]);
    }

    /// <summary>How people name a stage from a folder: <c>train</c>, <c>sub/dvc.yaml:train</c>, <c>data.csv.dvc</c>.</summary>
    public static string AddressOf(Stage stage, string workingFolder)
    {
        string file = Relative(stage.File, workingFolder);
        return stage.IsData ? file : file == "dvc.yaml" ? stage.Name : $"{file}:{stage.Name}";
    }

    /// <summary>The stages that a name means: a stage, all of a foreach or matrix, a dvc.yaml or <c>.dvc</c> file, or an output's path.</summary>
    /// <exception cref="PipelineException">There is none; the message names those that look alike.</exception>
    public IReadOnlyList<Stage> Find(string name, string workingFolder)
    {
        int colon = name.LastIndexOf(':');
        string file = Path.GetFullPath(Path.Combine(workingFolder, colon > 0 ? name[..colon] : "dvc.yaml")), stageName = name[(colon + 1)..];
        List<Stage> found = [.. Stages.Where(stage => stage.File == file && !stage.IsData && (stage.Name == stageName || stage.Name.StartsWith(stageName + "@", StringComparison.Ordinal)))];
        if (found.Count > 0) return found;

        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(workingFolder, name)));
        found = [.. Stages.Where(stage => stage.File == path)];
        if (found.Count == 0) found = [.. Stages.Where(stage => stage.Outputs.Any(output => output.FullPath == path))];
        if (found.Count > 0) return found;

        string[] names = [.. Stages.Select(stage => AddressOf(stage, workingFolder))];
        string advice = Spelling.Nearest(name, names.Concat(Stages.SelectMany(stage => stage.Outputs).Select(output => Relative(output.FullPath, workingFolder)))) is { } near
            ? $"did you mean '{near}'?"
            : names.Length == 0 ? "there are no stages here yet: they stand in a dvc.yaml" : $"there are {string.Join(", ", names.Take(12))}{(names.Length > 12 ? ", …" : "")}";
        throw new PipelineException($"'{name}' is neither a stage nor a file of the pipeline; {advice}");
    }

    /// <summary>The stages whose outputs a stage reads.</summary>
    public IReadOnlyList<Stage> Before(Stage stage) => [.. graph.Before(stage).OrderBy(other => order[other])];

    /// <summary>The stages that read an output of a stage.</summary>
    public IReadOnlyList<Stage> After(Stage stage) => [.. graph.After(stage).OrderBy(other => order[other])];

    private static string Relative(string path, string from) => Path.GetRelativePath(from, path).Replace('\\', '/');
}
