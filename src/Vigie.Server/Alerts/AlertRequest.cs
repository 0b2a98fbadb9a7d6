using System.Globalization;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>What somebody says who takes an alert on, silences or resolves it, or notes something about it. Of the former all may be left out, and so may the body.</summary>
internal sealed record AlertRequest
{
    private const int MaxByLength = 200;

    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(30);

    /// <summary>Who; the caller's key or token unless said.</summary>
    public string? By { get; init; }

    /// <summary>For how long an alert is to be silent, such as <c>2h</c>; at most 30 days. An hour unless said.</summary>
    public string? For { get; init; }

    /// <summary>Until when instead, in ISO 8601.</summary>
    public string? Until { get; init; }

    /// <summary>A note, of up to 2000 characters.</summary>
    public string? Note { get; init; }

    /// <summary>Reads a body.</summary>
    /// <exception cref="RequestException">It is not JSON, or a field is wrong.</exception>
    public static AlertRequest Parse(ReadOnlyMemory<byte> body)
    {
        if (body.Span.Trim(" \t\r\n"u8).IsEmpty) return new AlertRequest();
        try
        {
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind is not JsonValueKind.Object) throw RequestException.WrongField("$", "the body is no object; expected one such as {\"by\": \"anna\", \"for\": \"2h\"}, or none");
            return new AlertRequest { By = Text(json.RootElement, "by"), For = Text(json.RootElement, "for"), Until = Text(json.RootElement, "until"), Note = Text(json.RootElement, "note", AlertDesk.LongestNote) };
        }
        catch (JsonException fault)
        {
            throw TweetParser.NotJson(fault);
        }
    }

    /// <summary>When a silence ends that is asked for now.</summary>
    /// <exception cref="RequestException">Neither field, or both, can be meant.</exception>
    public DateTimeOffset End(DateTimeOffset now)
    {
        if (For is not null && Until is not null) throw RequestException.WrongField("until", "until stands beside for; send one of them");
        if (Until is { } text)
        {
            if (!DateTimeOffset.TryParseExact(text, ["yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset until))
                throw RequestException.WrongField("until", "until is no time in ISO 8601, such as 2026-01-31T18:00:00Z");
            if (until <= now || until - now > LongestSilence) throw RequestException.WrongField("until", string.Create(CultureInfo.InvariantCulture, $"until is {until:O}; expected a time after now and within {LongestSilence.TotalDays:0} days"));
            return until;
        }

        if (!Duration.TryParse(For ?? "1h", out TimeSpan time) || time <= TimeSpan.Zero || time > LongestSilence)
            throw RequestException.WrongField("for", $"for is '{For}'; expected {Duration.Form}, at most {Duration.Format(LongestSilence)}");
        return now + time;
    }

    private static string? Text(JsonElement json, string name, int longest = MaxByLength)
    {
        if (!json.TryGetProperty(name, out JsonElement value) || value.ValueKind is JsonValueKind.Null) return null;
        if (value.ValueKind is not JsonValueKind.String) throw RequestException.WrongField(name, $"{name} is no string");
        string text = Whole(value, name);
        return text.Length > 0 && text.Length <= longest ? text : throw RequestException.WrongField(name, string.Create(CultureInfo.InvariantCulture, $"{name} has {text.Length} characters; expected 1 to {longest}"));
    }

    private static string Whole(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw RequestException.WrongField(name, $"{name} has half of a surrogate pair");
        }
    }
}
