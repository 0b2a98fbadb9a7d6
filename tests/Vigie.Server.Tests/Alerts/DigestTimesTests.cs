using System.Globalization;

namespace Vigie.Server.Tests;

public sealed class DigestTimesTests
{
    [Theory]
    // zone, hour, last sent, now, next
    [InlineData("UTC", "08:00", null, "2026-11-24T07:59:59Z", "2026-11-24T08:00:00Z")]
    [InlineData("UTC", "08:00", null, "2026-11-24T08:00:01Z", "2026-11-25T08:00:00Z")] // the first is the next to come
    [InlineData("UTC", "08:00", "2026-11-23T08:00:00Z", "2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z")] // due
    [InlineData("UTC", "08:00", "2026-11-24T08:00:00Z", "2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z")] // sent
    [InlineData("UTC", "08:00", "2026-11-24T08:00:07Z", "2026-11-24T09:00:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("Europe/Paris", "08:00", "2026-11-23T07:00:00Z", "2026-11-23T12:00:00Z", "2026-11-24T07:00:00Z")]
    // Downtime: late by less than 12 hours is sent once, later is left out.
    [InlineData("UTC", "08:00", "2026-11-20T08:00:00Z", "2026-11-24T19:59:59Z", "2026-11-24T08:00:00Z")]
    [InlineData("UTC", "08:00", "2026-11-20T08:00:00Z", "2026-11-24T20:00:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("UTC", "08:00", "2026-11-24T19:59:59Z", "2026-11-24T20:30:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("UTC", "20:00", "2026-11-22T20:00:00Z", "2026-11-24T06:00:00Z", "2026-11-23T20:00:00Z")] // yesterday's
    // The clock is put forward: 02:30 is not there on 2026-03-29 in Paris, and 03:00 is next. The day has 23 hours.
    [InlineData("Europe/Paris", "02:30", "2026-03-28T01:30:00Z", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("Europe/Paris", "02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("Europe/Paris", "08:00", "2026-03-28T07:00:00Z", "2026-03-28T07:00:00Z", "2026-03-29T06:00:00Z")]
    // The clock is put back: 02:30 is there twice on 2026-10-25 in Paris, and counts once.
    [InlineData("Europe/Paris", "02:30", "2026-10-24T00:30:00Z", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("Europe/Paris", "02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("Europe/Paris", "08:00", "2026-10-24T06:00:00Z", "2026-10-24T06:00:01Z", "2026-10-25T07:00:00Z")]
    // Half an hour only, and the other half of the year.
    [InlineData("Australia/Lord_Howe", "02:15", "2026-10-02T15:45:00Z", "2026-10-03T00:00:00Z", "2026-10-03T15:30:00Z")]
    // Midnight that is not there.
    [InlineData("America/Asuncion", "00:00", "2023-09-30T04:00:00Z", "2023-09-30T12:00:00Z", "2023-10-01T04:00:00Z")]
    // A clock that was set back a little does not bring the same again; one that was two days ahead is not believed.
    [InlineData("UTC", "08:00", "2026-11-24T08:00:00Z", "2026-11-24T07:30:00Z", "2026-11-25T08:00:00Z")]
    [InlineData("UTC", "08:00", "2026-11-26T08:00:00Z", "2026-11-24T07:30:00Z", "2026-11-24T08:00:00Z")]
    [InlineData("UTC", "08:00", "2026-11-26T08:00:00Z", "2026-11-24T09:00:00Z", "2026-11-25T08:00:00Z")]
    public void The_next_digest_is_due(string zone, string at, string? lastSent, string now, string next) => Assert.Equal(
        Time(next), new DigestOptions { At = at, Zone = zone }.Times().Next(lastSent is null ? null : Time(lastSent), Time(now)));

    [Theory]
    [InlineData("Europe/Paris", "02:30")]
    [InlineData("Europe/Paris", "08:00")]
    [InlineData("America/New_York", "01:30")]
    [InlineData("America/New_York", "02:00")]
    [InlineData("Australia/Lord_Howe", "02:15")]
    [InlineData("Pacific/Auckland", "23:59")]
    [InlineData("Asia/Kolkata", "00:00")]
    public void In_two_years_of_looking_every_few_minutes_every_day_has_exactly_one(string zone, string at)
    {
        DigestTimes times = new DigestOptions { At = at, Zone = zone }.Times();
        DateTimeOffset now = Time("2026-01-01T00:00:00Z"), end = now.AddDays(730);
        var days = new List<DateOnly>();
        DateTimeOffset? last = now;
        for (; now < end; now = now.AddMinutes(7))
        {
            if (times.Next(last, now) is { } due && due > now) continue;
            days.Add(times.DayOf(times.Next(last, now)));
            last = now;
        }

        Assert.Equal(Enumerable.Range(0, days.Count).Select(days[0].AddDays), days);
        Assert.InRange(days.Count, 729, 731);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
