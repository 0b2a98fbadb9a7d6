using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>Alerts as they are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class AlertJson : JsonSerializerContext;
