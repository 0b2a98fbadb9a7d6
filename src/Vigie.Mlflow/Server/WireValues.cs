using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Mlflow.Server;

/// <summary>An int64 as protobuf's JSON has it: a number or a string of one, also <c>3.0</c> and <c>1e3</c>; written as a number.</summary>
internal sealed class WireInteger : JsonConverter<long>
{
    public override long Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long whole)) return whole;
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan);
            if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole)) return whole;
            if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && number == decimal.Truncate(number) && number is >= long.MinValue and <= long.MaxValue)
                return (long)number;
        }

        throw new JsonException("expected a whole number of 64 bits");
    }

    public override void Write(Utf8JsonWriter writer, long value, JsonSerializerOptions options) => writer.WriteNumberValue(value);
}

/// <summary>A double as protobuf's JSON has it: a number or a string of one, or <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c> as strings.</summary>
internal sealed class WireNumber : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Number) return reader.GetDouble();
        if (reader.TokenType == JsonTokenType.String)
        {
            // The invariant culture's names for what is no number are the wire's.
            string text = reader.GetString()!;
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return number;
        }

        throw new JsonException("expected a number, or \"NaN\", \"Infinity\" or \"-Infinity\"");
    }

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
    {
        if (double.IsFinite(value)) writer.WriteNumberValue(value);
        else writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}

/// <summary>A boolean: also as a string in any case, since R's client sends every value as one.</summary>
internal sealed class WireBoolean : JsonConverter<bool>
{
    public override bool Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.String when bool.TryParse(reader.GetString(), out bool value) => value,
        _ => throw new JsonException("expected true or false"),
    };

    public override void Write(Utf8JsonWriter writer, bool value, JsonSerializerOptions options) => writer.WriteBooleanValue(value);
}

/// <summary>A text that both databases can keep.</summary>
internal sealed class WireText : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("expected a string");
        string text = reader.GetString()!;
        return text.Contains('\0', StringComparison.Ordinal) ? throw new JsonException("expected a string without the character U+0000") : text;
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary>An enum of the protocol, kept as its name; requests may give its number, which begins at 1.</summary>
internal abstract class WireEnum(IReadOnlyList<string> names) : JsonConverter<string>
{
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        int number = 0;
        if (reader.TokenType == JsonTokenType.String)
        {
            string text = reader.GetString()!;
            if (names.Contains(text)) return text;
            _ = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }
        else if (reader.TokenType == JsonTokenType.Number)
        {
            _ = reader.TryGetInt32(out number);
        }

        return number >= 1 && number <= names.Count ? names[number - 1] : throw new JsonException($"expected one of {string.Join(", ", names)}");
    }

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}

/// <summary><see cref="RunStatus"/>.</summary>
internal sealed class WireRunStatus() : WireEnum(RunStatus.All);

/// <summary>Which of the deleted and the others a search is for.</summary>
internal sealed class WireViewType() : WireEnum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]);

/// <summary><see cref="LoggedModelStatus"/>.</summary>
internal sealed class WireLoggedModelStatus() : WireEnum([LoggedModelStatus.Pending, LoggedModelStatus.Ready, LoggedModelStatus.UploadFailed]);
