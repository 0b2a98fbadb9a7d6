namespace Vigie.Server.Tests;

public sealed class AlertOptionsTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    public static TheoryData<AlertOptions, string> Wrong => new()
    {
        { new() { PublicUrl = "vigie.example.org" }, "alerts.public_url is 'vigie.example.org'; expected an address such as https://vigie.example.org" },
        { new() { AllowAddresses = ["10.0.0.0/33"] }, "alerts.allow_addresses has '10.0.0.0/33'; expected an address such as 10.0.0.7, or a network such as 10.1.0.0/16" },
        { new() { PerMinute = 0 }, "alerts.per_minute is 0; expected 1 to 1000" },
        { new() { Email = Email() with { Port = 70000 } }, "alerts.email.port is 70000; expected 1 to 65535, or 0 for the usual one" },
        { new() { Email = Email() with { To = [] } }, "alerts.email.to is empty; expected at least one address, such as [team@example.org]" },
        { new() { Email = Email() with { To = ["team"] } }, "alerts.email.to has 'team'; expected an address such as team@example.org or Team <team@example.org>" },
        { new() { Email = Email() with { From = null } }, "alerts.email.from is missing; expected an address such as vigie@example.org" },
        { new() { Email = Email() with { User = "vigie" } }, "alerts.email.user is set and alerts.email.password is not; expected both or none" },
        { new() { Email = Email() with { CaFile = "/nowhere.pem" } }, "alerts.email.ca_file is '/nowhere.pem': no certificate can be read from it" },
        { new() { Email = Email() with { Tls = MailTls.None } }, "alerts.email.tls is none, and tweets would travel to smtp.example.org in the clear" },
        { new() { Email = Email() with { Tls = MailTls.None, AllowPlain = true, User = "u", Password = "p" } }, "alerts.email.user is set and alerts.email.tls is none: the password would travel" },
        { new() { Email = Email() with { Host = "127.0.0.1" } }, "alerts.email.host leads to 127.0.0.1, which is no address of the internet; where that is meant, say alerts.allow_addresses: [127.0.0.1]" },
        { new() { Slack = new SlackOptions { Url = "hooks.slack.com" } }, "alerts.slack.url is set to something that is no such address; expected an address such as https://hooks.slack.com/services/…" },
        { new() { Slack = new SlackOptions { Url = "http://hooks.slack.com/services/x" } }, "alerts.slack.url begins with http://, and tweets would travel in the clear" },
        { new() { Webhook = new WebhookOptions { Url = "https://u:p@example.org/" , Secret = Secret } }, "alerts.webhook.url holds a user name or password before its host" },
        { new() { Webhook = new WebhookOptions { Url = "https://example.org/" } }, "alerts.webhook.secret is missing; expected at least 24 bytes" },
        { new() { Webhook = new WebhookOptions { Url = "https://example.org/", Secret = "short" } }, "alerts.webhook.secret has 5 bytes; expected at least 24" },
        { new() { Webhook = new WebhookOptions { Url = "https://example.org/", Secret = "whsec_!" } }, "alerts.webhook.secret begins with whsec_, and what follows is no base64" },
        { new() { Sns = new SnsOptions { Topic = "alerts" } }, "alerts.sns.topic is 'alerts'; expected arn:aws:sns:REGION:ACCOUNT:NAME" },
        { new() { Sns = new SnsOptions { Topic = "arn:aws:sns:eu-west-3:123456789012:alerts.fifo" } }, "a FIFO topic sends no e-mail" },
        { new() { Sns = new SnsOptions { Topic = "arn:aws:sns:eu-west-3:123456789012:alerts", Region = "eu-west-1", AccessKeyId = "A", SecretAccessKey = "s" } }, "alerts.sns.region is 'eu-west-1', and alerts.sns.topic is in eu-west-3" },
        { new() { Sns = new SnsOptions { Topic = "arn:aws:sns:eu-west-3:123456789012:alerts" } }, "alerts.sns.access_key_id is missing" },
        { new() { Sms = new SmsOptions { To = ["+33600000001"] } }, "alerts.sns.region is missing; text messages need it, such as eu-west-3" },
        { new() { Sms = new SmsOptions { To = ["+33600000001"] }, Sns = new SnsOptions { Region = "evil.example/#" } }, "alerts.sns.region is 'evil.example/#'; expected one such as eu-west-3" },
        { new() { Sms = new SmsOptions { To = ["0612345678"] }, Sns = new SnsOptions { Region = "eu-west-3", AccessKeyId = "A", SecretAccessKey = "s" } }, "alerts.sms.to has '0612345678'; expected a number with its country, such as +33612345678" },
        { new() { Pagerduty = new PagerDutyOptions { RoutingKey = "x" } }, "alerts.pagerduty.routing_key is malformed" },
        { new() { Digest = new DigestOptions { At = "8 am" } }, "alerts.digest.at is '8 am'; expected an hour and minute such as 08:00" },
        { new() { Digest = new DigestOptions { Zone = "Paris" } }, "alerts.digest.zone is 'Paris'; expected a zone such as Europe/Paris or UTC" },
        { new() { Digest = new DigestOptions { Zone = "Europe/Atlantis" } }, "alerts.digest.zone is 'Europe/Atlantis'" },
        { new() { Digest = new DigestOptions { Channels = ["slack"] } }, "alerts.digest.channels has 'slack', which is not configured" },
        { new() { Pagerduty = new PagerDutyOptions { RoutingKey = Secret }, Digest = new DigestOptions { Channels = ["pagerduty"] } }, "alerts.digest.channels has 'pagerduty', which is for alerts only" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    internal void A_wrong_setting_says_which_and_what_would_be_right(AlertOptions options, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidInputException>(options.Check).Message, StringComparison.Ordinal);

    [Fact]
    public void Plain_http_may_be_said_where_a_network_is_named_for_it()
    {
        new AlertOptions { AllowAddresses = ["10.0.0.0/8"], Webhook = new WebhookOptions { Url = "http://receiver.internal:8080/", Secret = Secret } }.Check();
        Assert.Throws<InvalidInputException>(new AlertOptions { AllowAddresses = ["10.0.0.0/8"], Webhook = new WebhookOptions { Url = "http://8.8.8.8/", Secret = Secret } }.Check);
    }

    [Fact]
    public void Only_what_is_critical_goes_to_phones_unless_said_otherwise()
    {
        var options = new AlertOptions
        {
            Email = Email(),
            Slack = new SlackOptions { Url = "https://hooks.slack.com/services/x", Severity = AlertSeverity.Info },
            Sns = new SnsOptions { Region = "eu-west-3", AccessKeyId = "A", SecretAccessKey = "s" },
            Sms = new SmsOptions { To = ["+33600000001"] },
        };
        options.Check();
        Assert.Equal([("email", AlertSeverity.Warning), ("slack", AlertSeverity.Info), ("sms", AlertSeverity.Critical)], options.Channels().Select(channel => (channel.Key, channel.Value)));
        Assert.Empty(new AlertOptions().Channels());
        new AlertOptions().Check();
    }

    [Fact]
    public void Secrets_are_in_no_text()
    {
        var options = new AlertOptions
        {
            Email = Email() with { User = "u", Password = "hunter2" },
            Slack = new SlackOptions { Url = "https://hooks.slack.com/hunter2" },
            Webhook = new WebhookOptions { Url = "https://example.org/hunter2", Secret = "hunter2", PreviousSecret = "hunter2" },
            Sns = new SnsOptions { SecretAccessKey = "hunter2", SessionToken = "hunter2" },
            Pagerduty = new PagerDutyOptions { RoutingKey = "hunter2" },
        };
        Assert.DoesNotContain("hunter2", options.ToString(), StringComparison.Ordinal);
        foreach (string path in new[] { "alerts.email.password", "alerts.slack.url", "alerts.webhook.url", "alerts.webhook.secret", "alerts.webhook.previous_secret", "alerts.sns.secret_access_key", "alerts.sns.session_token", "alerts.pagerduty.routing_key" })
            Assert.True(SettingsPage.List(typeof(ServerOptions)).Single(setting => setting.Path == path).IsSecret, path);
    }

    private static EmailOptions Email() => new() { Host = "smtp.example.org", From = "vigie@example.org", To = ["team@example.org"] };
}
