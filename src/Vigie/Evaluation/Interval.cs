using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Evaluation;

/// <summary>A closed interval of plausible values; in JSON the pair <c>[lower, upper]</c>.</summary>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
[JsonConverter(typeof(IntervalJsonConverter))]
public readonly record struct Interval(double Lower, double Upper);

/// <summary>Writes an interval as <c>[lower, upper]</c>; public because serializers generated in other assemblies need it.</summary>
public sealed class IntervalJsonConverter : JsonConverter<Interval>
{
    /// <inheritdoc/>
    public override Interval Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray || !reader.Read()) throw new JsonException("an interval is an array of two numbers");
        double lower = reader.GetDouble();
        reader.Read();
        double upper = reader.GetDouble();
        if (!reader.Read() || reader.TokenType != JsonTokenType.EndArray) throw new JsonException("an interval is an array of two numbers");
        return new Interval(lower, upper);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Interval value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(value.Lower);
        writer.WriteNumberValue(value.Upper);
        writer.WriteEndArray();
    }
}
