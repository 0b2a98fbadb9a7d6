using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Reads one tweet, and says which field is wrong where one is.</summary>
internal sealed class TweetParser(int maxTextLength, bool takesThreshold)
{
    private const int MaxIdLength = 200;
    private const int MaxAuthorLength = 200;
    private const int MaxLanguageLength = 35; // of a registered BCP 47 tag

    /// <summary>How bodies are read: strictly JSON, nested at most 64 deep.</summary>
    public static JsonReaderOptions Strict => new() { MaxDepth = 64 };

    /// <summary>Reads the body of a single prediction.</summary>
    /// <exception cref="RequestException">It is not JSON, or a field is wrong.</exception>
    public PredictionRequest ParseBody(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, Strict);
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
                throw RequestException.WrongField("$", $"the body is {Kind(reader.TokenType)}; expected an object with a text, such as {{\"text\": \"What a lovely crew\"}}");
            PredictionRequest request = ParseObject(ref reader, default)!; // nothing is missing: the body is whole
            reader.Read(); // fails where something follows
            return request;
        }
        catch (JsonException fault)
        {
            throw NotJson(fault);
        }
    }

    /// <summary>Reads a tweet of a batch: the reader stands on a text or an object, and is left on its last token.</summary>
    /// <param name="reader">Stands on the first token.</param>
    /// <param name="place">Where that is.</param>
    /// <returns>Null where the tweet goes on behind what the reader holds.</returns>
    /// <exception cref="RequestException">A field is wrong.</exception>
    public PredictionRequest? Parse(ref Utf8JsonReader reader, TweetPlace place) => reader.TokenType switch
    {
        JsonTokenType.String => new PredictionRequest { Text = JsonString.Read(in reader, new FieldPath(place, ""), maxTextLength) },
        JsonTokenType.StartObject => ParseObject(ref reader, place),
        JsonTokenType other => throw RequestException.WrongField(place.ToString(), $"{place} is {Kind(other)}; expected a text, or an object with a text"),
    };

    /// <summary>Reads a tweet of a table.</summary>
    /// <exception cref="RequestException">A field is wrong.</exception>
    public PredictionRequest OfRow(ArrivingRows rows)
    {
        TweetPlace place = TweetPlace.Line(rows.Line);
        string language = OfCell(rows.Language, new FieldPath(place, "language"), MaxLanguageLength);
        string id = OfCell(rows.Id, new FieldPath(place, "id"), MaxIdLength), author = OfCell(rows.Author, new FieldPath(place, "author"), MaxAuthorLength);
        return new PredictionRequest
        {
            Text = OfCell(rows.Text, new FieldPath(place, "text"), maxTextLength),
            Id = id.Length > 0 ? new TweetId(id, IsNumber: false) : null,
            Author = author.Length > 0 ? author : null,
            Language = language.Length > 0 ? CheckLanguage(language, new FieldPath(place, "language")) : null,
        };
    }

    public static bool ParseExplain(ref readonly Utf8JsonReader reader, FieldPath field) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType other => throw RequestException.WrongField(field, $"{field} is {Kind(other)}; expected true or false"),
    };

    public double ParseThreshold(ref readonly Utf8JsonReader reader, FieldPath field)
    {
        if (reader.TokenType != JsonTokenType.Number) throw RequestException.WrongField(field, $"{field} is {Kind(reader.TokenType)}; expected a number above 0 and below 1");
        return CheckThreshold(reader.TryGetDouble(out double value) ? value : double.NaN, field);
    }

    public double CheckThreshold(double value, FieldPath field)
    {
        if (value is not (> 0 and < 1)) throw RequestException.WrongField(field, $"{field} must be above 0 and below 1");
        return takesThreshold ? value : throw RequestException.WrongField(field, $"{field} is for models with two classes; this one decides for the most probable of three");
    }

    /// <summary>The problem of a body that is not JSON.</summary>
    /// <param name="fault">What the reader found.</param>
    /// <param name="line">The line that was read on its own; null where the reader has counted them.</param>
    public static RequestException NotJson(JsonException fault, long? line = null)
    {
        string reason = fault.Message;
        int tail = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        if (tail >= 0) reason = reason[..tail];
        // Of a wrong word the reader repeats as much as it holds, which may be a whole tweet.
        int word = reason.IndexOf("' is an invalid JSON literal", StringComparison.Ordinal);
        if (word > 2) reason = $"'{reason[1]}…{reason[word..]}";
        return RequestException.WrongJson(FormattableString.Invariant($"line {line ?? fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: {reason}"));
    }

    /// <summary>What a token is, in the words of a sentence.</summary>
    public static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private PredictionRequest? ParseObject(ref Utf8JsonReader reader, TweetPlace place)
    {
        string? text = null;
        TweetId? id = null;
        string? author = null, language = null;
        bool? explain = null;
        double? threshold = null;
        var seen = Fields.None;
        while (true)
        {
            if (!reader.Read()) return null;
            if (reader.TokenType == JsonTokenType.EndObject) break;
            Fields field = FieldAt(ref reader);
            var name = new FieldPath(place, NameOf(field));
            if (field != Fields.None && (seen & field) != 0) throw RequestException.WrongField(name, $"{name} is given twice");
            seen |= field;
            if (!reader.Read()) return null;
            bool absent = reader.TokenType == JsonTokenType.Null && field != Fields.Text;
            if (field == Fields.None || absent)
            {
                if (!reader.TrySkip()) return null;
            }
            else if (field == Fields.Text)
            {
                text = ParseText(ref reader, name);
            }
            else if (field == Fields.Id)
            {
                id = ParseId(ref reader, name);
            }
            else if (field == Fields.Author)
            {
                author = ParseName(in reader, name, MaxAuthorLength);
            }
            else if (field == Fields.Language)
            {
                language = CheckLanguage(ParseName(in reader, name, MaxLanguageLength), name);
            }
            else if (field == Fields.Explain)
            {
                explain = ParseExplain(ref reader, name);
            }
            else
            {
                threshold = ParseThreshold(ref reader, name);
            }
        }

        var missing = new FieldPath(place, NameOf(Fields.Text));
        return new PredictionRequest
        {
            Text = text ?? throw RequestException.WrongField(missing, $"{missing} is missing; it holds the tweet"),
            Id = id,
            Author = author,
            Language = language,
            Explain = explain,
            Threshold = threshold,
        };
    }

    private string ParseText(ref readonly Utf8JsonReader reader, FieldPath field) => reader.TokenType == JsonTokenType.String
        ? JsonString.Read(in reader, field, maxTextLength)
        : throw RequestException.WrongField(field, $"{field} is {Kind(reader.TokenType)}; expected a string");

    private static string ParseName(ref readonly Utf8JsonReader reader, FieldPath field, int maxLength) => reader.TokenType == JsonTokenType.String
        ? JsonString.Read(in reader, field, maxLength)
        : throw RequestException.WrongField(field, $"{field} is {Kind(reader.TokenType)}; expected a string of at most {maxLength} characters");

    private static string CheckLanguage(string language, FieldPath field) =>
        language.Length > 0 && language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            ? language
            : throw RequestException.WrongField(field, $"{field} holds letters, digits and hyphens only, such as en or fr-CA");

    private static string OfCell(ReadOnlySpan<byte> cell, FieldPath field, int maxLength)
    {
        if (!Utf8.IsValid(cell)) throw RequestException.WrongField(field, $"{field} is not valid UTF-8");
        string value = Encoding.UTF8.GetString(cell);
        return value.Length <= maxLength ? value : throw JsonString.TooLong(field, value.Length, maxLength);
    }

    private static TweetId ParseId(ref readonly Utf8JsonReader reader, FieldPath field)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length <= MaxIdLength && reader.ValueSpan.IndexOfAny(".eE"u8) < 0)
            return new TweetId(Encoding.UTF8.GetString(reader.ValueSpan), IsNumber: true);
        if (reader.TokenType != JsonTokenType.String)
            throw RequestException.WrongField(field, $"{field} is {Kind(reader.TokenType)}; expected a string of at most {MaxIdLength} characters or a whole number");
        string id = JsonString.Read(in reader, field, MaxIdLength, out bool exact);
        if (!exact) throw RequestException.WrongField(field, $"{field} holds half of a surrogate pair, which could not be given back as it was");
        return new TweetId(id, IsNumber: false);
    }

    private static Fields FieldAt(ref readonly Utf8JsonReader reader) =>
        JsonString.Is(in reader, "text"u8) ? Fields.Text
        : JsonString.Is(in reader, "id"u8) ? Fields.Id
        : JsonString.Is(in reader, "author"u8) ? Fields.Author
        : JsonString.Is(in reader, "language"u8) ? Fields.Language
        : JsonString.Is(in reader, "explain"u8) ? Fields.Explain
        : JsonString.Is(in reader, "threshold"u8) ? Fields.Threshold
        : Fields.None;

    private static string NameOf(Fields field) => field switch
    {
        Fields.Text => "text",
        Fields.Id => "id",
        Fields.Author => "author",
        Fields.Language => "language",
        Fields.Explain => "explain",
        Fields.Threshold => "threshold",
        _ => "",
    };

    [Flags]
    private enum Fields
    {
        None = 0,
        Text = 1,
        Id = 2,
        Explain = 4,
        Threshold = 8,
        Author = 16,
        Language = 32,
    }
}
