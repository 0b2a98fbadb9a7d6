using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Vigie.Mlflow.Server;

/// <summary>Reads requests: a query string and a JSON body become the same record, under the same rules.</summary>
internal static partial class Requests
{
    /// <summary>Reads the body, or the query where there is none.</summary>
    /// <exception cref="MlflowException">It is not JSON, not an object, or a field is of the wrong type; the message names the field.</exception>
    public static async ValueTask<T> ReadAsync<T>(HttpContext context)
    {
        JsonTypeInfo<T> type = MlflowJson.Of<T>();
        HttpRequest request = context.Request;
        bool hasBody = !HttpMethods.IsGet(request.Method) && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != false && request.ContentLength != 0;
        try
        {
            T? read = hasBody
                ? await JsonSerializer.DeserializeAsync(request.BodyReader, type, context.RequestAborted)
                : JsonSerializer.Deserialize(OfQuery(request.Query, type).WrittenSpan, type);
            return read ?? throw MlflowException.Invalid("the body is null; expected a JSON object");
        }
        catch (JsonException fault)
        {
            throw MlflowException.Invalid(Describe(fault));
        }
    }

    /// <summary>The value, which must be there.</summary>
    public static T Required<T>(this T? value, string field) where T : class =>
        value ?? throw Missing(field);

    /// <inheritdoc cref="Required{T}(T, string)"/>
    public static T Required<T>(this T? value, string field) where T : struct =>
        value ?? throw Missing(field);

    /// <summary>The text, which must be there and not be empty.</summary>
    public static string Required(this string? value, string field) => string.IsNullOrEmpty(value) ? throw Missing(field) : value;

    /// <summary>protobuf's default of a text stands for none.</summary>
    public static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>A search as the request has it. Numbers that no search allows stay so, for the search to refuse them.</summary>
    public static Search Search(string? filter, IReadOnlyList<string>? orderBy, long? maxResults, string? pageToken, int usualResults) => new()
    {
        Filter = string.IsNullOrWhiteSpace(filter) ? null : filter,
        OrderBy = orderBy ?? [],
        MaxResults = Clamped(maxResults ?? usualResults),
        PageToken = Given(pageToken),
    };

    /// <summary>The nearest number of 32 bits.</summary>
    public static int Clamped(long number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue);

    /// <summary>A field that is not there.</summary>
    public static MlflowException Missing(string field) => MlflowException.Invalid($"Missing value for required parameter '{field}'");

    private static ArrayBufferWriter<byte> OfQuery(IQueryCollection query, JsonTypeInfo type)
    {
        var json = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(json);
        writer.WriteStartObject();
        foreach (JsonPropertyInfo property in type.Properties)
        {
            if (!query.TryGetValue(property.Name, out var values) || values.Count == 0) continue;
            writer.WritePropertyName(property.Name);
            if (MlflowJson.IsList(property.PropertyType))
            {
                writer.WriteStartArray();
                foreach (string? value in values) writer.WriteStringValue(value ?? "");
                writer.WriteEndArray();
            }
            else
            {
                writer.WriteStringValue(values[^1] ?? "");
            }
        }

        writer.WriteEndObject();
        return json;
    }

    private static string Describe(JsonException fault)
    {
        if (fault.InnerException is JsonException) return $"the body is not JSON: {fault.InnerException.Message}";
        string field = fault.Path is null or "$" ? "" : fault.Path.StartsWith("$.", StringComparison.Ordinal) ? fault.Path[2..] : fault.Path[1..];
        if (MissingFields().Match(fault.Message) is { Success: true } missing)
            return $"Missing value for required parameter '{(field.Length > 0 ? field + "." : "")}{missing.Groups[1].Value}'";
        string expected = WrongType().Match(fault.Message) is { Success: true } wrong ? Expected(wrong.Groups[1].Value) : fault.Message;
        return field.Length == 0 ? $"the body is not as it should be: {expected}" : $"Invalid value for parameter '{field}': {expected}";
    }

    private static string Expected(string type) =>
        type.Contains("IReadOnlyList", StringComparison.Ordinal) ? "expected a list"
        : "expected a JSON object";

    // The serializer says these two things in its messages alone.
    [GeneratedRegex("missing required properties including: '([^']+)'")]
    private static partial Regex MissingFields();

    [GeneratedRegex("^The JSON value could not be converted to (.+?)\\. Path: ")]
    private static partial Regex WrongType();
}
