namespace Vigie.Pipelines;

/// <summary>Reads fields of a YAML file by their kind; what is of another kind is refused with its place.</summary>
internal sealed class FieldReader(string file)
{
    public string File => file;

    public static bool IsNothing(YamlNode node) => node is YamlScalar { IsPlain: true } scalar && YamlScalars.Plain(scalar.Text) is DataNothing;

    public YamlMapping Mapping(YamlNode node, string what) =>
        node as YamlMapping ?? throw Unlike(node, what, "a mapping");

    public IReadOnlyList<YamlNode> Items(YamlNode node, string what) =>
        (node as YamlSequence ?? throw Unlike(node, what, "a list")).Items;

    /// <summary>A text; a number or flag without quotes is taken as it was written.</summary>
    public string Text(YamlNode node, string what) =>
        node is YamlScalar scalar && !IsNothing(scalar) ? scalar.Text : throw Unlike(node, what, "a text");

    public bool Flag(YamlNode node, string what) =>
        node is YamlScalar { IsPlain: true } scalar && YamlScalars.Plain(scalar.Text) is DataFlag flag ? flag.IsTrue : throw Unlike(node, what, "true or false");

    public long Whole(YamlNode node, string what) =>
        node is YamlScalar { IsPlain: true } scalar && YamlScalars.Plain(scalar.Text) is DataInteger { Number: var number } && number >= 0 && number <= long.MaxValue ? (long)number : throw Unlike(node, what, "a whole number");

    public StageCommand Command(YamlNode node) => node is YamlSequence list
        ? list.Items.Count > 0 ? new StageCommand([.. list.Items.Select(line => Text(line, "cmd"))], IsList: true) : throw new PipelineException(file, node.At, "cmd: an empty list")
        : new StageCommand([Text(node, "cmd")], IsList: false);

    public void Only(YamlMapping mapping, IReadOnlyList<string> known, string what)
    {
        foreach ((YamlScalar key, YamlNode _) in mapping.Entries)
        {
            if (known.Contains(key.Text)) continue;
            string advice = Spelling.Nearest(key.Text, known) is { } near ? $"did you mean '{near}'?" : $"known are {string.Join(", ", known)}";
            throw new PipelineException(file, key.At, $"'{key.Text}' means nothing in {what}; {advice}");
        }
    }

    private PipelineException Unlike(YamlNode node, string what, string expected) => new(file, node.At, $"{what}: expected {expected}, found {node.Kind}");
}
