using System.Text;
using System.Text.RegularExpressions;

namespace Vigie.Pipelines;

/// <summary>What <c>${…}</c> may name in a dvc.yaml: values of params.yaml, of <c>vars</c>, and of the loop around a stage.</summary>
internal sealed partial class Variables
{
    private readonly Dictionary<string, string> sources;
    private DataMap values;

    public Variables() : this(new DataMap([]), []) { }

    private Variables(DataMap values, Dictionary<string, string> sources) => (this.values, this.sources) = (values, sources);

    /// <summary>A copy that may be given more.</summary>
    public Variables Copy() => new(values, new Dictionary<string, string>(sources));

    /// <summary>Adds values; maps of one name are joined.</summary>
    /// <returns>The dotted name of a value that is there already, with where it came from; null when all is well.</returns>
    public (string Name, string Source)? Add(DataMap more, string source)
    {
        (DataMap joined, string? twice) = Join(values, more, "");
        if (twice is not null) return (twice, sources.GetValueOrDefault(twice.Split('.')[0], "elsewhere"));
        values = joined;
        foreach ((string key, DataValue _) in more.Entries) sources.TryAdd(key, source);
        return null;
    }

    /// <summary>Sets a value of a loop, whatever had that name.</summary>
    public void Set(string name, DataValue value) => values = new DataMap([.. values.Entries.Where(entry => entry.Key != name), new(name, value)]);

    /// <summary>A YAML piece with all templates put in.</summary>
    /// <param name="file">For messages.</param>
    /// <param name="node">The piece.</param>
    /// <param name="use">What may be put in.</param>
    /// <exception cref="PipelineException">A name means nothing, or a list or map stands where a text is needed.</exception>
    public YamlNode Resolve(string file, YamlNode node, TemplateUse use) => node switch
    {
        YamlScalar scalar => Resolve(file, scalar, use),
        YamlSequence list => list with { Items = [.. list.Items.Select(item => Resolve(file, item, use))] },
        YamlMapping map => map with { Entries = [.. map.Entries.Select(entry => ((YamlScalar)Resolve(file, entry.Key, TemplateUse.Text), Resolve(file, entry.Value, use)))] },
        _ => node,
    };

    private YamlNode Resolve(string file, YamlScalar scalar, TemplateUse use)
    {
        if (!scalar.Text.Contains("${", StringComparison.Ordinal)) return scalar;
        MatchCollection matches = Template().Matches(scalar.Text);
        if (matches is [{ Index: 0 } only] && only.Length == scalar.Text.Length)
        {
            DataValue value = Find(file, scalar, only.Groups["name"].Value);
            return value is DataMap or DataList && use != TemplateUse.Anything ? new YamlScalar(scalar.At, Words(file, scalar, only.Value, value, use), IsPlain: false) { End = scalar.End } : ToNode(value, scalar);
        }

        var text = new StringBuilder();
        int from = 0;
        foreach (Match match in matches)
        {
            text.Append(scalar.Text, from, match.Index - from).Append(Words(file, scalar, match.Value, Find(file, scalar, match.Groups["name"].Value), use));
            from = match.Index + match.Length;
        }
        string whole = text.Append(scalar.Text, from, scalar.Text.Length - from).Replace("\\${", "${").ToString();
        return scalar with { Text = whole, IsPlain = matches.Count == 0 && scalar.IsPlain };
    }

    private DataValue Find(string file, YamlScalar scalar, string name)
    {
        DataValue value = values;
        foreach (string part in name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.').Select(part => part.Trim()))
        {
            DataValue? next = value switch
            {
                DataMap map => map[part],
                DataList list when int.TryParse(part, out int i) && i < list.Items.Count && i >= -list.Items.Count => list.Items[i < 0 ? i + list.Items.Count : i],
                _ => null,
            };
            value = next ?? throw new PipelineException(file, scalar.At, $"${{{name}}}: there is no '{part}'{(value is DataMap known ? Advice(part, known) : "")}; names come from params.yaml beside the dvc.yaml and from vars");
        }
        return value;
    }

    private static string Advice(string part, DataMap known) => Spelling.Nearest(part, known.Entries.Select(entry => entry.Key)) is { } near ? $", did you mean '{near}'?" : "";

    private static string Words(string file, YamlScalar scalar, string template, DataValue value, TemplateUse use) => value switch
    {
        DataText text => text.Text,
        DataNothing => "None",
        DataMap map when use == TemplateUse.Command => Options(file, scalar, map, ""),
        DataMap or DataList => throw new PipelineException(file, scalar.At, $"{template} is {(value is DataMap ? "a mapping" : "a list")}, which cannot stand in a text"),
        _ => YamlWriter.Plain(value),
    };

    // A mapping in a command becomes options: {lr: 0.1, fast: true} is --lr 0.1 --fast.
    private static string Options(string file, YamlScalar scalar, DataMap map, string prefix)
    {
        var words = new List<string>();
        foreach ((string key, DataValue value) in map.Entries)
        {
            string name = prefix + key;
            switch (value)
            {
                case DataMap inner: words.Add(Options(file, scalar, inner, name + ".")); break;
                case DataFlag flag: words.Add(flag.IsTrue ? $"--{name}" : ""); break;
                case DataList list when list.Items.Any(item => item is DataList or DataMap): throw new PipelineException(file, scalar.At, $"{name}: a list of lists cannot become an option of a command");
                case DataList list: words.Add(list.Items.Count == 0 ? "" : $"--{name} {string.Join(' ', list.Items.Select(Word))}"); break;
                default: words.Add($"--{name} {Word(value)}"); break;
            }
        }
        return string.Join(' ', words.Where(word => word.Length > 0));

        string Word(DataValue value) => value is DataText text ? Quote(text.Text) : Words(file, scalar, "", value, TemplateUse.Text);
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "@%+=:,./-_".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'";

    private static YamlNode ToNode(DataValue value, YamlNode at) => value switch
    {
        DataMap map => new YamlMapping(at.At, [.. map.Entries.Select(entry => (new YamlScalar(at.At, entry.Key, IsPlain: false), ToNode(entry.Value, at)))]),
        DataList list => new YamlSequence(at.At, [.. list.Items.Select(item => ToNode(item, at))]),
        DataText text => new YamlScalar(at.At, text.Text, IsPlain: false),
        _ => new YamlScalar(at.At, YamlWriter.Plain(value), IsPlain: true),
    };

    private static (DataMap Joined, string? Twice) Join(DataMap one, DataMap other, string prefix)
    {
        var entries = one.Entries.ToList();
        foreach ((string key, DataValue value) in other.Entries)
        {
            int at = entries.FindIndex(entry => entry.Key == key);
            if (at < 0)
            {
                entries.Add(new(key, value));
            }
            else if (entries[at].Value is DataMap first && value is DataMap second)
            {
                (DataMap inner, string? twice) = Join(first, second, $"{prefix}{key}.");
                if (twice is not null) return (one, twice);
                entries[at] = new(key, inner);
            }
            else
            {
                return (one, prefix + key);
            }
        }
        return (new DataMap(entries), null);
    }

    [GeneratedRegex(@"(?<!\\)\$\{(?<name>[\w._ \\/\-\[\]]*?)\}")]
    private static partial Regex Template();
}

/// <summary>What may be put in the place of a template.</summary>
internal enum TemplateUse
{
    /// <summary>A text, number or flag.</summary>
    Text,

    /// <summary>A mapping too, as options of a command.</summary>
    Command,

    /// <summary>Lists and mappings too: what a loop runs over.</summary>
    Anything,
}
