using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Vigie.Server;

/// <summary>What callers may say of the figures that they want, in the address.</summary>
internal static class MonitoringQuery
{
    /// <summary>The most buckets that one answer has: a week of five minutes each.</summary>
    public const int MostBuckets = 2016;

    private const string Series = "from, to and resolution";

    private static readonly TimeSpan LeastWindow = TimeSpan.FromMinutes(1), MostWindow = TimeSpan.FromDays(7);

    private static readonly string[] Times = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    private static readonly (string Name, Resolution Value, TimeSpan Usual)[] Resolutions =
    [
        ("5m", Resolution.FiveMinutes, TimeSpan.FromDays(1)), ("1h", Resolution.Hour, TimeSpan.FromDays(1)), ("1d", Resolution.Day, TimeSpan.FromDays(30)),
    ];

    /// <summary>The parameters of the summary, for the API's description.</summary>
    public static IList<IOpenApiParameter> OfSummary => [Parameter("window", "How far to look back: 1m to 7d.", "1h"), Model];

    /// <summary>The parameters of the series, for the API's description.</summary>
    public static IList<IOpenApiParameter> OfSeries =>
    [
        Parameter("resolution", "How long a bucket is: 5m, 1h or 1d.", "1h", [.. Resolutions.Select(resolution => resolution.Name)]),
        Parameter("from", "The first moment, in ISO 8601; UTC unless it says otherwise. A day before the end, or 30 with 1d, unless it is set."),
        Parameter("to", "The moment up to which, in ISO 8601; now unless it is set."),
        Parameter("zone", "Whose days are meant by 1d: a name of the IANA time zone database.", "UTC"),
        Model,
    ];

    private static OpenApiParameter Model => Parameter("model", "Only what one model answered: one that GET /model/info lists, or the digest of any. Requests are no model's, and not told then.");

    /// <summary>The window, in whole minutes.</summary>
    /// <exception cref="RequestException">400: it is none.</exception>
    public static TimeSpan Window(IQueryCollection query)
    {
        if (Last(query, "window") is not { } text) return TimeSpan.FromHours(1);
        if (!Duration.TryParse(text, out TimeSpan window) || window < LeastWindow || window > MostWindow || window.Ticks % TimeSpan.TicksPerMinute != 0)
            throw RequestException.WrongField("window", $"window is '{text}'; expected whole minutes from 1m to 7d, such as 5m, 1h or 24h");
        return window;
    }

    /// <summary>The digest of the model that is meant; null for all.</summary>
    /// <exception cref="RequestException">404: there is none of that name. 503: it is not loaded.</exception>
    public static string? Digest(IQueryCollection query, ModelHost host) => ModelQuery.Read(query) switch
    {
        null => null,
        { Length: 64 } digest when digest.All(char.IsAsciiHexDigit) => digest.ToLowerInvariant(),
        { } name => host.Duty.Named(name).Digest,
    };

    /// <summary>The bounds of the buckets that are wanted.</summary>
    /// <exception cref="RequestException">400: a parameter is wrong, or there would be too many.</exception>
    public static DateTimeOffset[] Buckets(IQueryCollection query, DateTimeOffset now)
    {
        string name = Last(query, "resolution") ?? "1h";
        int index = Array.FindIndex(Resolutions, known => known.Name == name);
        if (index < 0) throw RequestException.WrongField("resolution", $"resolution is '{name}'; expected {string.Join(", ", Resolutions.Select(known => known.Name))}");
        (_, Resolution resolution, TimeSpan usual) = Resolutions[index];
        TimeZoneInfo zone = Zone(query);
        DateTimeOffset to = Time(query, "to") ?? now;
        DateTimeOffset from = Time(query, "from") ?? to - usual;
        if (from >= to) throw RequestException.WrongField("from", $"from is {from:O}, and to {to:O}; expected from before to");
        DateTimeOffset[] bounds = [.. Calendar.Bounds(from, to, resolution, zone).Take(MostBuckets + 2)];
        return bounds.Length <= MostBuckets + 1
            ? bounds
            : throw RequestException.WrongField("from", string.Create(CultureInfo.InvariantCulture, $"{Series} would make more than {MostBuckets} buckets; ask for less at once, or for longer buckets"));
    }

    private static TimeZoneInfo Zone(IQueryCollection query)
    {
        if (Last(query, "zone") is not { } name) return TimeZoneInfo.Utc;
        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out TimeZoneInfo? zone) && zone.HasIanaId
            ? zone
            : throw RequestException.WrongField("zone", $"there is no zone '{name}' in the IANA time zone database; expected one such as Europe/Paris or UTC");
    }

    private static DateTimeOffset? Time(IQueryCollection query, string name)
    {
        if (Last(query, name) is not { } text) return null;
        if (!DateTimeOffset.TryParseExact(text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) || time.Year is < 2000 or > 2999)
            throw RequestException.WrongField(name, $"{name} is '{text}'; expected a time such as 2026-11-23T09:30:00Z or 2026-11-23T10:30:00%2B01:00, in the years 2000 to 2999");
        return time;
    }

    private static string? Last(IQueryCollection query, string name) => query.TryGetValue(name, out var values) && values.Count > 0 ? values[^1] : null;

    private static OpenApiParameter Parameter(string name, string description, string? usual = null, string[]? values = null) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, Default = usual is null ? null : JsonValue.Create(usual), Enum = values is null ? null : [.. values.Select(value => JsonValue.Create(value)!)] },
    };
}
