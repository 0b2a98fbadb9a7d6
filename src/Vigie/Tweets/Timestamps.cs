using System.Collections.Frozen;
using System.Globalization;

namespace Vigie.Tweets;

/// <summary>Reads the time stamps that tweet sets are published with. Day-first and month-first dates are not guessed at.</summary>
internal static class Timestamps
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss zzz", "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss",
        "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss'Z'", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
        "ddd MMM dd HH:mm:ss zzz yyyy",
    ];

    // Hours behind UTC.
    private static readonly FrozenDictionary<string, int> Zones = new (string Name, int Hours)[]
    {
        ("UTC", 0), ("GMT", 0), ("EDT", 4), ("EST", 5), ("CDT", 5), ("CST", 6), ("MDT", 6), ("MST", 7), ("PDT", 7), ("PST", 8),
    }.ToFrozenDictionary(zone => zone.Name, zone => zone.Hours);

    /// <summary>ISO 8601 and its usual variants (UTC where no zone is given), Twitter's own format, Sentiment140's, and Unix seconds or milliseconds.</summary>
    public static bool TryRead(string text, out DateTimeOffset time)
    {
        text = text.Trim();
        if (text.Length is 10 or 13 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long unix))
        {
            time = text.Length == 10 ? DateTimeOffset.FromUnixTimeSeconds(unix) : DateTimeOffset.FromUnixTimeMilliseconds(unix);
            return true;
        }

        // Mon Apr 06 22:19:57 PDT 2009
        if (text.Length == 28 && Zones.TryGetValue(text.Substring(20, 3), out int behind)
            && DateTime.TryParseExact(string.Concat(text.AsSpan(4, 15), text.AsSpan(23)), "MMM dd HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            time = new DateTimeOffset(local, TimeSpan.FromHours(-behind));
            return true;
        }

        return DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
