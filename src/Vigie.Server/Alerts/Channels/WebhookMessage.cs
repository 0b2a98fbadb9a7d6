using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>A message as programs get it: all of it, tweets as they were written. Beside the notice it holds its sentence and its readers, so that a receiver need not make them.</summary>
internal sealed record WebhookMessage
{
    /// <summary>The same for every try; as in the header.</summary>
    public required string Key { get; init; }

    public required NoticeKind Kind { get; init; }

    public required AlertSeverity Severity { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>What it is about, in a sentence.</summary>
    public required string Title { get; init; }

    public required IReadOnlyList<Alert> Alerts { get; init; }

    public required int More { get; init; }

    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Runbooks' addresses by their names.</summary>
    public required IReadOnlyDictionary<string, string> Runbooks { get; init; }

    public static WebhookMessage Of(AlertNotice notice, Readers readers) => new()
    {
        Key = NoticeKey.Of(notice),
        Kind = notice.Kind,
        Severity = notice.Severity,
        At = notice.At,
        Title = NoticeText.Of(notice, readers).Title,
        Alerts = notice.Alerts,
        More = notice.More,
        Lines = notice.Lines,
        Runbooks = notice.Alerts.Select(alert => alert.Runbook).Distinct().Where(name => readers.Runbook(name) is not null).ToDictionary(name => name, name => readers.Runbook(name)!),
    };
}

/// <summary>The JSON of what goes to other programs: snake_case, absent instead of null, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, // an index of drift can be infinite
    Converters = [typeof(SentimentName), typeof(SnakeCaseName<NoticeKind>), typeof(SnakeCaseName<AlertSeverity>), typeof(SnakeCaseName<AlertState>)])]
[JsonSerializable(typeof(WebhookMessage))]
[JsonSerializable(typeof(PagerDutyEvent))]
internal sealed partial class ChannelJson : JsonSerializerContext
{
    /// <summary>Letters and emoji as they are: this JSON is never inside HTML.</summary>
    public static ChannelJson Readable => field ??= new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

/// <summary>Names of an enumeration in snake_case.</summary>
internal sealed class SnakeCaseName<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where T : struct, Enum;
