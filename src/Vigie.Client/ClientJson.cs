using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Client;

/// <summary>The wire: snake_case, absent instead of null. Generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    Converters = [typeof(SentimentConverter)])]
[JsonSerializable(typeof(Tweet))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(CorrectionRequest))]
[JsonSerializable(typeof(Correction))]
[JsonSerializable(typeof(Erasure))]
[JsonSerializable(typeof(ModelInfo))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ClientJson : JsonSerializerContext;

internal sealed class SentimentConverter() : JsonStringEnumConverter<Sentiment>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
