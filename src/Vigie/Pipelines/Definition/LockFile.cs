namespace Vigie.Pipelines;

/// <summary>A dvc.lock: what each stage last ran on and made.</summary>
public static class LockFile
{
    private const string Schema = "2.0";

    /// <summary>Its stages by name, in the file's order; empty where there is no such file.</summary>
    /// <exception cref="PipelineException">It cannot be read: conflict marks of git, or not a lock file.</exception>
    public static IReadOnlyList<KeyValuePair<string, LockedStage>> Read(string path, IFileTexts files)
    {
        if (files.Read(path) is not { } text || YamlNode.Parse(path, text) is not { } root) return [];
        var reader = new FieldReader(path);
        YamlMapping file = reader.Mapping(root, "dvc.lock");
        if (file["schema"] is not YamlScalar { Text: Schema })
        {
            throw new PipelineException(path, (file["schema"] ?? file).At, $"expected schema: '{Schema}', as DVC 2 and later write it");
        }
        if (file["stages"] is not { } node || FieldReader.IsNothing(node)) return [];
        return [.. reader.Mapping(node, "stages").Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, LockedEntries.ReadStage(reader, entry.Value)))];
    }

    /// <summary>The file's text, byte for byte as DVC writes it.</summary>
    public static string Write(IReadOnlyList<KeyValuePair<string, LockedStage>> stages) => YamlWriter.Write(new DataMap(
    [
        new("schema", new DataText(Schema)),
        new("stages", new DataMap([.. stages.Select(stage => KeyValuePair.Create(stage.Key, (DataValue)LockedEntries.ToData(stage.Value)))])),
    ]));

    /// <summary>One stage as a file of the run cache holds it, byte for byte.</summary>
    public static string WriteOne(LockedStage stage) => YamlWriter.Write(LockedEntries.ToData(stage));

    /// <summary>One stage from a file of the run cache.</summary>
    /// <exception cref="PipelineException">It is not one.</exception>
    public static LockedStage ReadOne(string path, string text) =>
        LockedEntries.ReadStage(new FieldReader(path), YamlNode.Parse(path, text) ?? throw new PipelineException(path, new FilePosition(1, 1), "an empty file; expected a stage"));
}

/// <summary>Entries that dvc.lock, the run cache and <c>.dvc</c> files share.</summary>
internal static class LockedEntries
{
    private static readonly System.Buffers.SearchValues<char> HashDigits = System.Buffers.SearchValues.Create("0123456789abcdef");

    public static DataMap ToData(LockedStage stage)
    {
        var fields = new List<KeyValuePair<string, DataValue>> { new("cmd", CommandOf(stage.Command)) };
        if (stage.Dependencies.Count > 0) fields.Add(new("deps", new DataList([.. stage.Dependencies.Select(ToData)])));
        if (stage.Parameters.Count > 0) fields.Add(new("params", new DataMap([.. stage.Parameters.Select(file => KeyValuePair.Create(file.Key, (DataValue)file.Value))])));
        if (stage.Outputs.Count > 0) fields.Add(new("outs", new DataList([.. stage.Outputs.Select(ToData)])));
        return new DataMap(fields);
    }

    public static LockedStage ReadStage(FieldReader reader, YamlNode node)
    {
        YamlMapping stage = reader.Mapping(node, "a stage");
        YamlNode command = stage["cmd"] ?? throw new PipelineException(reader.File, stage.At, "a stage without cmd");
        return new LockedStage(reader.Command(command), Paths(reader, stage["deps"], "deps"), Parameters(reader, stage["params"]), Paths(reader, stage["outs"], "outs"));
    }

    public static LockedPath ReadPath(FieldReader reader, YamlNode node)
    {
        YamlMapping entry = reader.Mapping(node, "a path with its hash");
        string path = reader.Text(entry["path"] ?? throw new PipelineException(reader.File, entry.At, "an entry without path"), "path");
        string md5 = reader.Text(entry["md5"] ?? throw new PipelineException(reader.File, entry.At, $"{path}: no md5; other hashes are not known"), "md5");
        if (!IsHash(md5)) throw new PipelineException(reader.File, entry["md5"]!.At, $"{path}: '{md5}' is not an MD5");
        return new LockedPath(path, new ContentId(
            md5,
            entry["size"] is { } size ? reader.Whole(size, "size") : 0,
            entry["nfiles"] is { } count ? (int)Math.Min(int.MaxValue, reader.Whole(count, "nfiles")) : null,
            entry["isexec"] is { } flag && reader.Flag(flag, "isexec")));
    }

    private static DataMap ToData(LockedPath path)
    {
        var fields = new List<KeyValuePair<string, DataValue>> { new("path", new DataText(path.Path)), new("hash", new DataText("md5")), new("md5", new DataText(path.Content.Md5)) };
        AddFigures(fields, path.Content);
        return new DataMap(fields);
    }

    public static void AddFigures(List<KeyValuePair<string, DataValue>> fields, ContentId content)
    {
        fields.Add(new("size", new DataInteger(content.Size)));
        if (content.Files is { } count) fields.Add(new("nfiles", new DataInteger(count)));
        if (content.IsExecutable) fields.Add(new("isexec", new DataFlag(true)));
    }

    private static DataValue CommandOf(StageCommand command) =>
        command.IsList ? new DataList([.. command.Lines.Select(line => new DataText(line))]) : new DataText(command.Lines[0]);

    private static IReadOnlyList<LockedPath> Paths(FieldReader reader, YamlNode? node, string what) =>
        node is null || FieldReader.IsNothing(node) ? [] : [.. reader.Items(node, what).Select(item => ReadPath(reader, item))];

    private static IReadOnlyList<KeyValuePair<string, DataMap>> Parameters(FieldReader reader, YamlNode? node) =>
        node is null || FieldReader.IsNothing(node) ? [] : [.. reader.Mapping(node, "params").Entries.Select(file =>
            KeyValuePair.Create(file.Key.Text, (DataMap)YamlScalars.ValueOf(reader.File, reader.Mapping(file.Value, "parameters")))).Where(file => file.Value.Entries.Count > 0)];

    /// <summary>Whether a text is an MD5, or that of a folder.</summary>
    public static bool IsHash(string md5)
    {
        ReadOnlySpan<char> digits = md5.EndsWith(".dir", StringComparison.Ordinal) ? md5.AsSpan(0, md5.Length - 4) : md5;
        return digits.Length == 32 && !digits.ContainsAnyExcept(HashDigits);
    }
}

/// <summary>Names of the run cache: SHA-256 of a stage's canonical JSON.</summary>
/// <param name="Key">Of what went in, and the paths of what came out.</param>
/// <param name="Value">Of what came out, too.</param>
public sealed record RunCacheName(string Key, string Value)
{
    /// <summary>The names for a stage that ran.</summary>
    public static RunCacheName Of(LockedStage stage) => new(KeyOf(stage), Hash(LockedEntries.ToData(stage)));

    /// <summary>The key for a stage that would run.</summary>
    public static string KeyOf(LockedStage stage)
    {
        DataMap whole = LockedEntries.ToData(stage with { Outputs = [] });
        return Hash(new DataMap([.. whole.Entries, new("outs", new DataList([.. stage.Outputs.Select(path => new DataText(path.Path))]))]));
    }

    private static string Hash(DataMap stage) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(PythonText.Json(WithoutFigures(stage)))));

    // At every depth, even of parameters: so does DVC.
    private static DataValue WithoutFigures(DataValue value) => value switch
    {
        DataMap map => new DataMap([.. map.Entries.Where(entry => entry.Key is not ("size" or "nfiles")).Select(entry => KeyValuePair.Create(entry.Key, WithoutFigures(entry.Value)))]),
        DataList list => new DataList([.. list.Items.Select(WithoutFigures)]),
        _ => value,
    };
}
