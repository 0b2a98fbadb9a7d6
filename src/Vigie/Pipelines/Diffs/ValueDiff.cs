namespace Vigie.Pipelines;

/// <summary>A value in two places.</summary>
/// <param name="Key">Dotted key within its file.</param>
/// <param name="Old">Before; null where it was not there.</param>
/// <param name="New">Now; null where it is not there.</param>
public sealed record ValueDiff(string Key, DataValue? Old, DataValue? New)
{
    /// <summary>New less old, where both are numbers: a whole number where both are.</summary>
    public DataValue? Difference => (Old, New) switch
    {
        (DataInteger before, DataInteger after) => new DataInteger(after.Number - before.Number),
        ({ } before, { } after) when DataValues.Number(before) is { } a && DataValues.Number(after) is { } b => new DataReal(b - a),
        _ => null,
    };

    /// <summary>Whether both are the same.</summary>
    public bool IsSame => Old is not null && New is not null && DataValues.AreEqual(Old, New);
}

/// <summary>The parameters or metrics of a pipeline, by file, and how they differ between two views of it.</summary>
public static class ValueFiles
{
    /// <summary>Contents of the metric files, by path from the root, in the order of the pipeline. A file that is not there is absent.</summary>
    /// <param name="view">The workspace, or a revision.</param>
    /// <param name="root">Full path of the repository.</param>
    /// <param name="targets">Full paths of files; empty for all metrics.</param>
    /// <exception cref="PipelineException">A file cannot be parsed.</exception>
    public static IReadOnlyList<KeyValuePair<string, DataValue>> Metrics(PipelineView view, string root, IReadOnlyCollection<string> targets) => Read(
        view,
        root,
        targets.Count > 0 ? targets : view.Pipeline.Stages.SelectMany(stage => stage.Outputs).Where(output => output.Kind == OutputKind.Metric).Select(output => output.FullPath).Concat(view.Pipeline.Files.SelectMany(file => file.Metrics.Select(name => From(file, name)))));

    /// <summary>Contents of the parameter files.</summary>
    /// <param name="view">The workspace, or a revision.</param>
    /// <param name="root">Full path of the repository.</param>
    /// <param name="targets">Full paths of files; empty for all that stages or dvc.yaml name, and params.yaml.</param>
    /// <param name="used">Whether only what stages depend on counts.</param>
    /// <exception cref="PipelineException">A file cannot be parsed.</exception>
    public static IReadOnlyList<KeyValuePair<string, DataValue>> Parameters(PipelineView view, string root, IReadOnlyCollection<string> targets, bool used)
    {
        List<StageParameters> declared = [.. view.Pipeline.Stages.SelectMany(stage => stage.Parameters)];
        IEnumerable<string> files = targets.Count > 0 ? targets : used
            ? declared.Select(file => file.FullPath)
            : declared.Select(file => file.FullPath).Concat(view.Pipeline.Files.SelectMany(file => file.Parameters.Select(name => From(file, name)))).Append(Path.Combine(root, "params.yaml"));
        IReadOnlyList<KeyValuePair<string, DataValue>> contents = Read(view, root, files);
        if (!used) return contents;
        return [.. contents.Select(content =>
        {
            List<StageParameters> own = [.. declared.Where(file => Relative(root, file.FullPath) == content.Key)];
            return own.Count == 0 || own.Any(file => file.Keys.Count == 0) ? content : KeyValuePair.Create(content.Key, (DataValue)DataFile.Select(content.Value, [.. own.SelectMany(file => file.Keys).Distinct()]));
        })];
    }

    /// <summary>What differs, by file.</summary>
    /// <param name="old">Before.</param>
    /// <param name="now">Now.</param>
    /// <param name="all">Whether equal values count.</param>
    public static IReadOnlyList<KeyValuePair<string, IReadOnlyList<ValueDiff>>> Compare(IReadOnlyList<KeyValuePair<string, DataValue>> old, IReadOnlyList<KeyValuePair<string, DataValue>> now, bool all) =>
        [.. now.Concat(old).Select(file => file.Key).Distinct()
            .Select(file => KeyValuePair.Create(file, Compare(Of(old, file), Of(now, file), all)))
            .Where(file => file.Value.Count > 0)];

    /// <summary>A content by dotted keys: lists are values, as DVC has it.</summary>
    public static IReadOnlyList<KeyValuePair<string, DataValue>> Flat(DataValue? content) => content switch
    {
        null => [],
        DataMap map => [.. map.Entries.SelectMany(entry => entry.Value is DataMap { Entries.Count: > 0 } inner ? Flat(inner).Select(deep => KeyValuePair.Create($"{entry.Key}.{deep.Key}", deep.Value)) : [entry])],
        _ => [new("", content)],
    };

    private static IReadOnlyList<ValueDiff> Compare(DataValue? old, DataValue? now, bool all)
    {
        IReadOnlyList<KeyValuePair<string, DataValue>> before = Flat(old), after = Flat(now);
        return [.. after.Concat(before).Select(value => value.Key).Distinct()
            .Select(key => new ValueDiff(key, before.FirstOrDefault(value => value.Key == key).Value, after.FirstOrDefault(value => value.Key == key).Value))
            .Where(diff => all || !diff.IsSame)];
    }

    private static IReadOnlyList<KeyValuePair<string, DataValue>> Read(PipelineView view, string root, IEnumerable<string> files) =>
        [.. files.Distinct().Select(file => (file, content: DataFile.Read(file, view.Everything))).Where(one => one.content is not null).Select(one => KeyValuePair.Create(Relative(root, one.file), one.content!))];

    private static DataValue? Of(IReadOnlyList<KeyValuePair<string, DataValue>> contents, string file) => contents.FirstOrDefault(content => content.Key == file).Value;

    private static string From(PipelineFile file, string name) => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file.Path)!, name));

    private static string Relative(string root, string path) => Path.GetRelativePath(root, path).Replace('\\', '/');
}
