using System.Text;
using System.Text.Json;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Reads one correction, and says which field is wrong where one is.</summary>
/// <param name="maxTextLength">Of the tweet, in UTF-16 code units.</param>
/// <param name="classes">What may be a label of a text: the classes of the models that are served. A prediction that is named may be of one that is served no longer.</param>
internal sealed class FeedbackParser(int maxTextLength, IReadOnlyCollection<Sentiment> classes)
{
    /// <summary>Every class of any model, in their order.</summary>
    public static readonly IReadOnlyCollection<Sentiment> Every = [Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive];

    private const int MaxReporterLength = 200;
    private const int MaxCommentLength = 1000;
    private const int MaxIdLength = 200; // an id has 32; what is longer is no id of ours, and what is much longer is not worth reading

    /// <summary>Reads the body.</summary>
    /// <exception cref="RequestException">It is not JSON, or a field is wrong.</exception>
    public FeedbackRequest ParseBody(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, TweetParser.Strict);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw RequestException.WrongField("$", $"the body is {TweetParser.Kind(reader.TokenType)}; expected an object, such as {FeedbackExamples.Request}");
            FeedbackRequest request = ParseObject(ref reader);
            reader.Read(); // fails where something follows
            return request;
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault);
        }
    }

    private FeedbackRequest ParseObject(ref Utf8JsonReader reader)
    {
        string? id = null, text = null, reporter = null, comment = null;
        Sentiment? predicted = null, label = null;
        var seen = new HashSet<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string? name = NameAt(in reader);
            if (name is not null && !seen.Add(name)) throw RequestException.WrongField(name, $"{name} is given twice");
            reader.Read();
            if (name is null || (reader.TokenType == JsonTokenType.Null && name != "label")) reader.Skip();
            else if (name == "prediction_id") id = Text(in reader, name, MaxIdLength);
            else if (name == "text") text = Text(in reader, name, maxTextLength);
            else if (name == "predicted") predicted = Class(in reader, name);
            else if (name == "label") label = Class(in reader, name);
            else if (name == "reporter") reporter = Text(in reader, name, MaxReporterLength);
            else comment = Text(in reader, name, MaxCommentLength);
        }

        if (label is null) throw RequestException.WrongField("label", $"label is missing; it says what is right: {Names}");
        if (id is not null && (text is not null || predicted is not null))
            throw RequestException.WrongField("prediction_id", $"prediction_id stands beside {(text is not null ? "text" : "predicted")}; send either prediction_id, or text and predicted");
        if (id is null && text is null) throw RequestException.WrongField("prediction_id", "prediction_id is missing; send the one that the prediction was answered with, or text and predicted");
        if (id is null && predicted is null) throw RequestException.WrongField("predicted", $"predicted is missing; it says what was predicted of text: {Names}");
        if (id is null)
        {
            CheckServed("label", label.Value);
            CheckServed("predicted", predicted!.Value);
        }

        return new FeedbackRequest { PredictionId = id, Text = text, Predicted = predicted, Label = label.Value, Reporter = reporter, Comment = comment };
    }

    private string Names => string.Join(" or ", classes.Select(Labels.Of));

    private Sentiment Class(ref readonly Utf8JsonReader reader, string field)
    {
        if (reader.TokenType != JsonTokenType.String) throw RequestException.WrongField(field, $"{field} is {TweetParser.Kind(reader.TokenType)}; expected {Names}");
        foreach (Sentiment sentiment in Every)
        {
            if (JsonString.Is(in reader, Encoding.UTF8.GetBytes(Labels.Of(sentiment)))) return sentiment;
        }

        throw RequestException.WrongField(field, $"{field} must be {Names}, the classes of the models that are served");
    }

    private void CheckServed(string field, Sentiment sentiment)
    {
        if (!classes.Contains(sentiment)) throw RequestException.WrongField(field, $"{field} must be {Names}, the classes of the models that are served");
    }

    private static string Text(ref readonly Utf8JsonReader reader, string field, int maxLength) => reader.TokenType == JsonTokenType.String
        ? JsonString.Read(in reader, field, maxLength)
        : throw RequestException.WrongField(field, $"{field} is {TweetParser.Kind(reader.TokenType)}; expected a string of at most {maxLength} characters");

    private static string? NameAt(ref readonly Utf8JsonReader reader) =>
        JsonString.Is(in reader, "prediction_id"u8) ? "prediction_id"
        : JsonString.Is(in reader, "text"u8) ? "text"
        : JsonString.Is(in reader, "predicted"u8) ? "predicted"
        : JsonString.Is(in reader, "label"u8) ? "label"
        : JsonString.Is(in reader, "reporter"u8) ? "reporter"
        : JsonString.Is(in reader, "comment"u8) ? "comment"
        : null;
}
