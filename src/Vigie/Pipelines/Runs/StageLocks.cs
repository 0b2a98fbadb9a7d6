namespace Vigie.Pipelines;

/// <summary>What stages last ran on and made: the dvc.lock beside each dvc.yaml, and <c>.dvc</c> files for data.</summary>
public sealed class StageLocks
{
    private const string Name = "dvc.lock";

    private readonly Pipeline pipeline;
    private readonly IFileTexts files;
    private readonly Dictionary<string, List<KeyValuePair<string, LockedStage>>> read = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>The locks of a pipeline.</summary>
    public StageLocks(Pipeline pipeline, IFileTexts files) => (this.pipeline, this.files) = (pipeline, files);

    /// <summary>The lock file that belongs to a stage of a dvc.yaml.</summary>
    public static string FileOf(Stage stage) => stage.IsData ? stage.File : Path.Combine(Path.GetDirectoryName(stage.File)!, Name);

    /// <summary>What is known of a stage; null where it never ran. Of data only the outputs.</summary>
    /// <exception cref="PipelineException">The lock file cannot be used.</exception>
    public LockedStage? Find(Stage stage)
    {
        if (stage.IsData)
        {
            return stage.Outputs.Any(output => output.Locked is not null)
                ? new LockedStage(new StageCommand([""], false), [], [], [.. stage.Outputs.Where(output => output.Locked is not null).Select(output => output.Locked!)])
                : null;
        }
        lock (gate)
        {
            return Of(FileOf(stage)).FirstOrDefault(entry => entry.Key == stage.Name).Value;
        }
    }

    /// <summary>The content that an output should have, as far as it is known.</summary>
    public ContentId? ContentOf(Stage stage, StageOutput output) => Find(stage)?.Outputs.FirstOrDefault(path => path.Path == output.Path)?.Content;

    /// <summary>Keeps what a stage ran on and made: the file is written whole, and is on disk when this returns.</summary>
    /// <returns>The file.</returns>
    public string Put(Stage stage, LockedStage locked)
    {
        string path = FileOf(stage);
        lock (gate)
        {
            if (stage.IsData)
            {
                AtomicFile.Write(path, DvcFile.Write(locked.Outputs), isDurable: true);
                return path;
            }
            List<KeyValuePair<string, LockedStage>> entries = Of(path);
            int at = entries.FindIndex(entry => entry.Key == stage.Name);
            if (at >= 0) entries[at] = new(stage.Name, locked);
            else entries.Insert(PlaceOf(stage, entries), new(stage.Name, locked));
            AtomicFile.Write(path, LockFile.Write(entries), isDurable: true);
            return path;
        }
    }

    // Behind the last stage that comes before it in dvc.yaml: the same order whichever of several at once ends first.
    private int PlaceOf(Stage stage, List<KeyValuePair<string, LockedStage>> entries)
    {
        IReadOnlyList<Stage> order = pipeline.Files.FirstOrDefault(file => file.Path == stage.File)?.Stages ?? [stage];
        var before = order.TakeWhile(other => other.Name != stage.Name).Select(other => other.Name).ToHashSet(StringComparer.Ordinal);
        int last = entries.FindLastIndex(entry => before.Contains(entry.Key));
        if (last >= 0) return last + 1;
        var known = order.Select(other => other.Name).ToHashSet(StringComparer.Ordinal);
        int next = entries.FindIndex(entry => known.Contains(entry.Key));
        return next >= 0 ? next : entries.Count;
    }

    private List<KeyValuePair<string, LockedStage>> Of(string path)
    {
        if (!read.TryGetValue(path, out List<KeyValuePair<string, LockedStage>>? entries)) read[path] = entries = [.. LockFile.Read(path, files)];
        return entries;
    }
}
