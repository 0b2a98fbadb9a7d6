using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Messages to send.</summary>
internal static class TestNotices
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 6, 30, TimeSpan.Zero);

    public static readonly string Hostile =
        "<script>alert(1)</script> <!channel> <https://evil.example|click> @channel *bold* _x_\r\nBcc: victim@example.org\r\n\r\nbody \u202Egnp.exe\u202C \u2066x\u2069 \0\u0007\u001b[31m \uD800 e" + new string('\u0301', 500) + " " + new string('a', 10_000);

    public static Alert Alert(string id = "17", AlertSeverity severity = AlertSeverity.Critical, AlertState state = AlertState.Open, params string[] tweets) => new()
    {
        Id = id,
        Rule = "wrong-reports",
        Severity = severity,
        State = state,
        Summary = "3 tweets were reported wrong within 5 minutes; the limit is 3",
        Model = "sentiment version 7",
        Figure = 3,
        Limit = 3,
        Since = Now.AddMinutes(-4),
        LastSeen = Now,
        ResolvedAt = state == AlertState.Resolved ? Now : null,
        Count = 3,
        Tweets = tweets.Length == 0
            ?
            [
                new AlertTweet("p3", "f3", "Three hours on the tarmac & still no word. Thanks a lot ✈️😡", Sentiment.Positive, Sentiment.Negative, Now.AddMinutes(-4)),
                new AlertTweet("p2", "f2", null, Sentiment.Positive, Sentiment.Negative, Now.AddMinutes(-5)),
                new AlertTweet("p1", "f1", "טיסה מצוינת, but my luggage is in Oslo", Sentiment.Positive, Sentiment.Negative, Now.AddMinutes(-6)),
            ]
            : [.. tweets.Select((text, i) => new AlertTweet($"p{i}", $"f{i}", text, Sentiment.Positive, Sentiment.Negative, Now))],
        Words = ["tarmac", "luggage"],
        Runbook = "wrong-reports",
    };

    public static AlertNotice Notice(string key = "n-1", NoticeKind kind = NoticeKind.Opened, params Alert[] alerts) => new()
    {
        Key = key,
        Kind = kind,
        Severity = alerts.Length == 0 ? AlertSeverity.Critical : alerts.Max(alert => alert.Severity),
        At = Now,
        Alerts = alerts.Length == 0 ? [Alert()] : alerts,
    };

    public static AlertNotice Digest() => new()
    {
        Key = "digest-2026-11-24",
        Kind = NoticeKind.Digest,
        Severity = AlertSeverity.Info,
        At = new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero),
        Alerts = [],
        Lines = ["12,431 tweets were rated by sentiment version 7: 61 % negative, 39 % positive.", "41 corrections came in; 93 % of the judged predictions were right.", "95 % of requests took up to 12 ms; 3 of 9,120 failed."],
    };

    public static AlertOptions Loopback => new() { AllowAddresses = ["127.0.0.0/8", "::1"], PublicUrl = "https://vigie.example.org/" };
}
