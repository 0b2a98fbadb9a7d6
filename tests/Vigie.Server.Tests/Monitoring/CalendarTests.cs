namespace Vigie.Server.Tests;

public sealed class CalendarTests
{
    [Theory]
    [InlineData("Europe/Paris", "2026-03-28T12:00Z", "2026-03-30T12:00Z", "2026-03-27T23:00Z 2026-03-28T23:00Z 2026-03-29T22:00Z 2026-03-30T22:00Z")] // the second lasts 23 hours
    [InlineData("Europe/Paris", "2026-10-24T22:00Z", "2026-10-25T22:30Z", "2026-10-24T22:00Z 2026-10-25T23:00Z")] // 25 hours
    [InlineData("America/Havana", "2026-10-31T12:00Z", "2026-11-01T12:00Z", "2026-10-31T04:00Z 2026-11-01T04:00Z 2026-11-02T05:00Z")] // of two midnights the first
    [InlineData("Africa/Cairo", "2026-04-23T12:00Z", "2026-04-24T12:00Z", "2026-04-22T22:00Z 2026-04-23T22:00Z 2026-04-24T21:00Z")] // midnight is skipped
    [InlineData("Asia/Kathmandu", "2026-11-23T00:00Z", "2026-11-23T00:01Z", "2026-11-22T18:15Z 2026-11-23T18:15Z")]
    [InlineData("UTC", "2026-11-23T00:00Z", "2026-11-24T00:00Z", "2026-11-23T00:00Z 2026-11-24T00:00Z")]
    public void Days_are_those_of_the_zone(string zone, string from, string to, string bounds) =>
        Assert.Equal(bounds, Bounds(from, to, Resolution.Day, TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData(Resolution.FiveMinutes, "2026-11-23T11:59Z", "2026-11-23T12:05Z", "2026-11-23T11:55Z 2026-11-23T12:00Z 2026-11-23T12:05Z")]
    [InlineData(Resolution.Hour, "2026-11-23T11:59Z", "2026-11-23T12:01Z", "2026-11-23T11:00Z 2026-11-23T12:00Z 2026-11-23T13:00Z")]
    [InlineData(Resolution.Hour, "2026-10-25T00:00Z", "2026-10-25T03:00Z", "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z 2026-10-25T03:00Z")]
    internal void Shorter_buckets_are_the_same_everywhere(Resolution resolution, string from, string to, string bounds) => Assert.Equal(bounds, Bounds(from, to, resolution, TimeZoneInfo.Utc));

    private static string Bounds(string from, string to, Resolution resolution, TimeZoneInfo zone) => string.Join(' ', Calendar.Bounds(Time(from), Time(to), resolution, zone).Select(bound => bound.ToString("yyyy-MM-ddTHH:mm'Z'", System.Globalization.CultureInfo.InvariantCulture)));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
