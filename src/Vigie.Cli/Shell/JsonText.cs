using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Cli;

/// <summary>How results look as JSON: snake_case names, lower-case enum values, readable letters, null for a number that is not finite.</summary>
internal static class JsonText
{
    public static JsonSerializerOptions OneLine { get; } = Create(indented: false);

    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DictionaryKeyPolicy = null, // keys are data: words, class names
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // goes to a terminal or a file, never into HTML
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new FiniteNumber() },
    };

    // JSON has no NaN: a metric that is not defined (AUC of one class) is null.
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}
