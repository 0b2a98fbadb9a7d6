namespace Vigie.Pipelines;

/// <summary>A <c>.dvc</c> file: data that were added.</summary>
public static class DvcFile
{
    private static readonly string[] Known = ["outs", "deps", "md5", "wdir", "frozen", "desc", "meta"];

    private static readonly string[] KnownOfOutput = ["path", "md5", "hash", "size", "nfiles", "isexec", "cache", "persist", "push", "remote", "desc", "type", "labels", "meta"];

    /// <summary>Reads one.</summary>
    /// <exception cref="PipelineException">It cannot be used.</exception>
    public static Stage Read(string path, IFileTexts files)
    {
        var reader = new FieldReader(path);
        string text = files.Read(path) ?? throw new PipelineException($"{path}: there is no such file");
        YamlMapping file = reader.Mapping(YamlNode.Parse(path, text) ?? throw new PipelineException(path, new FilePosition(1, 1), "an empty file; expected outs"), ".dvc file");
        reader.Only(file, Known, "a .dvc file");
        if (file["deps"] is { } imported && !FieldReader.IsNothing(imported)) throw new PipelineException(path, imported.At, "data that are imported from elsewhere (deps) are not known here; DVC itself updates them");
        string folder = Path.GetDirectoryName(path)!;
        if (file["wdir"] is { } at) folder = Path.GetFullPath(Path.Combine(folder, reader.Text(at, "wdir")));
        IReadOnlyList<YamlNode> outputs = file["outs"] is { } node ? reader.Items(node, "outs") : throw new PipelineException(path, file.At, "no outs: a .dvc file says which data belong beside it");
        return new Stage(Path.GetFileName(path), path, folder)
        {
            Frozen = file["frozen"] is { } frozen && reader.Flag(frozen, "frozen"),
            Description = file["desc"] is { } words ? reader.Text(words, "desc") : null,
            Position = file.At,
            Outputs = [.. outputs.Select(output => Output(reader, output, folder))],
        };
    }

    /// <summary>The file's text for these outputs, byte for byte as DVC writes it.</summary>
    public static string Write(IReadOnlyList<LockedPath> outputs) => YamlWriter.Write(new DataMap([new("outs", new DataList([.. outputs.Select(ToData)]))]));

    private static StageOutput Output(FieldReader reader, YamlNode node, string folder)
    {
        YamlMapping entry = reader.Mapping(node, "an output");
        reader.Only(entry, KnownOfOutput, "an output");
        LockedPath? locked = entry["md5"] is null ? null : LockedEntries.ReadPath(reader, entry);
        string path = locked?.Path ?? reader.Text(entry["path"] ?? throw new PipelineException(reader.File, entry.At, "an output without path"), "path");
        return new StageOutput(path, Path.GetFullPath(Path.Combine(folder, path)))
        {
            Cache = entry["cache"] is not { } cache || reader.Flag(cache, "cache"),
            Persist = entry["persist"] is { } persist && reader.Flag(persist, "persist"),
            Push = entry["push"] is not { } push || reader.Flag(push, "push"),
            Remote = entry["remote"] is { } remote ? reader.Text(remote, "remote") : null,
            Description = entry["desc"] is { } words ? reader.Text(words, "desc") : null,
            Locked = locked,
        };
    }

    private static DataMap ToData(LockedPath output)
    {
        var fields = new List<KeyValuePair<string, DataValue>> { new("md5", new DataText(output.Content.Md5)) };
        LockedEntries.AddFigures(fields, output.Content);
        fields.Add(new("hash", new DataText("md5")));
        fields.Add(new("path", new DataText(output.Path)));
        return new DataMap(fields);
    }
}
