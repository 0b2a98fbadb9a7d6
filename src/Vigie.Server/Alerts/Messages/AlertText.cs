using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>An alert in words.</summary>
internal sealed record AlertText
{
    private const int LongestTweet = 280, LongestName = 100, LongestSummary = 400;

    /// <summary>Severity and rule: <c>Critical: misclassified</c>.</summary>
    public required string Heading { get; init; }

    /// <summary>What has happened.</summary>
    public required string Summary { get; init; }

    /// <summary>What else there is to know, by name.</summary>
    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>The tweets, and what was made of each.</summary>
    public required IReadOnlyList<TweetText> Tweets { get; init; }

    /// <summary>What is said of tweets that are left out; null where none are.</summary>
    public string? MoreTweets { get; init; }

    /// <summary>Words that the tweets share; null for none.</summary>
    public string? Words { get; init; }

    /// <summary>The page that says what to do.</summary>
    public required string Runbook { get; init; }

    /// <summary>Where that is; null where nobody said.</summary>
    public string? RunbookUrl { get; init; }

    /// <summary>How to take the alert on; null where there is nothing to take on.</summary>
    public string? Acknowledge { get; init; }

    public static AlertText Of(Alert alert, AlertNotice notice, Readers readers)
    {
        AlertTweet[] shown = [.. alert.Tweets.Take(NoticeText.MostTweets)];
        long others = Math.Max(alert.Tweets.Count, alert.Tweets.Count > 0 ? alert.Count : 0) - shown.Length;
        return new AlertText
        {
            Heading = $"{(alert.State == AlertState.Resolved ? "Resolved" : NoticeText.NameOf(alert.Severity))}: {SafeText.Line(alert.Rule, LongestName)}",
            Summary = SafeText.Line(alert.Summary, LongestSummary),
            Facts = [.. FactsOf(alert, notice.At, readers)],
            Tweets = [.. shown.Select(tweet => TextOf(tweet, readers))],
            MoreTweets = others <= 0 ? null : others == 1 ? "and one more" : string.Create(CultureInfo.InvariantCulture, $"and {others:N0} more"),
            Words = alert.Words.Count == 0 ? null : string.Join(", ", alert.Words.Take(10).Select(word => SafeText.Isolated(word, 40))),
            Runbook = $"docs/runbooks/{SafeText.Line(alert.Runbook, LongestName)}.md",
            RunbookUrl = readers.Runbook(alert.Runbook),
            Acknowledge = alert.State is AlertState.Open or AlertState.Silenced ? $"POST {readers.Acknowledge(alert.Id)}" : null,
        };
    }

    private static IEnumerable<(string Name, string Value)> FactsOf(Alert alert, DateTimeOffset now, Readers readers)
    {
        if (alert.State == AlertState.Resolved) yield return ("Severity", NoticeText.NameOf(alert.Severity)); // else the heading says it
        if (alert.Model is { } model) yield return ("Model", SafeText.Line(model, LongestName));
        if (alert.ResolvedAt is { } end)
        {
            yield return ("From", readers.Time(alert.Since));
            yield return ("To", $"{readers.Time(end)}, after {Length(end - alert.Since)}");
        }
        else
        {
            yield return ("Since", now - alert.Since < TimeSpan.FromMinutes(1) ? readers.Time(alert.Since) : $"{readers.Time(alert.Since)}, for {Length(now - alert.Since)}");
        }

        yield return ("Events", alert.Count.ToString("N0", CultureInfo.InvariantCulture));
        if (alert.By is { } by)
        {
            string what = alert.State switch { AlertState.Acknowledged => "Taken on by", AlertState.Silenced => "Silenced by", AlertState.Resolved => "Resolved by", _ => "Last seen by" };
            yield return (what, SafeText.Line(by, LongestName));
        }

        if (alert is { State: AlertState.Silenced, SilencedUntil: { } until }) yield return ("Silenced until", readers.Time(until));
        yield return ("Alert", SafeText.Line(alert.Id, LongestName));
    }

    private static TweetText TextOf(AlertTweet tweet, Readers readers)
    {
        string note = (tweet.Predicted, tweet.Right) switch
        {
            ({ } predicted, { } right) when predicted != right => $"rated {NameOf(predicted)}, should be {NameOf(right)}",
            ({ } predicted, not null) => $"rated {NameOf(predicted)}, rightly",
            ({ } predicted, null) => $"rated {NameOf(predicted)}",
            (null, { } right) => $"should be {NameOf(right)}",
            _ => "",
        };
        string text = tweet.Text is null ? "" : SafeText.Isolated(tweet.Text, LongestTweet);
        return new TweetText(text.Length == 0 ? null : text, note.Length == 0 ? readers.Time(tweet.At) : $"{note}; {readers.Time(tweet.At)}");
    }

    private static string NameOf(Sentiment sentiment) => sentiment switch { Sentiment.Negative => "negative", Sentiment.Neutral => "neutral", _ => "positive" };

    private static string Length(TimeSpan time)
    {
        (long count, string unit) = time switch
        {
            { TotalMinutes: < 90 } => ((long)Math.Round(time.TotalMinutes), "minute"),
            { TotalHours: < 48 } => ((long)Math.Round(time.TotalHours), "hour"),
            _ => ((long)Math.Round(time.TotalDays), "day"),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{count:N0} {unit}{(count == 1 ? "" : "s")}");
    }
}

/// <summary>A tweet in a message.</summary>
/// <param name="Text">Its text; null where it was erased or is not kept.</param>
/// <param name="Note">What was made of it, and when.</param>
internal sealed record TweetText(string? Text, string Note)
{
    /// <summary>What stands where a text is no more.</summary>
    public const string Gone = "(erased, or not kept)";
}
