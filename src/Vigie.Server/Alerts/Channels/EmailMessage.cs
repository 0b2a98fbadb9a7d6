using System.Globalization;
using MimeKit;
using MimeKit.Text;

namespace Vigie.Server;

/// <summary>A message as e-mail: text and HTML of the same words. What is repeated has the same id, and what is about one alert stands in one conversation.</summary>
internal static class EmailMessage
{
    public static MimeMessage Of(AlertNotice notice, Readers readers, MailboxAddress from, IEnumerable<MailboxAddress> to)
    {
        NoticeText text = NoticeText.Of(notice, readers);
        string domain = new IdnMapping().GetAscii(from.Domain);
        var message = new MimeMessage { Subject = text.Subject, Date = notice.At, MessageId = $"{NoticeKey.Hashed(notice.Key)}@{domain}" };
        message.From.Add(from);
        message.To.AddRange(to);
        if (notice.Alerts.Count > 0)
        {
            message.InReplyTo = $"{NoticeKey.Hashed("alert " + notice.Alerts[0].Id)}@{domain}";
            message.References.Add(message.InReplyTo);
        }

        message.Headers.Add(HeaderId.ListId, $"Vigie alerts <alerts.vigie.{domain}>");
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: nobody's holiday answer is wanted
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add("X-Vigie-Key", NoticeKey.Of(notice));
        if (text.Tone == Tone.Critical) message.Importance = MessageImportance.High;
        message.Body = new MultipartAlternative
        {
            Part(TextFormat.Plain, PlainText.Of(text)),
            Part(TextFormat.Html, HtmlText.Of(text)),
        };
        return message;
    }

    // Base64 whatever is in it: no line is too long, and none begins with 'From '.
    private static TextPart Part(TextFormat format, string text) => new(format) { Text = text, ContentTransferEncoding = ContentEncoding.Base64 };
}
