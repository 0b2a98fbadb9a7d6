using System.Net;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// A message as HTML, for e-mail: a table and inline styles, since that is what mail programs show alike. Nothing is fetched, nothing runs, and the only links
/// are our own.
/// </summary>
internal static class HtmlText
{
    private const string Font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

    public static string Of(NoticeText notice)
    {
        string colour = notice.Tone switch { Tone.Critical => "#b3261e", Tone.Warning => "#9a6700", Tone.Over => "#1a7f37", _ => "#1f5fa8" };
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light\"><title>").Append(Escaped(notice.Subject)).Append("</title></head>\n");
        html.Append("<body style=\"margin:0;padding:16px;background:#f3f4f6;color:#1c1f23;font-size:15px;line-height:1.45;").Append(Font).Append("\">\n");
        html.Append("<table role=\"presentation\" width=\"100%\" style=\"max-width:640px;margin:0 auto;border-collapse:collapse;table-layout:fixed;overflow-wrap:anywhere;word-break:break-word;background:#ffffff\">\n");
        html.Append("<tr><td style=\"padding:14px 20px;background:").Append(colour).Append(";color:#ffffff;font-size:18px;font-weight:600\">").Append(Escaped(notice.Title)).Append("</td></tr>\n");
        html.Append("<tr><td style=\"padding:16px 20px 4px\">").Append(Escaped(notice.Lead)).Append("</td></tr>\n");
        if (notice.Lines.Count > 0)
        {
            html.Append("<tr><td style=\"padding:4px 20px\"><ul style=\"margin:8px 0;padding-left:20px\">\n");
            foreach (string line in notice.Lines) html.Append("<li style=\"margin:4px 0\">").Append(Escaped(line)).Append("</li>\n");
            html.Append("</ul></td></tr>\n");
        }

        foreach (AlertText alert in notice.Alerts) Append(html, alert, notice.Alerts.Count > 1);
        if (notice.More is { } more) html.Append("<tr><td style=\"padding:8px 20px;border-top:1px solid #d8dbe0\">").Append(Escaped(more)).Append("</td></tr>\n");
        html.Append("<tr><td style=\"padding:12px 20px;border-top:1px solid #d8dbe0;color:#5b6169;font-size:13px\">Sent by Vigie");
        if (notice.Page is { } page) html.Append(", ").Append(Link(page, page));
        return html.Append(".</td></tr>\n</table>\n</body></html>\n").ToString();
    }

    private static void Append(StringBuilder html, AlertText alert, bool severalAlerts)
    {
        html.Append("<tr><td style=\"padding:8px 20px 16px").Append(severalAlerts ? ";border-top:1px solid #d8dbe0" : "").Append("\">\n");
        html.Append("<h2 style=\"margin:8px 0 4px;font-size:16px\">").Append(Escaped(alert.Heading)).Append("</h2>\n");
        html.Append("<p style=\"margin:4px 0 10px\">").Append(Escaped(alert.Summary)).Append("</p>\n<table role=\"presentation\" style=\"border-collapse:collapse;font-size:14px\">\n");
        foreach ((string name, string value) in alert.Facts)
        {
            html.Append("<tr><td style=\"padding:2px 16px 2px 0;color:#5b6169;white-space:nowrap;vertical-align:top\">").Append(Escaped(name)).Append("</td><td style=\"padding:2px 0\">").Append(Escaped(value)).Append("</td></tr>\n");
        }

        html.Append("</table>\n");
        foreach (TweetText tweet in alert.Tweets)
        {
            html.Append("<div style=\"margin:10px 0 0;padding:8px 12px;background:#f3f4f6;border-left:3px solid #9aa1ab\"><div dir=\"auto\"").Append(tweet.Text is null ? " style=\"color:#5b6169\">" : ">")
                .Append(Escaped(tweet.Text ?? TweetText.Gone)).Append("</div><div style=\"color:#5b6169;font-size:13px\">").Append(Escaped(tweet.Note)).Append("</div></div>\n");
        }

        if (alert.MoreTweets is { } more) html.Append("<p style=\"margin:6px 0 0;color:#5b6169;font-size:13px\">").Append(Escaped(more)).Append("</p>\n");
        if (alert.Words is { } words) html.Append("<p style=\"margin:10px 0 0\"><b>Words they share:</b> ").Append(Escaped(words)).Append("</p>\n");
        html.Append("<p style=\"margin:10px 0 0\"><b>What to do:</b> ").Append(alert.RunbookUrl is { } url ? Link(url, url) : Escaped(alert.Runbook)).Append("</p>\n");
        if (alert.Acknowledge is { } acknowledge)
            html.Append("<p style=\"margin:6px 0 0\"><b>To take it on:</b> <code style=\"font-size:13px\">").Append(Escaped(acknowledge)).Append("</code></p>\n");
        html.Append("</td></tr>\n");
    }

    private static string Link(string url, string text) => $"<a href=\"{Escaped(url)}\" style=\"color:#1f5fa8\">{Escaped(text)}</a>";

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
