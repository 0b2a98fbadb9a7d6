using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>A field of a record in a file.</summary>
internal enum PastField
{
    Other,
    Kind,
    At,
    Id,
    Model,
    Part,
    Label,
    Predicted,
    Confidence,
    UnknownShare,
    LatencyMs,
    Length,
    Text,
    PredictionId,
    Status,
    Count,
    ShadowModel,
    ShadowLabel,
}

/// <summary>A row of a file of records, while it is read.</summary>
internal sealed class PastRow
{
    private static readonly (byte[] Name, PastField Field)[] Fields =
        [.. Enum.GetValues<PastField>().Where(field => field is not PastField.Other).Select(field => (Encoding.ASCII.GetBytes(NameOf(field)), field))];

    private readonly Dictionary<string, PastModel> models = [];
    private readonly Dictionary<string, PastModel>.AlternateLookup<ReadOnlySpan<char>> modelsBySpan;
    private char[] letters = new char[256];
    private PastKind? kind;
    private DateTimeOffset? at;
    private string? id, text, prediction;
    private PastModel? model, shadow;
    private ModelPart part;
    private Sentiment? label, predicted, shadowLabel;
    private double confidence, unknown;
    private long latency, length, status, count;

    public PastRow() => modelsBySpan = models.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The columns that a message proposes.</summary>
    public const string Names = "kind,at,model,part,label,confidence,unknown_share,latency_ms,length,prediction_id,predicted,status";

    public static string NameOf(PastField field) => RuleDescription.NameOf(field);

    public static PastField FieldOf(ReadOnlySpan<byte> name)
    {
        foreach ((byte[] known, PastField field) in Fields)
        {
            if (name.SequenceEqual(known)) return field;
        }

        return PastField.Other;
    }

    public static string Expected(PastField field) => field switch
    {
        PastField.Kind => "prediction, correction or request",
        PastField.At => "a time such as 2026-11-23T12:00:00Z, or milliseconds since 1970",
        PastField.Part => "champion, challenger, named or batch",
        PastField.Label or PastField.Predicted or PastField.ShadowLabel => "negative, neutral or positive",
        PastField.Confidence or PastField.UnknownShare => "a number from 0 to 1",
        PastField.LatencyMs => "milliseconds",
        PastField.Status => "a status from 100 to 599",
        PastField.Length or PastField.Count => "a whole number",
        _ => "a text of at most 200 characters",
    };

    public void Clear()
    {
        (kind, at, id, text, prediction, model, shadow) = (null, null, null, null, null, null, null);
        (part, label, predicted, shadowLabel, confidence, unknown) = (ModelPart.Champion, null, null, null, 0, 0);
        (latency, length, status, count) = (0, 0, 0, 1);
    }

    /// <returns>False where the value is none of the field.</returns>
    public bool TrySet(PastField field, ReadOnlySpan<byte> bytes)
    {
        if (letters.Length < bytes.Length) letters = new char[2 * bytes.Length];
        ReadOnlySpan<char> value = letters.AsSpan(0, Encoding.UTF8.GetChars(bytes, letters));
        switch (field)
        {
            case PastField.Kind:
                kind = value switch { "prediction" => PastKind.Prediction, "correction" or "feedback" => PastKind.Correction, "request" => PastKind.Requests, _ => null };
                return kind is not null;
            case PastField.At:
                at = TimeOf(value);
                return at is not null;
            case PastField.Part:
                return Enum.TryParse(value, ignoreCase: true, out part) && !char.IsAsciiDigit(value[0]);
            case PastField.Label:
                return (label = LabelOf(value)) is not null;
            case PastField.Predicted:
                return (predicted = LabelOf(value)) is not null;
            case PastField.ShadowLabel:
                return (shadowLabel = LabelOf(value)) is not null;
            case PastField.Confidence:
                return TryNumber(value, 1, out confidence);
            case PastField.UnknownShare:
                return TryNumber(value, 1, out unknown);
            case PastField.LatencyMs:
                bool isNumber = TryNumber(value, 1e9, out double milliseconds);
                latency = (long)Math.Round(1000 * milliseconds);
                return isNumber;
            case PastField.Length:
                return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out length);
            case PastField.Count:
                return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out count);
            case PastField.Status:
                return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 100 and <= 599;
            case PastField.Text:
                text = value.ToString();
                return true;
            default:
                return value.Length is > 0 and <= 200 && SetName(field, value);
        }
    }

    /// <summary>What the row lacks; null where it is whole.</summary>
    public PastField? Missing() =>
        kind is null ? PastField.Kind
        : at is null ? PastField.At
        : kind is PastKind.Requests ? (status == 0 ? PastField.Status : null)
        : label is null ? PastField.Label
        : kind is PastKind.Correction && predicted is null ? PastField.Predicted
        : kind is PastKind.Prediction && model is null ? PastField.Model
        : null;

    public PastRecord ToRecord(long line) => kind switch
    {
        PastKind.Requests => new PastRecord(PastKind.Requests, at!.Value) { Succeeded = status < 400 ? count : 0, Refused = status is >= 400 and < 500 ? count : 0, Failed = status >= 500 ? count : 0 },
        PastKind.Correction => new PastRecord(PastKind.Correction, at!.Value)
        {
            Id = id ?? string.Create(CultureInfo.InvariantCulture, $"line {line}"),
            Prediction = prediction,
            Model = model,
            Part = part,
            Predicted = predicted,
            Right = label!.Value,
            Shadow = shadow,
            ShadowSaid = shadowLabel,
        },
        _ => new PastRecord(PastKind.Prediction, at!.Value)
        {
            Id = id,
            Model = model,
            Part = part,
            Predicted = label,
            Confidence = confidence,
            UnknownShare = unknown,
            Latency = latency,
            Length = text is null ? length : text.Length,
            Text = text,
            Shadow = shadow,
        },
    };

    private bool SetName(PastField field, ReadOnlySpan<char> value)
    {
        if (field is PastField.Model) model = ModelOf(value);
        else if (field is PastField.ShadowModel) shadow = ModelOf(value);
        else if (field is PastField.PredictionId) prediction = value.ToString();
        else id = value.ToString();
        return true;
    }

    private PastModel ModelOf(ReadOnlySpan<char> name)
    {
        if (modelsBySpan.TryGetValue(name, out PastModel? known)) return known;
        var made = new PastModel(name.ToString(), name.ToString(), models.Count);
        models.Add(made.Name, made);
        return made;
    }

    private static Sentiment? LabelOf(ReadOnlySpan<char> value) => value switch { "negative" => Sentiment.Negative, "neutral" => Sentiment.Neutral, "positive" => Sentiment.Positive, _ => null };

    private static bool TryNumber(ReadOnlySpan<char> value, double most, out double number) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && number >= 0 && number <= most;

    private static DateTimeOffset? TimeOf(ReadOnlySpan<char> value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds) && milliseconds <= 253_402_300_799_999) return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time : null;
    }
}
