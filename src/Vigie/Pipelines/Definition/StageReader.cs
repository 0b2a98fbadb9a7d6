namespace Vigie.Pipelines;

/// <summary>Reads one stage of a dvc.yaml.</summary>
internal sealed class StageReader(string path, string folder, FieldReader reader)
{
    private const string DefaultParameters = "params.yaml";

    private static readonly string[]
        KnownOfStage = ["cmd", "wdir", "deps", "params", "outs", "metrics", "plots", "vars", "frozen", "always_changed", "desc", "meta"],
        KnownOfOutput = ["cache", "persist", "push", "remote", "desc", "type", "labels", "meta"],
        KnownOfPlot = ["x", "y", "template", "title", "x_label", "y_label", "header"];

    /// <summary>Where the stage runs: the dvc.yaml's folder, or <c>wdir</c> from there.</summary>
    public string WorkingFolder(YamlMapping body, Variables variables) =>
        body["wdir"] is { } at ? Path.GetFullPath(Path.Combine(folder, reader.Text(variables.Resolve(path, at, TemplateUse.Text), "wdir"))) : folder;

    public Stage Read(string name, FilePosition at, YamlMapping body, Variables variables)
    {
        reader.Only(body, KnownOfStage, $"stage {name}");
        YamlNode? Field(string field, TemplateUse use = TemplateUse.Text) =>
            body[field] is { } node && !FieldReader.IsNothing(node) ? variables.Resolve(path, node, use) : null;

        YamlNode command = Field("cmd", TemplateUse.Command) ?? throw new PipelineException(path, at, $"stage {name} has no cmd");
        string from = WorkingFolder(body, variables);
        var stage = new Stage(name, path, from)
        {
            Command = reader.Command(command),
            Dependencies = Field("deps") is { } deps ? [.. reader.Items(deps, "deps").Select(item => Dependency(item, from))] : [],
            Parameters = Field("params") is { } parameters ? Parameters(reader.Items(parameters, "params"), from) : [],
            Outputs =
            [
                .. Outputs(Field("outs"), "outs", OutputKind.Data, from),
                .. Outputs(Field("metrics"), "metrics", OutputKind.Metric, from),
                .. Outputs(Field("plots", TemplateUse.Anything), "plots", OutputKind.Plot, from),
            ],
            Frozen = Field("frozen") is { } frozen && reader.Flag(frozen, "frozen"),
            AlwaysChanged = Field("always_changed") is { } always && reader.Flag(always, "always_changed"),
            Description = Field("desc") is { } words ? reader.Text(words, "desc") : null,
            Position = at,
        };
        RefuseCircles(stage, body);
        return stage;
    }

    /// <summary>How a plot is drawn, as declared.</summary>
    public static DataMap Plot(FieldReader reader, YamlNode node)
    {
        if (FieldReader.IsNothing(node)) return new DataMap([]);
        YamlMapping map = reader.Mapping(node, "a plot");
        reader.Only(map, KnownOfPlot, "a plot");
        return (DataMap)YamlScalars.ValueOf(reader.File, map);
    }

    private StagePath Dependency(YamlNode node, string from)
    {
        string name = PathText(node, "deps");
        return new StagePath(name, FullPath(from, name));
    }

    private IReadOnlyList<StageParameters> Parameters(IReadOnlyList<YamlNode> items, string from)
    {
        var keys = new List<KeyValuePair<string, List<string>>>();
        foreach (YamlNode item in items)
        {
            if (item is YamlScalar)
            {
                Of(DefaultParameters).Add(reader.Text(item, "params"));
                continue;
            }
            foreach ((YamlScalar file, YamlNode list) in reader.Mapping(item, "params").Entries)
            {
                List<string> known = Of(file.Text);
                if (!FieldReader.IsNothing(list)) known.AddRange(reader.Items(list, file.Text).Select(key => reader.Text(key, file.Text)));
            }
        }
        return [.. keys.Select(file => new StageParameters(file.Key, FullPath(from, file.Key), [.. file.Value.Distinct()]))];

        List<string> Of(string file)
        {
            int at = keys.FindIndex(entry => entry.Key == file);
            if (at >= 0) return keys[at].Value;
            keys.Add(new(file, []));
            return keys[^1].Value;
        }
    }

    private IEnumerable<StageOutput> Outputs(YamlNode? node, string what, OutputKind kind, string from)
    {
        if (node is null) yield break;
        foreach (YamlNode item in reader.Items(node, what))
        {
            if (item is YamlScalar)
            {
                string name = PathText(item, what);
                yield return new StageOutput(name, FullPath(from, name)) { Kind = kind, Plot = kind == OutputKind.Plot ? new DataMap([]) : null };
                continue;
            }
            foreach ((YamlScalar key, YamlNode flags) in reader.Mapping(item, what).Entries)
            {
                string name = PathText(key, what);
                var output = new StageOutput(name, FullPath(from, name)) { Kind = kind, Plot = kind == OutputKind.Plot ? new DataMap([]) : null };
                yield return FieldReader.IsNothing(flags) ? output : WithFlags(output, reader.Mapping(flags, name), kind);
            }
        }
    }

    private StageOutput WithFlags(StageOutput output, YamlMapping flags, OutputKind kind)
    {
        reader.Only(flags, kind == OutputKind.Plot ? [.. KnownOfOutput, .. KnownOfPlot] : KnownOfOutput, $"output {output.Path}");
        return output with
        {
            Cache = flags["cache"] is not { } cache || reader.Flag(cache, "cache"),
            Persist = flags["persist"] is { } persist && reader.Flag(persist, "persist"),
            Push = flags["push"] is not { } push || reader.Flag(push, "push"),
            Remote = flags["remote"] is { } remote ? reader.Text(remote, "remote") : null,
            Description = flags["desc"] is { } words ? reader.Text(words, "desc") : null,
            Plot = kind == OutputKind.Plot ? Plot(reader, flags with { Entries = [.. flags.Entries.Where(entry => KnownOfPlot.Contains(entry.Key.Text))] }) : null,
        };
    }

    private string PathText(YamlNode node, string what)
    {
        string name = reader.Text(node, what);
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal)) throw new PipelineException(path, node.At, $"{what}: an empty path");
        if (name.Contains("://", StringComparison.Ordinal)) throw new PipelineException(path, node.At, $"{what}: {name} is an address; paths of this machine are known here, and remotes for what is kept elsewhere");
        return name;
    }

    private static string FullPath(string from, string name) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(from, name)));

    private void RefuseCircles(Stage stage, YamlMapping body)
    {
        var seen = new HashSet<string>();
        foreach (StageOutput output in stage.Outputs)
        {
            if (!seen.Add(output.FullPath)) throw new PipelineException(path, body.At, $"stage {stage.Name} writes {output.Path} twice");
            if (stage.Dependencies.FirstOrDefault(dependency => dependency.FullPath == output.FullPath) is not null) throw new PipelineException(path, body.At, $"stage {stage.Name} reads {output.Path}, which it writes itself");
        }
    }
}
