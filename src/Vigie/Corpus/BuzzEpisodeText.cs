using System.Globalization;

namespace Vigie.Corpus;

/// <summary>An episode as one writes it: <c>topic=luggage,start=9d,height=8,half-life=6h</c>.</summary>
public static class BuzzEpisodeText
{
    private static readonly string[] Keys = ["topic", "start", "height", "half-life"];

    /// <summary>Reads an episode. Topic and start are required; the rest has the defaults of <see cref="BuzzEpisode"/>.</summary>
    /// <param name="text">Pairs of <c>key=value</c>, separated by commas. A start is a time (UTC where it names no offset) or a span after the corpus begins.</param>
    /// <param name="corpusStart">When the corpus begins.</param>
    /// <exception cref="InvalidInputException">A pair cannot be read; the message names it and says what is expected. Ranges are checked by <see cref="CorpusOptions.Validate"/>.</exception>
    public static BuzzEpisode Parse(string text, DateTimeOffset corpusStart)
    {
        ArgumentNullException.ThrowIfNull(text);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in text.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? pair : pair[..equals];
            if (equals < 0 || !Keys.Contains(key)) throw Problem(text, $"'{pair}' is none of {string.Join(", ", Keys.Select(known => known + "=…"))}");
            if (!values.TryAdd(key, pair[(equals + 1)..])) throw Problem(text, $"'{key}' is given twice");
        }

        if (!values.TryGetValue("topic", out string? topic)) throw Problem(text, "topic=… is missing");
        if (!values.TryGetValue("start", out string? start)) throw Problem(text, "start=… is missing");
        var episode = new BuzzEpisode { Topic = topic, Start = StartOf(text, start, corpusStart) };
        if (values.TryGetValue("height", out string? height))
        {
            episode = double.TryParse(height, NumberStyles.Float, CultureInfo.InvariantCulture, out double multiple)
                ? episode with { Height = multiple }
                : throw Problem(text, $"height '{height}' is not a number");
        }

        return values.TryGetValue("half-life", out string? halfLife)
            ? episode with { HalfLife = Span(halfLife) ?? throw Problem(text, $"half-life '{halfLife}' is not a span such as 90m, 6h or 2d") }
            : episode;
    }

    private static DateTimeOffset StartOf(string text, string start, DateTimeOffset corpusStart)
    {
        if (Span(start) is { } after && after <= DateTimeOffset.MaxValue - corpusStart) return corpusStart + after;
        return DateTimeOffset.TryParse(start, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : throw Problem(text, $"start '{start}' is neither a time such as 2026-03-10T09:00 nor a span after the start such as 36h or 9d");
    }

    // A number and its unit; a week of 1e9 days is no span either.
    private static TimeSpan? Span(string text)
    {
        if (text.Length < 2 || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count > 1e6) return null;
        return text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }

    private static InvalidInputException Problem(string text, string problem) => new($"episode '{text}': {problem}");
}
