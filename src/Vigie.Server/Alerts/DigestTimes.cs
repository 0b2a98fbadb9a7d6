namespace Vigie.Server;

/// <summary>When the digest is due: at an hour of a zone's clock, once a day.</summary>
/// <param name="at">The hour.</param>
/// <param name="zone">Whose clock.</param>
internal sealed class DigestTimes(TimeOnly at, TimeZoneInfo zone)
{
    /// <summary>A digest that is later than this is left out: the next one is nearer.</summary>
    public static readonly TimeSpan LatestBy = TimeSpan.FromHours(12);

    /// <summary>When the next digest is to be sent. Where that is not after <paramref name="now"/>, it is due.</summary>
    /// <param name="lastSent">When the last one was sent, or due; null where none ever was: the first is the next to come.</param>
    /// <param name="now">The clock.</param>
    public DateTimeOffset Next(DateTimeOffset? lastSent, DateTimeOffset now)
    {
        // More than a day ahead, it was a clock that went wrong and not a digest.
        if (lastSent > now.AddDays(1)) lastSent = now;
        DateOnly today = DayOf(now);
        DateTimeOffset last = TimeOf(today) <= now ? TimeOf(today) : TimeOf(today.AddDays(-1));
        if (lastSent < last && now - last < LatestBy) return last;
        // A clock set back a little must not bring the same digest again.
        DateTimeOffset after = lastSent > now ? lastSent.Value : now;
        DateOnly day = DayOf(after);
        return TimeOf(day) > after ? TimeOf(day) : TimeOf(day.AddDays(1));
    }

    /// <summary>The day that a moment belongs to, on the zone's clock.</summary>
    public DateOnly DayOf(DateTimeOffset moment) => DateOnly.FromDateTime(ClockAt(moment));

    // Asked from UTC only, which has one answer: the way back has none or two when clocks are changed, and .NET's are wrong around midnight.
    private DateTime ClockAt(DateTimeOffset moment) => TimeZoneInfo.ConvertTime(moment, zone).DateTime;

    /// <summary>The hour on a day. One that there is twice is the first; one that is left out is when the clock is put forward over it.</summary>
    private DateTimeOffset TimeOf(DateOnly day)
    {
        DateTime local = day.ToDateTime(at);
        var asUtc = new DateTimeOffset(local, TimeSpan.Zero);
        DateTimeOffset before = asUtc - zone.GetUtcOffset(asUtc.AddDays(-1)), after = asUtc - zone.GetUtcOffset(asUtc.AddDays(1));
        if (ClockAt(before) == local) return before;
        if (ClockAt(after) == local) return after;
        // Left out: somewhere between the two the clock jumps over it.
        (DateTimeOffset low, DateTimeOffset high) = before < after ? (before, after) : (after, before);
        while (high - low > TimeSpan.FromSeconds(1))
        {
            DateTimeOffset middle = low + ((high - low) / 2);
            if (ClockAt(middle) < local) low = middle;
            else high = middle;
        }

        return new DateTimeOffset(high.Ticks - (high.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
    }
}
