using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Client;

/// <summary>The wire: snake_case, absent instead of null. Generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(SentimentConverter)])]
[JsonSerializable(typeof(Tweet))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(CorrectionRequest))]
[JsonSerializable(typeof(Correction))]
[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ClientJson : JsonSerializerContext
{
    /// <summary>Letters and emoji are sent as they are: as escapes they would take up to three times the room.</summary>
    public static ClientJson Wire => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

internal sealed class SentimentConverter() : JsonStringEnumConverter<Sentiment>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
