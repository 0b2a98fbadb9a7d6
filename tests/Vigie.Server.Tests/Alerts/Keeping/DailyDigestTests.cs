using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class DailyDigestTests
{
    private static readonly DateTimeOffset Morning = new(2026, 3, 2, 7, 0, 0, TimeSpan.Zero); // 8:00 in Paris

    private readonly MadeFigures figures = new();

    [Fact]
    public void It_comes_once_a_day_at_its_hour_to_each_of_its_channels()
    {
        DailyDigest digest = Digest("slack", "email");
        (IReadOnlyList<StoredNotice> none, DateTimeOffset? since, DateTimeOffset next) = digest.Look(null, Morning.AddHours(-1));
        Assert.Empty(none);
        Assert.Equal(Morning, next);

        (IReadOnlyList<StoredNotice> sent, DateTimeOffset? at, next) = digest.Look(since, Morning);
        Assert.Equal(["digest-2026-03-02-slack", "digest-2026-03-02-email"], sent.Select(notice => notice.Key));
        Assert.Equal(Morning.AddDays(1), next);
        Assert.Empty(digest.Look(at, Morning.AddMinutes(1)).Notices);
        Assert.Equal("digest-2026-03-03-slack", digest.Look(at, Morning.AddDays(1)).Notices[0].Key);
    }

    [Fact]
    public void It_says_what_the_day_was_like()
    {
        figures.Predict(Morning.AddHours(-30), 10, label: Sentiment.Positive);
        figures.Predict(Morning.AddHours(-3), 30, milliseconds: 12, label: Sentiment.Negative, unknown: 0.05);
        figures.Predict(Morning.AddHours(-2), 10, milliseconds: 40, label: Sentiment.Positive, unknown: 0.05);
        figures.Request(Morning.AddHours(-2), 200, 40);
        figures.Request(Morning.AddHours(-2), 503, 2);
        string[] lines = [.. Digest("slack").Look(Morning.AddDays(-1), Morning).Notices[0].Lines];
        Assert.StartsWith("40 predictions in the last 24 hours, 10 the day before: 75 % negative, 25 % positive (the day before 100 % positive)", lines[0], StringComparison.Ordinal);
        Assert.Contains("5.0 % of the words were new", lines[1], StringComparison.Ordinal);
        Assert.Equal("Half were answered within 12 ms, 95 % within 40 ms.", lines[2]);
        Assert.Equal("42 requests: 0 refused (4xx), 2 failed (5xx).", lines[3]);
        Assert.Equal("Nobody sent a correction.", lines[4]);
        Assert.Equal("Alerts that last: 1 critical, 2 warning.", lines[5]);
    }

    [Fact]
    public void A_day_without_predictions_is_told_too() => Assert.Contains("No predictions", Digest("slack").Look(Morning.AddDays(-1), Morning).Notices[0].Lines[0], StringComparison.Ordinal);

    [Fact]
    public void Without_channels_there_is_none() => Assert.Empty(Digest().Look(Morning.AddDays(-1), Morning).Notices);

    private DailyDigest Digest(params string[] channels) => new(
        new DigestOptions { At = "08:00", Zone = "Europe/Paris", Channels = channels }, figures, () => new Dictionary<AlertSeverity, long> { [AlertSeverity.Warning] = 2, [AlertSeverity.Critical] = 1 });
}
