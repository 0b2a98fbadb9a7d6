using System.Globalization;

namespace Vigie.Server;

/// <summary>A message in words: what every channel shows of it, in its own form. All of it is harmless on one line each; nothing is escaped yet.</summary>
internal sealed record NoticeText
{
    /// <summary>Most tweets that a message shows of one alert.</summary>
    public const int MostTweets = 5;

    private const int LongestSubject = 150, LongestLine = 500;

    private NoticeText()
    {
    }

    /// <summary>What it is about, on one line.</summary>
    public required string Subject { get; init; }

    /// <summary>The same without the program's name.</summary>
    public required string Title { get; init; }

    /// <summary>Why it comes, in a sentence.</summary>
    public required string Lead { get; init; }

    /// <summary>How much it matters, and whether it is over.</summary>
    public required Tone Tone { get; init; }

    /// <summary>The alerts.</summary>
    public required IReadOnlyList<AlertText> Alerts { get; init; }

    /// <summary>What is said of alerts that are left out; null where none are.</summary>
    public string? More { get; init; }

    /// <summary>Lines of a digest.</summary>
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>Where this server is; null where nobody said.</summary>
    public string? Page { get; init; }

    /// <summary>Puts a message into words.</summary>
    /// <param name="notice">The message.</param>
    /// <param name="readers">Whom it is for.</param>
    /// <param name="most">Most alerts that are shown.</param>
    public static NoticeText Of(AlertNotice notice, Readers readers, int most = 10)
    {
        string title = SafeText.Line(TitleOf(notice, readers), LongestSubject);
        int left = Math.Max(0, notice.Alerts.Count - most) + notice.More;
        return new NoticeText
        {
            Subject = $"[Vigie] {title}",
            Title = title,
            Lead = LeadOf(notice),
            Tone = ToneOf(notice),
            Alerts = [.. notice.Alerts.Take(most).Select(alert => AlertText.Of(alert, notice, readers))],
            More = left == 0 ? null : left == 1 ? "One more alert of the same group is not shown." : string.Create(CultureInfo.InvariantCulture, $"{left:N0} more alerts of the same group are not shown."),
            Lines = [.. notice.Lines.Select(line => SafeText.Line(line, LongestLine))],
            Page = readers.Page,
        };
    }

    private static string TitleOf(AlertNotice notice, Readers readers)
    {
        if (notice.Kind == NoticeKind.Digest) return string.Create(CultureInfo.InvariantCulture, $"Daily digest, {readers.ClockAt(notice.At):d MMMM yyyy}");
        string severity = NameOf(notice.Severity), lower = severity.ToLowerInvariant();
        int others = notice.Alerts.Count - 1 + notice.More;
        return notice.Kind switch
        {
            NoticeKind.Repeated => $"Still {lower}",
            NoticeKind.Escalated => $"Escalated, {lower}",
            NoticeKind.Resolved => "Resolved",
            _ => severity,
        } + (others > 0 ? string.Create(CultureInfo.InvariantCulture, $", {others + 1:N0} alerts") : "") + $": {notice.Alerts[0].Summary}";
    }

    private static string LeadOf(AlertNotice notice)
    {
        bool one = notice.Alerts.Count + notice.More == 1;
        return notice.Kind switch
        {
            NoticeKind.Repeated => one ? "This alert goes on, and nobody has taken it on." : "These alerts go on, and nobody has taken them on.",
            NoticeKind.Escalated => one ? "Nobody has taken this alert on, so you are told as well." : "Nobody has taken these alerts on, so you are told as well.",
            NoticeKind.Resolved => one ? "This alert is over." : "These alerts are over.",
            NoticeKind.Digest => "What the last 24 hours were like.",
            _ => one ? "An alert has begun." : "Alerts have begun.",
        };
    }

    private static Tone ToneOf(AlertNotice notice) => notice.Kind switch
    {
        NoticeKind.Resolved => Tone.Over,
        NoticeKind.Digest => Tone.Info,
        _ => notice.Severity switch { AlertSeverity.Critical => Tone.Critical, AlertSeverity.Warning => Tone.Warning, _ => Tone.Info },
    };

    /// <summary>A severity as a word that begins a line.</summary>
    public static string NameOf(AlertSeverity severity) => severity switch { AlertSeverity.Critical => "Critical", AlertSeverity.Warning => "Warning", _ => "Info" };
}

/// <summary>What a message looks like.</summary>
internal enum Tone
{
    Info,
    Warning,
    Critical,
    Over,
}
