using System.Globalization;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Vigie.Pipelines;

/// <summary>A TOML file as the same pieces with places that a YAML file is read into.</summary>
internal static class TomlNodes
{
    public static YamlMapping Parse(string file, string text)
    {
        DocumentSyntax document = SyntaxParser.Parse(text, file, validate: true);
        if (document.HasErrors)
        {
            DiagnosticMessage error = document.Diagnostics[0];
            throw new PipelineException(file, Place(error.Span.Start), $"not TOML: {error.Message}");
        }

        var root = new Table();
        foreach (KeyValueSyntax entry in document.KeyValues) root.Set(Names(entry.Key!), ToNode(file, entry.Value!));
        foreach (TableSyntaxBase table in document.Tables)
        {
            Table into = root.Within(Names(table.Name!), isNew: table is TableArraySyntax);
            foreach (KeyValueSyntax entry in table.Items) into.Set(Names(entry.Key!), ToNode(file, entry.Value!));
        }
        return root.ToNode();
    }

    private static YamlNode ToNode(string file, ValueSyntax value)
    {
        FilePosition at = Place(value.Span.Start), end = Place(value.Span.End) with { Column = Place(value.Span.End).Column + 1 };
        return value switch
        {
            StringValueSyntax text => new YamlScalar(at, text.Value ?? "", IsPlain: false) { End = end },
            IntegerValueSyntax whole => new YamlScalar(at, whole.Value.ToString(CultureInfo.InvariantCulture), IsPlain: true) { End = end },
            FloatValueSyntax real => new YamlScalar(at, YamlWriter.Plain(new DataReal(real.Value)), IsPlain: true) { End = end },
            BooleanValueSyntax flag => new YamlScalar(at, flag.Value ? "true" : "false", IsPlain: true) { End = end },
            ArraySyntax list => new YamlSequence(at, [.. list.Items.Select(item => ToNode(file, item.Value!))]) { IsFlow = true, End = end },
            InlineTableSyntax table => Inline(file, table) with { IsFlow = true, End = end },
            _ => new YamlScalar(at, value.ToString().Trim(), IsPlain: false) { End = end }, // dates and times stay text
        };
    }

    private static YamlMapping Inline(string file, InlineTableSyntax table)
    {
        var entries = new Table();
        foreach (InlineTableItemSyntax item in table.Items) entries.Set(Names(item.KeyValue!.Key!), ToNode(file, item.KeyValue.Value!));
        return entries.ToNode();
    }

    private static (string Name, FilePosition At)[] Names(KeySyntax key) =>
        [NameOf(key.Key!), .. key.DotKeys.Select(part => NameOf(part.Key!))];

    private static (string Name, FilePosition At) NameOf(BareKeyOrStringValueSyntax part) =>
        ((part as StringValueSyntax)?.Value ?? part.ToString().Trim(), Place(part.Span.Start));

    private static FilePosition Place(TextPosition at) => new(at.Line + 1, at.Column + 1);

    private sealed class Table
    {
        private readonly List<(string Name, FilePosition At, object Value)> entries = [];

        public void Set((string Name, FilePosition At)[] path, YamlNode value)
        {
            (string name, FilePosition at) = path[^1];
            Within(path[..^1], isNew: false).entries.Add((name, at, value));
        }

        public Table Within((string Name, FilePosition At)[] path, bool isNew)
        {
            Table table = this;
            for (int i = 0; i < path.Length; i++)
            {
                (string name, FilePosition at) = path[i];
                bool isItem = isNew && i == path.Length - 1;
                object? known = table.entries.Find(entry => entry.Name == name).Value;
                if (known is null) table.entries.Add((name, at, known = isItem ? new List<Table>() : new Table()));
                if (isItem) ((List<Table>)known).Add(new Table());
                table = known as Table ?? ((List<Table>)known)[^1];
            }
            return table;
        }

        public YamlMapping ToNode() => new(entries.Count > 0 ? entries[0].At : new FilePosition(1, 1), [.. entries.Select(entry => (new YamlScalar(entry.At, entry.Name, IsPlain: false), entry.Value switch
        {
            Table table => table.ToNode(),
            List<Table> list => new YamlSequence(entry.At, [.. list.Select(table => table.ToNode())]),
            _ => (YamlNode)entry.Value,
        }))]);
    }
}
