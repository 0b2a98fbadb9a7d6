using System.Numerics;
using System.Text.Json;

namespace Vigie.Pipelines;

/// <summary>Reads files of parameters and metrics: YAML, JSON or TOML by their ending.</summary>
public static class DataFile
{
    /// <summary>The file's content, or null where there is no such file.</summary>
    /// <exception cref="PipelineException">It cannot be parsed.</exception>
    public static DataValue? Read(string path, IFileTexts files) => files.Read(path) is { } text ? Parse(path, text) : null;

    /// <summary>The values of dotted keys as a lock file keeps them; missing ones are absent. Without keys, the whole map.</summary>
    /// <param name="content">The file's content.</param>
    /// <param name="keys">Dotted keys: <c>train.lr</c>, <c>layers.0.units</c>.</param>
    public static DataMap Select(DataValue content, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0) return content as DataMap ?? new DataMap([]);
        var found = new List<KeyValuePair<string, DataValue>>(keys.Count);
        foreach (string key in keys)
        {
            if (Find(content, key) is { } value) found.Add(new(key, value));
        }
        return new DataMap(found);
    }

    /// <summary>The text of a YAML, JSON or TOML file with values put in place of others by dotted key, all else untouched: comments, order, quotes.</summary>
    /// <param name="path">Names the format, and is named by errors.</param>
    /// <param name="text">The file.</param>
    /// <param name="changes">Dotted keys (<c>train.ngrams[0]</c> too) and their new values; <c>~key</c> removes.</param>
    /// <exception cref="PipelineException">The file cannot be parsed, or has no place for a key.</exception>
    public static string Change(string path, string text, IReadOnlyList<KeyValuePair<string, DataValue>> changes)
    {
        foreach ((string key, DataValue value) in changes) text = new DataFileEdit(path, text, FormatOf(path)).Apply(key, value);
        return text;
    }

    /// <summary>A dotted key's parts: <c>a.b[0]</c> is a, b, 0.</summary>
    internal static string[] Parts(string key) => key.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');

    internal static DataFormat FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".json" => DataFormat.Json,
        ".toml" => DataFormat.Toml,
        ".py" => throw new PipelineException($"{path}: parameters in a Python file would have to be run to be read; YAML, JSON and TOML are known"),
        _ => DataFormat.Yaml, // DVC, too, takes every other ending for YAML
    };

    private static DataValue? Find(DataValue content, string key)
    {
        DataValue? value = content;
        foreach (string part in Parts(key))
        {
            value = value switch
            {
                DataMap map => map[part],
                DataList list when int.TryParse(part, out int i) && i >= 0 && i < list.Items.Count => list.Items[i],
                _ => null,
            };
            if (value is null) return null;
        }
        return value;
    }

    /// <summary>The content of a text, in the format that the file's name says.</summary>
    /// <exception cref="PipelineException">It cannot be parsed.</exception>
    public static DataValue Parse(string path, string text) => FormatOf(path) switch
    {
        DataFormat.Json => ParseJson(path, text),
        DataFormat.Toml => YamlScalars.ValueOf(path, TomlNodes.Parse(path, text)),
        _ => YamlScalars.ValueOf(path, YamlNode.Parse(path, text)),
    };

    private static DataValue ParseJson(string path, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Of(document.RootElement);
        }
        catch (JsonException) when (text.Contains("NaN", StringComparison.Ordinal) || text.Contains("Infinity", StringComparison.Ordinal))
        {
            return WithPythonNumbers(YamlScalars.ValueOf(path, YamlNode.Parse(path, text))); // Python writes them without quotes
        }
        catch (JsonException error)
        {
            throw new PipelineException($"{path}:{(error.LineNumber ?? 0) + 1}:{(error.BytePositionInLine ?? 0) + 1}: not JSON: {error.Message}", error);
        }
    }

    private static DataValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new DataMap([.. element.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, Of(entry.Value)))]),
        JsonValueKind.Array => new DataList([.. element.EnumerateArray().Select(Of)]),
        JsonValueKind.String => new DataText(element.GetString()!),
        JsonValueKind.Number => element.GetRawText() is var digits && digits.AsSpan().ContainsAny('.', 'e', 'E') ? new DataReal(element.GetDouble()) : new DataInteger(BigInteger.Parse(digits, System.Globalization.CultureInfo.InvariantCulture)),
        JsonValueKind.True => new DataFlag(true),
        JsonValueKind.False => new DataFlag(false),
        _ => DataNothing.Instance,
    };

    private static DataValue WithPythonNumbers(DataValue value) => value switch
    {
        DataText { Text: "NaN" } => new DataReal(double.NaN),
        DataText { Text: "Infinity" } => new DataReal(double.PositiveInfinity),
        DataText { Text: "-Infinity" } => new DataReal(double.NegativeInfinity),
        DataMap map => new DataMap([.. map.Entries.Select(entry => KeyValuePair.Create(entry.Key, WithPythonNumbers(entry.Value)))]),
        DataList list => new DataList([.. list.Items.Select(WithPythonNumbers)]),
        _ => value,
    };
}

/// <summary>The formats of parameter files.</summary>
internal enum DataFormat
{
    Yaml,
    Json,
    Toml,
}
