namespace Vigie.Pipelines;

/// <summary>How something differs from what is locked, in DVC's words.</summary>
public enum Difference
{
    /// <summary>It is another.</summary>
    Modified,

    /// <summary>It is not there.</summary>
    Deleted,

    /// <summary>It was not known before.</summary>
    New,

    /// <summary>The workspace may have it, but the cache has not.</summary>
    NotInCache,
}

/// <summary>A path or parameter that differs.</summary>
/// <param name="Path">Full path.</param>
/// <param name="Key">Of a parameter: its dotted key; null for the file.</param>
/// <param name="Difference">How.</param>
public sealed record PathDifference(string Path, string? Key, Difference Difference);

/// <summary>What of a stage is not as it was when it last ran.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Dependencies">What it reads, parameters among them. Empty for a frozen stage, whatever changed.</param>
/// <param name="Outputs">What it writes.</param>
/// <param name="IsCommandChanged">Whether its command is another.</param>
public sealed record StageStatus(Stage Stage, IReadOnlyList<PathDifference> Dependencies, IReadOnlyList<PathDifference> Outputs, bool IsCommandChanged)
{
    /// <summary>Whether it would be run again.</summary>
    public bool IsChanged => Dependencies.Count > 0 || Outputs.Count > 0 || IsCommandChanged || Stage.AlwaysChanged || IsCallback;

    /// <summary>Whether it reads and writes nothing that is known, so that it is run every time.</summary>
    public bool IsCallback => !Stage.IsData && Stage.Dependencies.Count == 0 && Stage.Parameters.Count == 0 && Stage.Outputs.Count == 0;
}

/// <summary>Compares stages with what is locked.</summary>
public sealed class StageInspection(PipelineWorkspace workspace)
{
    /// <summary>How a stage stands.</summary>
    /// <exception cref="PipelineException">A lock or parameter file cannot be used.</exception>
    public StageStatus Of(Stage stage, CancellationToken cancellation = default)
    {
        LockedStage? locked = workspace.Locks.Find(stage);
        IReadOnlyList<PathDifference> dependencies = stage.Frozen ? [] :
        [
            .. Differences([.. stage.Dependencies.Select(path => path.FullPath)], [.. stage.Dependencies.Select(path => locked?.Dependencies.FirstOrDefault(known => known.Path == path.Path)?.Content)], cancellation),
            .. stage.Parameters.SelectMany(file => ParameterDifferences(file, locked)),
        ];
        return new StageStatus(stage, dependencies, OutputDifferences(stage, locked, cancellation), !stage.IsData && locked is not null && !IsSame(locked.Command, stage.Command!));
    }

    /// <summary>The parameters of a stage as they are now, for its lock.</summary>
    /// <exception cref="PipelineException">A file or key is not there.</exception>
    public IReadOnlyList<KeyValuePair<string, DataMap>> ParametersOf(Stage stage)
    {
        var all = new List<KeyValuePair<string, DataMap>>();
        foreach (StageParameters file in stage.Parameters)
        {
            DataValue content = DataFile.Read(file.FullPath, workspace.Texts) ?? throw new PipelineException(stage.File, stage.Position, $"stage {stage.Name} needs parameters of {file.Path}, which is not there");
            DataMap values = DataFile.Select(content, file.Keys);
            if (file.Keys.FirstOrDefault(key => values[key] is null) is { } missing)
            {
                string advice = content is DataMap map && Spelling.Nearest(missing, Keys(map, "")) is { } near ? $"; did you mean '{near}'?" : "";
                throw new PipelineException(stage.File, stage.Position, $"stage {stage.Name} needs the parameter {missing}, which {file.Path} has not{advice}");
            }
            all.Add(new(file.Path, new DataMap([.. values.Entries.OrderBy(entry => entry.Key, CodePointOrder.Instance)])));
        }

        // DVC puts params.yaml first, the others in the order of their paths, and keys in theirs.
        return [.. all.OrderBy(file => file.Key == "params.yaml" ? 0 : 1).ThenBy(file => file.Key, StringComparer.Ordinal)];
    }

    /// <summary>Whether two commands are the same.</summary>
    internal static bool IsSame(StageCommand one, StageCommand other) => one.IsList == other.IsList && one.Lines.SequenceEqual(other.Lines);

    private List<PathDifference> OutputDifferences(Stage stage, LockedStage? locked, CancellationToken cancellation)
    {
        ContentId?[] known = [.. stage.Outputs.Select(output => stage.IsData ? output.Locked?.Content : locked?.Outputs.FirstOrDefault(path => path.Path == output.Path)?.Content)];
        IReadOnlyList<PathDifference> found = Differences([.. stage.Outputs.Select(output => output.FullPath)], known, cancellation);
        var differences = new List<PathDifference>();
        for (int i = 0; i < stage.Outputs.Count; i++)
        {
            StageOutput output = stage.Outputs[i];
            if (output.Cache && known[i] is { } content && !workspace.Store.Has(content)) differences.Add(new PathDifference(output.FullPath, null, Difference.NotInCache));
            else differences.AddRange(found.Where(difference => difference.Path == output.FullPath));
        }
        return differences;
    }

    private List<PathDifference> Differences(IReadOnlyList<string> paths, ContentId?[] known, CancellationToken cancellation)
    {
        IReadOnlyList<ContentId?> contents = workspace.Hasher.Hash(paths, null, cancellation);
        var differences = new List<PathDifference>();
        for (int i = 0; i < paths.Count; i++)
        {
            if (contents[i] is null) differences.Add(new PathDifference(paths[i], null, Difference.Deleted));
            else if (contents[i]!.Md5 != known[i]?.Md5) differences.Add(new PathDifference(paths[i], null, Difference.Modified));
        }
        return differences;
    }

    private IEnumerable<PathDifference> ParameterDifferences(StageParameters file, LockedStage? locked)
    {
        DataValue? content = DataFile.Read(file.FullPath, workspace.Texts);
        if (content is null) return [new PathDifference(file.FullPath, null, Difference.Deleted)];
        DataMap? known = locked?.Parameters.FirstOrDefault(entry => entry.Key == file.Path).Value;
        if (known is null) return locked is not null && file.Keys.Count == 0 && content is DataMap { Entries.Count: 0 } ? [] : [new PathDifference(file.FullPath, null, Difference.New)];
        DataMap actual = DataFile.Select(content, file.Keys);
        IEnumerable<string> keys = file.Keys.Count > 0 ? file.Keys : actual.Entries.Concat(known.Entries).Select(entry => entry.Key).Distinct();
        return keys.Select(key => (key, now: actual[key], then: known[key]))
            .Where(one => one.now is null || one.then is null || !DataValues.AreEqual(one.now, one.then))
            .Select(one => new PathDifference(file.FullPath, one.key, one.now is null ? Difference.Deleted : one.then is null ? Difference.New : Difference.Modified));
    }

    private static IEnumerable<string> Keys(DataMap map, string prefix) =>
        map.Entries.SelectMany(entry => entry.Value is DataMap inner ? Keys(inner, $"{prefix}{entry.Key}.").Append(prefix + entry.Key) : [prefix + entry.Key]);
}
