using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>The channels that are configured.</summary>
internal sealed class AlertChannels : IDisposable
{
    private readonly Receiver receiver;

    /// <param name="options">Checked ones.</param>
    /// <param name="clock">For time limits and signatures.</param>
    /// <param name="log">Told of receivers that a channel reached only some of.</param>
    /// <param name="guard">Decides which addresses are connected to; the options' unless said.</param>
    public AlertChannels(AlertOptions options, TimeProvider clock, ILogger log, AddressGuard? guard = null)
    {
        guard ??= options.Guard();
        var readers = Readers.Of(options);
        receiver = new Receiver(guard, clock, options.Secrets());
        var all = new List<IAlertChannel>();
        if (options.Email.IsOn) all.Add(new EmailChannel(options.Email, readers, guard, clock, log));
        if (options.Slack.IsOn) all.Add(new SlackChannel(options.Slack, readers, receiver));
        if (options.Webhook.IsOn) all.Add(new WebhookChannel(options.Webhook, readers, receiver, clock));
        if (options.Sns.Topic is not null) all.Add(new SnsChannel(options.Sns, readers, new SnsPublisher(options.Sns, receiver, clock)));
        if (options.Sms.IsOn) all.Add(new SmsChannel(options.Sms, readers, new SnsPublisher(options.Sns, receiver, clock), log));
        if (options.Pagerduty.IsOn) all.Add(new PagerDutyChannel(options.Pagerduty, readers, receiver, log));
        All = all;
    }

    /// <summary>Those there are.</summary>
    public IReadOnlyList<IAlertChannel> All { get; }

    public void Dispose() => receiver.Dispose();
}
