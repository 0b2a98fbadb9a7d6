using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Server;

/// <summary>A tweet to classify. Other fields may stand beside these and are ignored, so that a tweet can be sent as it was collected.</summary>
internal sealed record PredictionRequest
{
    /// <summary>The tweet as published; any text, the empty one included. Half of a surrogate pair is read as U+FFFD.</summary>
    public required string Text { get; init; }

    /// <summary>The caller's identifier, repeated in the answer: a string of at most 200 characters, or a whole number.</summary>
    public TweetId? Id { get; init; }

    /// <summary>Who wrote it, at most 200 characters. Kept as a keyed hash only, by which everything of an author can be erased.</summary>
    public string? Author { get; init; }

    /// <summary>The tweet's language (BCP 47): <c>en</c>, <c>fr-CA</c>. Kept with the prediction; the model does not ask.</summary>
    public string? Language { get; init; }

    /// <summary>Also say which words moved the decision.</summary>
    public bool? Explain { get; init; }

    /// <summary>Say positive from this probability on, above 0 and below 1, instead of the model's own threshold. For models with two classes.</summary>
    public double? Threshold { get; init; }

    /// <summary>Whether it is kept, and a shadow asked too; said by a header.</summary>
    [JsonIgnore]
    public bool IsRecorded { get; init; } = true;
}

/// <summary>Many tweets at once; one of <c>texts</c> and <c>tweets</c>.</summary>
internal sealed record BatchRequest
{
    /// <summary>Only texts.</summary>
    public IReadOnlyList<string>? Texts { get; init; }

    /// <summary>Tweets, each a text or an object as POST /predict takes it.</summary>
    public IReadOnlyList<PredictionRequest>? Tweets { get; init; }

    /// <summary>For the tweets that do not say it themselves.</summary>
    public bool? Explain { get; init; }

    /// <summary>For the tweets that do not say it themselves.</summary>
    public double? Threshold { get; init; }
}

/// <summary>An identifier as the caller wrote it: a string, or a whole number of any length.</summary>
/// <param name="Text">The string, or the digits.</param>
/// <param name="IsNumber">Whether it stood without quotes.</param>
[JsonConverter(typeof(TweetIdConverter))]
internal readonly record struct TweetId(string Text, bool IsNumber);

internal sealed class TweetIdConverter : JsonConverter<TweetId>
{
    public override TweetId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("ids are read by TweetParser");

    public override void Write(Utf8JsonWriter writer, TweetId value, JsonSerializerOptions options)
    {
        if (value.IsNumber) writer.WriteRawValue(value.Text);
        else writer.WriteStringValue(value.Text);
    }
}
