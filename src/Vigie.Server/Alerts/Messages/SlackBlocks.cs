using System.Text.Encodings.Web;
using System.Text.Json;

namespace Vigie.Server;

/// <summary>
/// A message as Slack's blocks. Strangers' texts stand in plain_text objects, in which nothing is markup, and everything has &amp;, &lt; and &gt; written as
/// entities, as Slack wants it: a tweet can make neither a link nor call a channel.
/// </summary>
internal static class SlackBlocks
{
    /// <summary>Alerts in one message: nine blocks each, and Slack takes 50.</summary>
    public const int MostAlerts = 5;

    private const int LongestHeader = 150, LongestSection = 3000, LongestFallback = 1000;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(NoticeText notice)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteString("text"u8, Escaped(notice.Subject, LongestFallback)); // what a notification shows
            json.WriteString("parse"u8, "none"u8);
            json.WriteBoolean("link_names"u8, false);
            json.WriteBoolean("unfurl_links"u8, false);
            json.WriteBoolean("unfurl_media"u8, false);
            json.WriteStartArray("blocks"u8);
            Block(json, "header", "plain_text", $"{SignOf(notice.Tone)} {notice.Title}", LongestHeader);
            Block(json, "section", "plain_text", notice.Lead, LongestSection);
            if (notice.Lines.Count > 0) Block(json, "section", "plain_text", string.Join('\n', notice.Lines.Select(line => $"• {line}")), LongestSection);
            foreach (AlertText alert in notice.Alerts) Write(json, alert, notice.Title);
            if (notice.More is { } more) Block(json, "section", "plain_text", more, LongestSection);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter json, AlertText alert, string title)
    {
        Block(json, "section", "plain_text", title.EndsWith(alert.Summary, StringComparison.Ordinal) ? alert.Heading : $"{alert.Heading}\n{alert.Summary}", LongestSection);
        Block(json, "context", "plain_text", string.Join("  ·  ", alert.Facts.Select(fact => $"{fact.Name}: {fact.Value}")), LongestSection);
        foreach (TweetText tweet in alert.Tweets) Block(json, "section", "plain_text", $"“{tweet.Text ?? TweetText.Gone}”\n{tweet.Note}", LongestSection);
        string rest = string.Join('\n', new[] { alert.MoreTweets, alert.Words is { } words ? $"Words they share: {words}" : null }.OfType<string>());
        if (rest.Length > 0) Block(json, "context", "plain_text", rest, LongestSection);
        string runbook = alert.RunbookUrl is { } url ? $"<{Entities(url)}|What to do>" : $"What to do: {Entities(alert.Runbook)}";
        // Our own words only: mrkdwn is what makes a link.
        WriteBlock(json, "section", "mrkdwn", runbook + (alert.Acknowledge is { } acknowledge ? $"\nTo take it on: {Entities(acknowledge)}" : ""));
    }

    private static void Block(Utf8JsonWriter json, string block, string kind, string text, int longest) => WriteBlock(json, block, kind, Escaped(text, longest));

    private static void WriteBlock(Utf8JsonWriter json, string block, string kind, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, block);
        if (block == "context") json.WriteStartArray("elements"u8);
        if (block == "context") json.WriteStartObject();
        else json.WriteStartObject("text"u8);
        json.WriteString("type"u8, kind);
        json.WriteString("text"u8, text);
        json.WriteBoolean(kind == "mrkdwn" ? "verbatim"u8 : "emoji"u8, kind == "mrkdwn");
        json.WriteEndObject();
        if (block == "context") json.WriteEndArray();
        json.WriteEndObject();
    }

    // Entities count, so the text is cut until they fit.
    private static string Escaped(string text, int longest)
    {
        string escaped = Entities(text);
        for (int most = longest; escaped.Length > longest; most -= Math.Max(1, most / 10)) escaped = Entities(SafeText.Cut(text, most));
        return escaped;
    }

    private static string Entities(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    private static string SignOf(Tone tone) => tone switch { Tone.Critical => "🔴", Tone.Warning => "🟠", Tone.Over => "🟢", _ => "🔵" };
}
