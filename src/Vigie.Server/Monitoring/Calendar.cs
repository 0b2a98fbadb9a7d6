namespace Vigie.Server;

/// <summary>Divides time into buckets: of five minutes and hours as everywhere, of days as a zone has them, which last 23 or 25 hours when clocks are changed.</summary>
internal static class Calendar
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5), Hour = TimeSpan.FromHours(1);

    /// <summary>The bounds of the buckets that a time lies in, one more than there are buckets: the first at or before its beginning, the last at or after its end.</summary>
    public static IEnumerable<DateTimeOffset> Bounds(DateTimeOffset from, DateTimeOffset to, Resolution resolution, TimeZoneInfo zone)
    {
        if (resolution == Resolution.Day)
        {
            DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(from, zone).DateTime);
            DateTimeOffset begin = BeginOf(day, zone);
            yield return begin;
            while (begin < to)
            {
                day = day.AddDays(1);
                begin = BeginOf(day, zone);
                yield return begin;
            }

            yield break;
        }

        TimeSpan step = resolution == Resolution.FiveMinutes ? FiveMinutes : Hour;
        DateTimeOffset bound = new(from.UtcTicks - (from.UtcTicks % step.Ticks), TimeSpan.Zero);
        yield return bound;
        while (bound < to) yield return bound += step;
    }

    /// <summary>When a day begins: at midnight, at the first of two midnights, or where clocks skip midnight at the moment they do.</summary>
    public static DateTimeOffset BeginOf(DateOnly day, TimeZoneInfo zone)
    {
        DateTime midnight = day.ToDateTime(TimeOnly.MinValue);
        if (zone.IsAmbiguousTime(midnight)) return new DateTimeOffset(midnight, zone.GetAmbiguousTimeOffsets(midnight).Max()).ToUniversalTime();
        // What is skipped would be named by the offset from before: the moment at which clocks jump.
        TimeSpan offset = zone.IsInvalidTime(midnight) ? zone.GetUtcOffset(midnight.AddHours(-3)) : zone.GetUtcOffset(midnight);
        return new DateTimeOffset(midnight, offset).ToUniversalTime();
    }
}

/// <summary>How long a bucket of a series is.</summary>
internal enum Resolution
{
    /// <summary><c>5m</c>.</summary>
    FiveMinutes,

    /// <summary><c>1h</c>.</summary>
    Hour,

    /// <summary><c>1d</c>: a day of the zone.</summary>
    Day,
}
