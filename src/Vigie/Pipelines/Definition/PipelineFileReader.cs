namespace Vigie.Pipelines;

/// <summary>Reads a dvc.yaml: loops are unrolled, templates put in, and everything that means nothing is refused with its place.</summary>
internal sealed class PipelineFileReader(string path, IFileTexts files)
{
    private const string DefaultParameters = "params.yaml";

    private static readonly string[]
        KnownOfFile = ["stages", "vars", "params", "metrics", "plots", "artifacts", "datasets"],
        KnownOfLoop = ["foreach", "do"];

    private readonly FieldReader reader = new(path);
    private readonly string folder = Path.GetDirectoryName(path)!;

    public PipelineFile Read()
    {
        string text = files.Read(path) ?? throw new PipelineException($"{path}: there is no such file");
        if (YamlNode.Parse(path, text) is not { } root || FieldReader.IsNothing(root)) return new PipelineFile(path, [], [], [], []);
        YamlMapping file = reader.Mapping(root, "dvc.yaml");
        reader.Only(file, KnownOfFile, "a dvc.yaml");

        var variables = new Variables();
        var read = new HashSet<string>();
        string standard = Path.Combine(folder, DefaultParameters);
        if (DataFile.Read(standard, files) is DataMap found)
        {
            variables.Add(found, DefaultParameters);
            read.Add(standard);
        }
        AddVariables(variables, file["vars"], folder, read);

        return new PipelineFile(
            path,
            [.. ReadStages(file["stages"], variables, read)],
            Texts(file["params"], "params", variables),
            Texts(file["metrics"], "metrics", variables),
            Plots(file["plots"], variables));
    }

    private void AddVariables(Variables variables, YamlNode? node, string from, HashSet<string> read)
    {
        if (node is null || FieldReader.IsNothing(node)) return;
        foreach (YamlNode item in reader.Items(node, "vars"))
        {
            if (item is YamlMapping map)
            {
                Add((DataMap)YamlScalars.ValueOf(path, map), $"vars, line {item.At.Line}", item);
                continue;
            }

            string[] parts = reader.Text(item, "vars").Split(':', 2);
            string file = Path.GetFullPath(Path.Combine(from, parts[0]));
            if (parts.Length == 1 && !read.Add(file)) continue;
            if (DataFile.Read(file, files) is not DataMap content) throw new PipelineException(path, item.At, $"vars: {parts[0]} does not exist or is not a mapping");
            string[] keys = parts.Length == 1 ? [] : parts[1].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            foreach (string key in keys)
            {
                if (content[key] is null) throw new PipelineException(path, item.At, $"vars: {parts[0]} has no '{key}'");
            }
            Add(keys.Length == 0 ? content : new DataMap([.. content.Entries.Where(entry => keys.Contains(entry.Key))]), parts[0], item);
        }

        void Add(DataMap values, string source, YamlNode item)
        {
            if (variables.Add(values, source) is var (name, other)) throw new PipelineException(path, item.At, $"vars: '{name}' is set by {other} already");
        }
    }

    private IEnumerable<Stage> ReadStages(YamlNode? node, Variables variables, HashSet<string> read)
    {
        if (node is null || FieldReader.IsNothing(node)) yield break;
        var names = new HashSet<string>();
        var stages = new StageReader(path, folder, reader);
        foreach ((YamlScalar key, YamlNode value) in reader.Mapping(node, "stages").Entries)
        {
            if (key.Text.Length == 0 || key.Text.Any(c => (char.IsAsciiLetterOrDigit(c) || c is '_' or '-' || c > '~') is false)) throw new PipelineException(path, key.At, $"'{key.Text}' is no name for a stage: letters, digits, - and _ are");
            YamlMapping definition = reader.Mapping(value, $"stage {key.Text}");
            foreach ((string name, YamlMapping body, Variables own) in Unroll(key, definition, variables))
            {
                if (!names.Add(name)) throw new PipelineException(path, key.At, $"there are two stages '{name}'");
                AddVariables(own, body["vars"], stages.WorkingFolder(body, own), [.. read]);
                yield return stages.Read(name, key.At, body, own);
            }
        }
    }

    private IEnumerable<(string Name, YamlMapping Body, Variables Own)> Unroll(YamlScalar key, YamlMapping definition, Variables variables)
    {
        if (definition["foreach"] is { } over)
        {
            reader.Only(definition, KnownOfLoop, "a stage with foreach");
            YamlMapping body = reader.Mapping(definition["do"] ?? throw new PipelineException(path, definition.At, "foreach without do"), "do");
            foreach ((string suffix, Variables own) in Loops.Foreach(reader, over, variables)) yield return ($"{key.Text}@{suffix}", body, own);
        }
        else if (definition["do"] is { } lonely)
        {
            throw new PipelineException(path, lonely.At, "do without foreach");
        }
        else if (definition["matrix"] is { } axes)
        {
            YamlMapping body = definition with { Entries = [.. definition.Entries.Where(entry => entry.Key.Text != "matrix")] };
            foreach ((string suffix, Variables own) in Loops.Matrix(reader, axes, variables)) yield return ($"{key.Text}@{suffix}", body, own);
        }
        else
        {
            yield return (key.Text, definition, variables.Copy());
        }
    }

    private IReadOnlyList<string> Texts(YamlNode? node, string what, Variables variables) =>
        node is null || FieldReader.IsNothing(node) ? [] : [.. reader.Items(variables.Resolve(path, node, TemplateUse.Text), what).Select(item => reader.Text(item, what))];

    private IReadOnlyList<KeyValuePair<string, DataMap>> Plots(YamlNode? node, Variables variables)
    {
        if (node is null || FieldReader.IsNothing(node)) return [];
        YamlNode resolved = variables.Resolve(path, node, TemplateUse.Anything);
        return [.. resolved is YamlSequence list ? list.Items.SelectMany(Named) : Named(resolved)];

        IEnumerable<KeyValuePair<string, DataMap>> Named(YamlNode item)
        {
            if (item is YamlScalar) return [KeyValuePair.Create(reader.Text(item, "plots"), new DataMap([]))];
            return reader.Mapping(item, "plots").Entries.Select(entry => KeyValuePair.Create(entry.Key.Text, StageReader.Plot(reader, entry.Value)));
        }
    }
}

/// <summary>The stages that one definition makes.</summary>
internal static class Loops
{
    private const int MostStages = 100_000;

    public static IEnumerable<(string Suffix, Variables Own)> Foreach(FieldReader reader, YamlNode over, Variables variables)
    {
        switch (variables.Resolve(reader.File, over, TemplateUse.Anything))
        {
            case YamlMapping map:
                foreach ((YamlScalar key, YamlNode value) in map.Entries)
                {
                    Variables own = variables.Copy();
                    own.Set("key", new DataText(key.Text));
                    own.Set("item", YamlScalars.ValueOf(reader.File, value));
                    yield return (key.Text, own);
                }
                break;
            case YamlSequence list:
                bool isComposite = list.Items.Any(item => item is not YamlScalar);
                for (int i = 0; i < list.Items.Count; i++)
                {
                    Variables own = variables.Copy();
                    own.Set("item", YamlScalars.ValueOf(reader.File, list.Items[i]));
                    yield return (isComposite ? $"{i}" : Word(reader, list.Items[i]), own);
                }
                break;
            case var other:
                throw new PipelineException(reader.File, over.At, $"foreach: expected a list or a mapping, found {other.Kind}");
        }
    }

    public static IEnumerable<(string Suffix, Variables Own)> Matrix(FieldReader reader, YamlNode axes, Variables variables)
    {
        YamlMapping map = reader.Mapping(variables.Resolve(reader.File, axes, TemplateUse.Anything), "matrix");
        var dimensions = map.Entries.Select(axis =>
        {
            IReadOnlyList<YamlNode> items = reader.Items(axis.Value, $"matrix.{axis.Key.Text}");
            bool isComposite = items.Any(item => item is not YamlScalar);
            return (Name: axis.Key.Text, Items: items.Select((item, i) => (Word: isComposite ? $"{axis.Key.Text}{i}" : Word(reader, item), Value: YamlScalars.ValueOf(reader.File, item))).ToList());
        }).ToList();
        if (dimensions.Aggregate(1L, (count, axis) => Math.Min(MostStages + 1, count * axis.Items.Count)) > MostStages) throw new PipelineException(reader.File, axes.At, $"matrix: more than {MostStages:N0} stages");

        var place = new int[dimensions.Count];
        if (dimensions.Count == 0 || dimensions.Any(axis => axis.Items.Count == 0)) yield break;
        while (true)
        {
            var chosen = dimensions.Select((axis, i) => (axis.Name, axis.Items[place[i]].Word, axis.Items[place[i]].Value)).ToList();
            string suffix = string.Join('-', chosen.Select(one => one.Word));
            Variables own = variables.Copy();
            own.Set("key", new DataText(suffix));
            own.Set("item", new DataMap([.. chosen.Select(one => KeyValuePair.Create(one.Name, one.Value))]));
            yield return (suffix, own);

            int last = dimensions.Count - 1;
            while (last >= 0 && ++place[last] == dimensions[last].Items.Count) place[last--] = 0;
            if (last < 0) yield break;
        }
    }

    private static string Word(FieldReader reader, YamlNode item) => YamlScalars.ValueOf(reader.File, item) switch
    {
        DataText text => text.Text,
        DataNothing => "None",
        DataValue value => YamlWriter.Plain(value),
    };
}
