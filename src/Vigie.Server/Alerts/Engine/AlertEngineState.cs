using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>All that the engine knows between two steps. It holds ids and figures, and no text.</summary>
internal sealed class AlertEngineState
{
    public const int FormatVersion = 1;

    public int Format { get; set; } = FormatVersion;

    /// <summary>The time of the last step; null before the first.</summary>
    public DateTimeOffset? Now { get; set; }

    /// <summary>The same by the clock that nobody sets.</summary>
    public TimeSpan Elapsed { get; set; }

    public string Boot { get; set; } = "";

    /// <summary>Since when steps have followed each other without a gap.</summary>
    public DateTimeOffset WatchedSince { get; set; }

    /// <summary>Figures before it are of another clock; null where nobody put the clock.</summary>
    public DateTimeOffset? WindowsFrom { get; set; }

    /// <summary>By how much the clock was put the last time, and when: corrections of before may still come.</summary>
    public TimeSpan Jump { get; set; }

    public DateTimeOffset? JumpedAt { get; set; }

    /// <summary>Alerts begun so far.</summary>
    public long Opened { get; set; }

    /// <summary>Notices decided so far.</summary>
    public long Told { get; set; }

    /// <summary>The last prediction, as the records have its time and as the present clock would have it.</summary>
    public DateTimeOffset? LastPrediction { get; set; }

    public DateTimeOffset? LastTraffic { get; set; }

    /// <summary>The minute in which that was looked at.</summary>
    public DateTimeOffset? TrafficLooked { get; set; }

    /// <summary>The channels of the last step, for commands.</summary>
    public IReadOnlyDictionary<string, AlertSeverity> Channels { get; set; } = new Dictionary<string, AlertSeverity>();

    public List<WatchState> Watches { get; set; } = [];

    public List<AlertItem> Alerts { get; set; } = [];

    public List<RuleSilence> Silences { get; set; } = [];

    public List<ReportMemory> Reports { get; set; } = [];

    public List<GroupState> Groups { get; set; } = [];

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, AlertStateJson.Default.AlertEngineState);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static AlertEngineState FromJson(ReadOnlySpan<byte> json)
    {
        try
        {
            AlertEngineState? state = JsonSerializer.Deserialize(json, AlertStateJson.Default.AlertEngineState);
            if (state is null) throw new InvalidDataException("the state of the alerts is null");
            if (state.Format != FormatVersion) throw new InvalidDataException($"the state of the alerts has format {state.Format}, this program reads {FormatVersion}. Update Vigie");
            return state;
        }
        catch (JsonException damaged)
        {
            throw new InvalidDataException($"the state of the alerts is damaged: {damaged.Message}", damaged);
        }
    }

    /// <summary>Moves all times, as when the clock was put.</summary>
    public void Shift(TimeSpan by)
    {
        WatchedSince += by;
        LastTraffic += by;
        JumpedAt += by;
        foreach (WatchState watch in Watches)
        {
            watch.Since += by;
            watch.EndedAt += by;
        }

        foreach (AlertItem alert in Alerts) alert.Shift(by);
        foreach (RuleSilence silence in Silences) silence.Until += by;
        foreach (GroupState group in Groups) group.LastAt += by;
        foreach (ReportMemory memory in Reports) memory.Shift(by);
    }
}

/// <summary>What is known of one condition: a rule, and what it is judged by.</summary>
internal sealed class WatchState
{
    public required string Rule { get; init; }

    public required string Label { get; init; }

    /// <summary>The rule's <see cref="AlertRule.Judgement"/> when that was seen.</summary>
    public required string Judgement { get; set; }

    /// <summary>Since when it has held; null while it does not.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>When its last alert ended.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Somebody ended that alert while it held: the next begins when it has not held in between, or after a repeat interval.</summary>
    public bool IsHeldBack { get; set; }

    /// <summary>The step that saw it last.</summary>
    [JsonIgnore]
    public long Seen { get; set; }
}

/// <summary>Nobody is told of a rule's alerts for a while.</summary>
internal sealed class RuleSilence
{
    public required string Rule { get; init; }

    public required DateTimeOffset Until { get; set; }

    public required string By { get; init; }
}

/// <summary>When a rule was last told of on a channel.</summary>
internal sealed class GroupState
{
    public required string Rule { get; init; }

    public required string Channel { get; init; }

    public required DateTimeOffset LastAt { get; set; }
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Strict,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectRequiredConstructorParameters = false,
    Converters = [typeof(SentimentName)])]
[JsonSerializable(typeof(AlertEngineState))]
internal sealed partial class AlertStateJson : JsonSerializerContext;
