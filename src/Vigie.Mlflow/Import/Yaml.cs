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

    /// <summary>A text that has to be there.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
    public string Required(string key, string name) => Text(key) ?? throw new InvalidDataException($"{name} has no '{key}'");

    private static bool IsNull(YamlScalarNode scalar) => scalar.Style is ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL";
}
