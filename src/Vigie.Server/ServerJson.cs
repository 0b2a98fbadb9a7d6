using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>How everything looks as JSON: snake_case, readable letters, absent instead of null. Generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    Converters = [typeof(SentimentName), typeof(SplitName), typeof(ModelPartName), typeof(TrialModeName), typeof(TrialDecisionName), typeof(EstimateMethodName), typeof(AlertSeverityName), typeof(AlertStateName), typeof(AlertVerbName)])]
[JsonSerializable(typeof(PredictionRequest))]
[JsonSerializable(typeof(BatchRequest))]
[JsonSerializable(typeof(PredictionAnswer))]
[JsonSerializable(typeof(IReadOnlyList<PredictionAnswer>))]
[JsonSerializable(typeof(ExplanationAnswer))]
[JsonSerializable(typeof(Outcome))]
[JsonSerializable(typeof(FeedbackRequest))]
[JsonSerializable(typeof(FeedbackAnswer))]
[JsonSerializable(typeof(ErasureAnswer))]
[JsonSerializable(typeof(ModelDescription))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(TrialPeriod))]
[JsonSerializable(typeof(LivenessAnswer))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(AlertRequest))]
[JsonSerializable(typeof(MonitoringSummary))]
[JsonSerializable(typeof(MonitoringSeries))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ServerJson : JsonSerializerContext
{
    /// <summary>Answers are sent as application/json with nosniff, never inside HTML, so letters and emoji stay as they are.</summary>
    public static ServerJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary><c>negative</c>, <c>neutral</c>, <c>positive</c>.</summary>
internal sealed class SentimentName() : JsonStringEnumConverter<Sentiment>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

/// <summary><c>train</c>, <c>validation</c>, <c>test</c>.</summary>
internal sealed class SplitName() : JsonStringEnumConverter<Split>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
