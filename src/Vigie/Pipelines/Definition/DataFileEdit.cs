using System.Text;

namespace Vigie.Pipelines;

/// <summary>Changes one value of a YAML, JSON or TOML text where it stands.</summary>
internal sealed class DataFileEdit
{
    private static readonly System.Buffers.SearchValues<char> Brackets = System.Buffers.SearchValues.Create(",[]{}:?");

    private readonly string path, text;
    private readonly DataFormat format;
    private readonly List<int> lines = [0];

    public DataFileEdit(string path, string text, DataFormat format)
    {
        (this.path, this.text, this.format) = (path, text, format);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n') lines.Add(i + 1);
        }
    }

    /// <summary>The text with a key's value changed, added, or removed (<c>~key</c>).</summary>
    public string Apply(string key, DataValue value)
    {
        bool isRemoval = key.StartsWith('~');
        string[] parts = DataFile.Parts(isRemoval ? key[1..] : key.TrimStart('+'));
        YamlNode? root = format == DataFormat.Toml ? TomlNodes.Parse(path, text) : YamlNode.Parse(path, text);
        if (root is null || FieldReader.IsNothing(root))
        {
            if (isRemoval) throw Missing(key);
            return format == DataFormat.Json ? $"{{{Pair(parts, 0, value)}}}\n" : $"{text}{(text.Length == 0 || text.EndsWith('\n') ? "" : "\n")}{Pair(parts, 0, value)}\n";
        }

        YamlNode node = root;
        for (int i = 0; i < parts.Length; i++)
        {
            bool isLast = i == parts.Length - 1;
            if (node is YamlMapping map)
            {
                int at = map.Entries.ToList().FindIndex(entry => entry.Key.Text == parts[i]);
                if (isRemoval && isLast && at >= 0) return Remove(map, at);
                if (at < 0) return isRemoval ? throw Missing(key) : Insert(map, parts, i, value, key);
                if (isLast) return Replace(map.Entries[at].Key, map.Entries[at].Value, value);
                node = map.Entries[at].Value;
            }
            else if (node is YamlSequence list && int.TryParse(parts[i], out int at) && at >= 0 && at < list.Items.Count && !(isRemoval && isLast))
            {
                if (isLast) return Replace(null, list.Items[at], value);
                node = list.Items[at];
            }
            else
            {
                throw new PipelineException(path, node.At, $"{key}: there is no '{parts[i]}' in {node.Kind}");
            }
        }
        throw Missing(key);
    }

    private PipelineException Missing(string key) => new($"{path}: there is no '{key.TrimStart('~')}' to remove");

    private string Replace(YamlScalar? key, YamlNode old, DataValue value)
    {
        bool isBlock = old is YamlSequence { IsFlow: false, Items.Count: > 0 } or YamlMapping { IsFlow: false, Entries.Count: > 0 };
        if (isBlock && format == DataFormat.Toml) throw new PipelineException(path, old.At, "a whole table cannot be replaced; name the values in it");
        if (!isBlock || key is null) return Splice(Offset(old.At), Offset(old.End), Spaced(Offset(old.At), Inline(value)));

        // What stands on lines of its own becomes one value behind the colon.
        int colon = text.IndexOf(':', Offset(key.End));
        return Splice(colon + 1, Offset(old.End), " " + Inline(value));
    }

    // 'key:' without value ends at its colon.
    private string Spaced(int at, string words) => at > 0 && text[at - 1] == ':' ? " " + words : words;

    private string Insert(YamlMapping map, string[] parts, int depth, DataValue value, string key)
    {
        if (format == DataFormat.Toml) throw new PipelineException(path, map.At, $"there is no '{key}'; add it to the file first");
        string pair = Pair(parts, depth, value);
        if (map.IsFlow)
        {
            int brace = Offset(map.End) - 1;
            return map.Entries.Count == 0 ? Splice(brace, brace, pair) : Splice(Offset(map.Entries[^1].Value.End), Offset(map.Entries[^1].Value.End), ", " + pair);
        }

        int end = text.IndexOf('\n', Offset(map.End)) is var at and >= 0 ? at : text.Length;
        return Splice(end, end, $"\n{new string(' ', map.Entries[0].Key.At.Column - 1)}{pair}");
    }

    private string Remove(YamlMapping map, int at)
    {
        (YamlScalar key, YamlNode old) = map.Entries[at];
        int from = Offset(key.At), to = Offset(old.End);
        if (map.IsFlow)
        {
            if (at > 0) from = Offset(map.Entries[at - 1].Value.End);
            else if (map.Entries.Count > 1) to = Offset(map.Entries[1].Key.At);
            return Splice(from, to, "");
        }
        if (format != DataFormat.Toml && map.Entries.Count == 1) return Splice(from, to, "{}");
        int end = text.IndexOf('\n', to);
        return Splice(lines[key.At.Line - 1], end < 0 ? text.Length : end + 1, "");
    }

    private string Pair(string[] parts, int depth, DataValue value)
    {
        for (int i = parts.Length - 1; i > depth; i--) value = new DataMap([new(parts[i], value)]);
        return format == DataFormat.Toml ? $"{Inline(new DataText(parts[depth]))} = {Inline(value)}" : $"{Inline(new DataText(parts[depth]))}: {Inline(value)}";
    }

    private string Inline(DataValue value) => value switch
    {
        DataMap map => $"{{{string.Join(", ", map.Entries.Select(entry => $"{Inline(new DataText(entry.Key))}{(format == DataFormat.Toml ? " = " : ": ")}{Inline(entry.Value)}"))}}}",
        DataList list => $"[{string.Join(", ", list.Items.Select(Inline))}]",
        DataText words when format != DataFormat.Yaml || !IsPlainInBrackets(words.Text) => Quoted(words.Text),
        DataText words => words.Text,
        DataReal { Number: double number } when !double.IsFinite(number) && format != DataFormat.Yaml => format == DataFormat.Json ? PythonText.Json(value) : double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf",
        DataNothing when format == DataFormat.Toml => throw new PipelineException($"{path}: TOML has no null"),
        _ => YamlWriter.Plain(value),
    };

    private static bool IsPlainInBrackets(string words) => YamlTextStyle.Of(words).IsPlain && !words.AsSpan().ContainsAny(Brackets);

    private static string Quoted(string words)
    {
        var quoted = new StringBuilder();
        PythonText.AppendText(quoted, words);
        return quoted.ToString();
    }

    private int Offset(FilePosition at) => Math.Min(text.Length, lines[Math.Min(at.Line, lines.Count) - 1] + at.Column - 1);

    private string Splice(int from, int to, string words) => string.Concat(text.AsSpan(0, from), words, text.AsSpan(to));
}
