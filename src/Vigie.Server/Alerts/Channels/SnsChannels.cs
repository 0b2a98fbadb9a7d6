using System.Text;

namespace Vigie.Server;

/// <summary>Publishes to a topic of Amazon SNS, which sends e-mail to its subscribers.</summary>
internal sealed class SnsChannel(SnsOptions options, Readers readers, SnsPublisher publisher) : IAlertChannel
{
    private const int LongestSubject = 100, LongestMessage = 256_000;

    public string Name => ChannelNames.Sns;

    public Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        NoticeText text = NoticeText.Of(notice, readers);
        string message = PlainText.Of(text);
        if (Encoding.UTF8.GetByteCount(message) > LongestMessage) message = SafeText.Cut(message, LongestMessage / 16);
        return publisher.PublishAsync(
            [
                ("TopicArn", options.Topic!), ("Subject", SubjectOf(text.Subject)), ("Message", message),
                ("MessageAttributes.entry.1.Name", "key"), ("MessageAttributes.entry.1.Value.DataType", "String"), ("MessageAttributes.entry.1.Value.StringValue", NoticeKey.Of(notice)),
            ],
            cancellation);
    }

    /// <summary>SNS takes 100 ASCII characters.</summary>
    public static string SubjectOf(string subject)
    {
        string ascii = string.Concat(subject.Select(c => char.IsAscii(c) && !char.IsControl(c) ? c.ToString() : c switch { '–' or '—' => "-", '’' or '‘' => "'", '“' or '”' => "\"", '…' => "...", '\u00A0' or '\u202F' => " ", _ => "?" }));
        return ascii.Length <= LongestSubject ? ascii : ascii[..(LongestSubject - 3)].TrimEnd() + "...";
    }
}

/// <summary>Sends text messages to phones, one call each.</summary>
internal sealed class SmsChannel(SmsOptions options, Readers readers, SnsPublisher publisher, ILogger log) : IAlertChannel
{
    private readonly ReachedReceivers reached = new();

    public string Name => ChannelNames.Sms;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        string text = SmsText.Of(NoticeText.Of(notice, readers));
        DeliveryException? passing = null, final = null;
        int good = 0;
        foreach (string phone in options.To)
        {
            if (reached.Contains(notice.Key, phone))
            {
                good++;
                continue;
            }

            try
            {
                await publisher.PublishAsync([("PhoneNumber", phone), ("Message", text), .. Attributes()], cancellation);
                reached.Add(notice.Key, phone);
                good++;
            }
            catch (DeliveryException refusal)
            {
                if (refusal.IsFinal) final = refusal;
                else passing = refusal;
            }
        }

        if (passing is not null) throw passing;
        if (final is null) return;
        if (good == 0) throw final;
        ChannelLog.SomeRefused(log, Name, options.To.Count - good, options.To.Count, final.Message);
    }

    private IEnumerable<(string Name, string Value)> Attributes()
    {
        IEnumerable<(string Name, string Value)> attributes = [("AWS.SNS.SMS.SMSType", "Transactional")];
        if (options.SenderId is { } sender) attributes = attributes.Append(("AWS.SNS.SMS.SenderID", sender));
        return attributes.SelectMany((attribute, i) => new (string, string)[]
        {
            ($"MessageAttributes.entry.{i + 1}.Name", attribute.Name),
            ($"MessageAttributes.entry.{i + 1}.Value.DataType", "String"),
            ($"MessageAttributes.entry.{i + 1}.Value.StringValue", attribute.Value),
        });
    }
}
