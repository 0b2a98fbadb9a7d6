using System.Text.Json;

namespace Vigie.Server;

/// <summary>An array of tweets, or an object with <c>texts</c> or <c>tweets</c>; read token by token, so that none of it need be held but the tweet that is arriving.</summary>
internal sealed class JsonBatchParser(TweetParser tweets, TweetSpool spool) : BatchParser(tweets, spool)
{
    private JsonReaderState state = new(TweetParser.Strict);
    private Expected expected = Expected.Body;
    private string? list; // that tweets stand in; empty where the body is an array
    private int skippedDepth;

    private enum Expected
    {
        Body,
        Name,
        TextsValue,
        TweetsValue,
        ExplainValue,
        ThresholdValue,
        OtherValue,
        EndOfOther,
        Tweet,
        Nothing,
    }

    public override int Take(ArraySegment<byte> bytes, bool last)
    {
        var reader = new Utf8JsonReader(bytes, last, state);
        try
        {
            while (true)
            {
                Utf8JsonReader before = reader;
                if (!reader.Read()) break;
                if (Token(ref reader)) continue;
                reader = before; // the rest of this tweet has not arrived
                break;
            }
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault);
        }

        state = reader.CurrentState;
        return checked((int)reader.BytesConsumed);
    }

    // False: more has to arrive first.
    private bool Token(ref Utf8JsonReader reader)
    {
        switch (expected)
        {
            case Expected.Body:
                Begin(in reader);
                return true;
            case Expected.Name:
                Name(in reader);
                return true;
            case Expected.Tweet:
                return Tweet(ref reader);
            case Expected.EndOfOther:
                if (reader.CurrentDepth == skippedDepth) expected = Expected.Name;
                return true;
            default:
                Value(in reader);
                return true;
        }
    }

    private void Begin(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartArray) (list, expected) = ("", Expected.Tweet);
        else if (reader.TokenType == JsonTokenType.StartObject) expected = Expected.Name;
        else throw RequestException.WrongField("$", $"the body is {TweetParser.Kind(reader.TokenType)}; expected an array of tweets, or an object with texts or tweets");
    }

    private void Name(ref readonly Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            if (list is null) throw RequestException.WrongField("tweets", "tweets is missing; expected an array of tweets under tweets or texts");
            expected = Expected.Nothing;
            return;
        }

        expected = JsonString.Is(in reader, "texts"u8) ? Expected.TextsValue
            : JsonString.Is(in reader, "tweets"u8) ? Expected.TweetsValue
            : JsonString.Is(in reader, "explain"u8) ? Expected.ExplainValue
            : JsonString.Is(in reader, "threshold"u8) ? Expected.ThresholdValue
            : Expected.OtherValue;
    }

    private void Value(ref readonly Utf8JsonReader reader)
    {
        if (expected is Expected.TextsValue or Expected.TweetsValue)
        {
            string name = expected == Expected.TextsValue ? "texts" : "tweets";
            if (list is not null) throw RequestException.WrongField(name, $"{name} follows {list}; expected one list of tweets");
            if (reader.TokenType != JsonTokenType.StartArray) throw RequestException.WrongField(name, $"{name} is {TweetParser.Kind(reader.TokenType)}; expected an array");
            (list, expected) = (name, Expected.Tweet);
            return;
        }

        if (expected == Expected.ExplainValue) Explain = TweetParser.ParseExplain(in reader, "explain");
        else if (expected == Expected.ThresholdValue) Threshold = Tweets.ParseThreshold(in reader, "threshold");
        skippedDepth = reader.CurrentDepth;
        expected = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? Expected.EndOfOther : Expected.Name;
    }

    private bool Tweet(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            expected = list!.Length == 0 ? Expected.Nothing : Expected.Name;
            return true;
        }

        if (Tweets.Parse(ref reader, new TweetPlace(list, Spool.Count)) is not { } tweet) return false;
        Spool.Add(tweet);
        return true;
    }
}
