using System.Globalization;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>
/// Many tweets in one body, in any of the forms they come in. Everything is checked before anything is answered; then the tweets are read once more, as
/// they are needed, so that memory holds the body and not two copies of it.
/// </summary>
internal sealed class BatchBody
{
    private readonly TweetParser parser;
    private readonly int maxTweets;
    private readonly ReadOnlyMemory<byte> body;
    private readonly List<(int Start, int Length)> places = [];

    private BatchBody(ReadOnlyMemory<byte> body, TweetParser parser, int maxTweets) => (this.body, this.parser, this.maxTweets) = (body, parser, maxTweets);

    /// <summary>How many tweets there are.</summary>
    public int Count => places.Count;

    /// <summary>Set by the body for the tweets that do not say it themselves.</summary>
    public bool? Explain { get; private set; }

    /// <inheritdoc cref="Explain"/>
    public double? Threshold { get; private set; }

    /// <summary>Finds and checks every tweet.</summary>
    /// <exception cref="RequestException">The body is not JSON, a field is wrong, or there are too many tweets.</exception>
    public static BatchBody Parse(ReadOnlyMemory<byte> body, bool lines, TweetParser parser, int maxTweets)
    {
        var batch = new BatchBody(body, parser, maxTweets);
        if (lines) batch.FindLines();
        else batch.FindValues();
        return batch;
    }

    /// <summary>A tweet by its number, from 0.</summary>
    public PredictionRequest this[int index]
    {
        get
        {
            (int start, int length) = places[index];
            var reader = new Utf8JsonReader(body.Span.Slice(start, length), TweetParser.Strict);
            reader.Read();
            return parser.Parse(ref reader, "");
        }
    }

    private void FindLines()
    {
        ReadOnlySpan<byte> rest = body.Span;
        for (int line = 1, start = 0; !rest.IsEmpty; line++)
        {
            int end = rest.IndexOf((byte)'\n');
            int length = end < 0 ? rest.Length : end;
            if (rest[..length].IndexOfAnyExcept(" \t\r"u8) >= 0) FindLine(start, rest[..length], line);
            int next = end < 0 ? length : end + 1;
            start += next;
            rest = rest[next..];
        }
    }

    private void FindLine(int start, ReadOnlySpan<byte> bytes, int line)
    {
        var reader = new Utf8JsonReader(bytes, TweetParser.Strict);
        try
        {
            reader.Read();
            Find(ref reader, start, $"line {line.ToString(CultureInfo.InvariantCulture)}");
            reader.Read(); // fails where something follows
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault, line);
        }
    }

    private void FindValues()
    {
        var reader = new Utf8JsonReader(body.Span, TweetParser.Strict);
        try
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartArray) FindArray(ref reader, "");
            else if (reader.TokenType == JsonTokenType.StartObject) FindObject(ref reader);
            else throw RequestException.WrongField("$", $"the body is {TweetParser.Kind(reader.TokenType)}; expected an array of tweets, or an object with texts or tweets");
            reader.Read();
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault);
        }
    }

    private void FindObject(ref Utf8JsonReader reader)
    {
        string? found = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            string? list = JsonString.Is(in reader, "texts"u8) ? "texts" : JsonString.Is(in reader, "tweets"u8) ? "tweets" : null;
            bool explain = JsonString.Is(in reader, "explain"u8), threshold = JsonString.Is(in reader, "threshold"u8);
            reader.Read();
            if (list is null)
            {
                if (explain) Explain = TweetParser.ParseExplain(in reader, "explain");
                else if (threshold) Threshold = parser.ParseThreshold(in reader, "threshold");
                else reader.Skip();
                continue;
            }

            if (found is not null) throw RequestException.WrongField(list, $"{list} follows {found}; expected one list of tweets");
            found = list;
            if (reader.TokenType != JsonTokenType.StartArray) throw RequestException.WrongField(list, $"{list} is {TweetParser.Kind(reader.TokenType)}; expected an array");
            FindArray(ref reader, list);
        }

        if (found is null) throw RequestException.WrongField("tweets", "tweets is missing; expected an array of tweets under tweets or texts");
    }

    private void FindArray(ref Utf8JsonReader reader, string name)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            Find(ref reader, 0, $"{name}[{places.Count.ToString(CultureInfo.InvariantCulture)}]");
    }

    private void Find(ref Utf8JsonReader reader, int offset, string path)
    {
        int start = checked((int)reader.TokenStartIndex);
        parser.Parse(ref reader, path);
        if (places.Count == maxTweets)
            throw RequestException.TooLarge(string.Create(CultureInfo.InvariantCulture, $"there are more than {maxTweets} tweets, the most that one batch may hold"));
        places.Add((offset + start, checked((int)reader.BytesConsumed) - start));
    }
}
