using System.Text;

namespace Vigie.Server;

/// <summary>A message as plain text, for e-mail.</summary>
internal static class PlainText
{
    public static string Of(NoticeText notice)
    {
        var text = new StringBuilder();
        text.Append(notice.Lead).Append("\n\n");
        foreach (string line in notice.Lines) text.Append("- ").Append(line).Append('\n');
        if (notice.Lines.Count > 0) text.Append('\n');
        foreach (AlertText alert in notice.Alerts) Append(text, alert);
        if (notice.More is { } more) text.Append(more).Append("\n\n");
        if (notice.Page is { } page) text.Append("Vigie: ").Append(page).Append('\n');
        return text.ToString().TrimEnd('\n') + "\n";
    }

    private static void Append(StringBuilder text, AlertText alert)
    {
        text.Append(alert.Heading).Append('\n').Append('-', alert.Heading.Length).Append('\n').Append(alert.Summary).Append("\n\n");
        int width = alert.Facts.Max(fact => fact.Name.Length) + 2;
        foreach ((string name, string value) in alert.Facts) text.Append("  ").Append((name + ":").PadRight(width)).Append(value).Append('\n');
        text.Append('\n');
        if (alert.Tweets.Count > 0)
        {
            text.Append("Tweets:\n");
            foreach (TweetText tweet in alert.Tweets) text.Append("  > ").Append(tweet.Text ?? TweetText.Gone).Append("\n    ").Append(tweet.Note).Append('\n');
            if (alert.MoreTweets is { } more) text.Append("  ").Append(more).Append('\n');
            text.Append('\n');
        }

        if (alert.Words is { } words) text.Append("Words they share: ").Append(words).Append("\n\n");
        text.Append("What to do:     ").Append(alert.RunbookUrl ?? alert.Runbook).Append('\n');
        if (alert.Acknowledge is { } acknowledge) text.Append("To take it on:  ").Append(acknowledge).Append('\n');
        text.Append('\n');
    }
}
