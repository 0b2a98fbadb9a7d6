using System.Text.Json;

namespace Vigie.Server.Tests;

/// <summary>As much of JSON Schema as the API's description uses, and strict: what a schema does not mention may not be there.</summary>
internal sealed class JsonSchema(JsonElement document)
{
    /// <summary>Where a value is not what the schema says.</summary>
    public IEnumerable<string> Faults(JsonElement value, JsonElement schema, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference)) return Faults(value, Resolve(reference.GetString()!), at);
        if (schema.TryGetProperty("oneOf", out JsonElement choices)) return OneOf(value, choices, at);
        if (schema.TryGetProperty("enum", out JsonElement names) && !names.EnumerateArray().Any(name => JsonElement.DeepEquals(name, value))) return [$"{at}: {value} is none of {names}"];
        if (schema.TryGetProperty("type", out JsonElement type) && !Types(type).Any(name => Is(value, name))) return [$"{at}: {value.ValueKind} is no {type}"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => OfObject(value, schema, at),
            JsonValueKind.Array when schema.TryGetProperty("items", out JsonElement items) => value.EnumerateArray().SelectMany((item, i) => Faults(item, items, $"{at}[{i}]")),
            _ => [],
        };
    }

    private IEnumerable<string> OneOf(JsonElement value, JsonElement choices, string at)
    {
        List<string>[] faults = [.. choices.EnumerateArray().Select(choice => Faults(value, choice, at).ToList())];
        return faults.Any(found => found.Count == 0) ? [] : [$"{at}: fits none of the choices: {string.Join(" | ", faults.Select(found => found[0]))}"];
    }

    private IEnumerable<string> OfObject(JsonElement value, JsonElement schema, string at)
    {
        if (schema.TryGetProperty("required", out JsonElement required))
        {
            foreach (JsonElement name in required.EnumerateArray())
            {
                if (!value.TryGetProperty(name.GetString()!, out _)) yield return $"{at}: {name} is missing";
            }
        }

        foreach (JsonProperty member in value.EnumerateObject())
        {
            JsonElement described;
            if ((schema.TryGetProperty("properties", out JsonElement properties) && properties.TryGetProperty(member.Name, out described)) || schema.TryGetProperty("additionalProperties", out described))
            {
                foreach (string fault in Faults(member.Value, described, $"{at}.{member.Name}")) yield return fault;
            }
            else if (schema.TryGetProperty("properties", out _))
            {
                yield return $"{at}.{member.Name}: is not described";
            }
        }
    }

    private JsonElement Resolve(string reference) =>
        reference[2..].Split('/').Aggregate(document, (at, name) => at.GetProperty(name));

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()!) : [type.GetString()!];

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "number" => value.ValueKind == JsonValueKind.Number,
        "integer" => value.ValueKind == JsonValueKind.Number && !value.GetRawText().Contains('.', StringComparison.Ordinal),
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind == JsonValueKind.Null,
        _ => throw new NotSupportedException(type),
    };
}
