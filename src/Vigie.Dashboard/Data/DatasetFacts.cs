using System.Text.Json;
using Vigie.Mlflow;

namespace Vigie.Dashboard.Data;

/// <summary>What a run recorded of its data, as far as it is written in a form that is known. Everything in it was written by whoever logged the run.</summary>
internal sealed record DatasetFacts
{
    private static readonly string[] Sides = ["train", "validation", "test"];

    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Its digest.</summary>
    public required string Digest { get; init; }

    /// <summary>Where it was, as the run says; null where it does not.</summary>
    public string? Source { get; init; }

    /// <summary>Its SHA-256 in hexadecimal, or the beginning of it; null where another kind of digest was recorded.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Rows; null where that was not recorded.</summary>
    public long? Rows { get; init; }

    /// <summary>Its columns.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>Rows of each side by class; empty where that was not recorded.</summary>
    public IReadOnlyList<(string Side, IReadOnlyDictionary<string, long> Classes)> Splits { get; init; } = [];

    /// <summary>The file on this machine that the record names; null where it names none, or by its name alone.</summary>
    public string? LocalPath { get; init; }

    /// <summary>Reads a record.</summary>
    public static DatasetFacts Of(Dataset dataset)
    {
        JsonElement source = Parse(dataset.Source), schema = Parse(dataset.Schema), profile = Parse(dataset.Profile);
        string? uri = Text(source, "uri") ?? (source.ValueKind == JsonValueKind.Undefined && dataset.Source.Length > 0 ? dataset.Source : null);
        string? sha256 = Text(source, "sha256");
        return new DatasetFacts
        {
            Name = dataset.Name,
            Digest = dataset.Digest,
            Source = uri,
            // The program writes as much of the SHA-256 as the column holds; MLflow's own digests are eight digits of something else.
            Sha256 = IsSha256(sha256, 64) && sha256!.StartsWith(dataset.Digest, StringComparison.OrdinalIgnoreCase) ? sha256 : IsSha256(dataset.Digest, 36) ? dataset.Digest : null,
            Rows = Number(profile, "num_rows"),
            Columns = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("columns", out JsonElement columns) && columns.ValueKind == JsonValueKind.Array
                ? [.. columns.EnumerateArray().Where(column => column.ValueKind == JsonValueKind.String).Select(column => column.GetString()!)]
                : [],
            Splits = profile.ValueKind != JsonValueKind.Object ? [] : [.. Sides.Where(side => profile.TryGetProperty(side, out JsonElement of) && of.ValueKind == JsonValueKind.Object).Select(side => (side, (IReadOnlyDictionary<string, long>)Counts(profile.GetProperty(side))))],
            LocalPath = dataset.SourceType == "local" ? PathOf(uri) : null,
        };
    }

    private static Dictionary<string, long> Counts(JsonElement side)
    {
        var counts = new Dictionary<string, long>();
        foreach (JsonProperty one in side.EnumerateObject())
        {
            if (one.Value.ValueKind == JsonValueKind.Number && one.Value.TryGetInt64(out long count)) counts[one.Name] = count;
        }

        return counts;
    }

    private static string? PathOf(string? uri) => uri is null ? null
        : uri.StartsWith("file://", StringComparison.OrdinalIgnoreCase) && Uri.TryCreate(uri, UriKind.Absolute, out Uri? file) && file.IsLoopback ? file.LocalPath
        : Path.IsPathFullyQualified(uri) ? uri
        : null;

    private static bool IsSha256(string? text, int digits) => text?.Length == digits && text.All(char.IsAsciiHexDigit);

    private static JsonElement Parse(string? json)
    {
        if (string.IsNullOrWhiteSpace(json)) return default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return default; // free text: whoever logged it owed nobody JSON
        }
    }

    private static string? Text(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static long? Number(JsonElement of, string name) => of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) ? number : null;
}
