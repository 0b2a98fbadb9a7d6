using System.Globalization;

using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Vigie.Mlflow.Import;

/// <summary>A mapping of a YAML file, read as nodes: no tag in it makes an object.</summary>
internal sealed class Yaml
{
    private readonly Dictionary<string, YamlNode> entries;

    private Yaml(YamlMappingNode node)
    {
        entries = new(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            if (key is YamlScalarNode { Value: { } name }) entries[name] = value;
        }
    }

    /// <summary>The keys, in no order.</summary>
    public IReadOnlyCollection<string> Keys => entries.Keys;

    /// <summary>Reads a file's mapping.</summary>
    /// <exception cref="InvalidDataException">It is not YAML, or something else than a mapping.</exception>
    public static Yaml Read(string file)
    {
        using StreamReader reader = File.OpenText(file);
        return Parse(reader, file);
    }

    /// <inheritdoc cref="Read(string)"/>
    public static Yaml Parse(TextReader text, string name)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(text);
        }
        catch (YamlException fault)
        {
            throw new InvalidDataException($"{name}, line {fault.Start.Line}: {fault.Message}", fault);
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }, ..] ? new Yaml(root) : throw new InvalidDataException($"{name} holds no mapping of keys to values");
    }

    /// <summary>A text; null where it is missing, null or not a scalar.</summary>
    public string? Text(string key) => entries.GetValueOrDefault(key) is YamlScalarNode scalar && !IsNull(scalar) ? scalar.Value : null;

    /// <summary>A whole number; null where it is missing or something else.</summary>
    public long? Number(string key) =>
        long.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) ? whole
        : double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && Math.Abs(number) < 1e15 ? (long)number
        : null;

    /// <summary>A mapping within; null where it is missing or something else.</summary>
    public Yaml? Map(string key) => entries.GetValueOrDefault(key) is YamlMappingNode node ? new Yaml(node) : null;

    /// <summary>All of it: texts, null, and lists and mappings of these. A number or truth value that stands without quotes is one.</summary>
    public Dictionary<string, object?> Values() => entries.ToDictionary(entry => entry.Key, entry => Value(entry.Value, depth: 0), StringComparer.Ordinal);

    private static object? Value(YamlNode node, int depth)
    {
        // Aliases can make a small file endless.
        if (depth > 20) throw new InvalidDataException($"line {node.Start.Line}: nested deeper than 20 levels");
        return node switch
        {
            YamlSequenceNode list => list.Children.Select(child => Value(child, depth + 1)).ToArray(),
            YamlMappingNode map => new Yaml(map).entries.ToDictionary(entry => entry.Key, entry => Value(entry.Value, depth + 1), StringComparer.Ordinal),
            YamlScalarNode scalar when IsNull(scalar) => null,
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "True" } => true,
            YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" or "False" } => false,
            YamlScalarNode { Style: ScalarStyle.Plain } scalar when long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long whole) => whole,
            YamlScalarNode { Style: ScalarStyle.Plain } scalar when double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            YamlScalarNode scalar => scalar.Value,
            _ => null,
        };
    }

    private static bool IsNull(YamlScalarNode scalar) => scalar.Value is null || (scalar.Style is ScalarStyle.Plain && scalar.Value is ("" or "~" or "null" or "Null" or "NULL"));
}
