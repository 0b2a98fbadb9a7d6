using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Vigie.Dashboard.Reading;

/// <summary>How somebody wants to read: cookies say, or their browser does.</summary>
public sealed record Taste
{
    /// <summary><c>en</c> or <c>fr</c>.</summary>
    public string Language { get; init; } = "en";

    /// <summary><c>auto</c>, <c>light</c> or <c>dark</c>.</summary>
    public string Theme { get; init; } = "auto";

    /// <summary>The time zone, such as <c>Europe/Paris</c>; UTC until the browser has said.</summary>
    public string Zone { get; init; } = "UTC";

    /// <summary>One thing in the reader's language. Both stand where they are used, so that nobody changes one and forgets the other.</summary>
    public string T(string english, string french) => Language == "fr" ? french : english;

    /// <summary>What a request says.</summary>
    public static Taste Of(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        string? language = request.Cookies["vigie_language"] ?? request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(one => one.Quality ?? 1)
            .Select(one => one.Value.ToString().Split('-')[0].ToLower(CultureInfo.InvariantCulture))
            .FirstOrDefault(one => one is "en" or "fr");
        return new Taste
        {
            Language = language == "fr" ? "fr" : "en",
            Theme = request.Cookies["vigie_theme"] is "light" or "dark" ? request.Cookies["vigie_theme"]! : "auto",
            Zone = request.Cookies["vigie_zone"] is { } zone && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) ? zone : "UTC",
        };
    }
}
