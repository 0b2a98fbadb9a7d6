using System.Net;
using System.Net.Sockets;
using Vigie.Mlflow.Security;

namespace Vigie.Server.Tests;

/// <summary>Nobody who can name a receiver makes the server ask machines behind the firewall.</summary>
public sealed class AddressTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Refused =>
    [
        "127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "168.63.129.16", "192.0.0.192", "198.18.0.1", "224.0.0.1", "239.255.255.250",
        "255.255.255.255", "240.0.0.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1", "fe80::1", "fec0::1", "fc00::1",
        "fd00:ec2::254", "ff02::1", "2002:7f00:1::", "2001::1", "2001:db8::1",
    ];

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_name_that_leads_to_a_special_address_is_not_connected_to(string address)
    {
        var asked = new List<string>();
        var guard = new AddressGuard([], (name, _) =>
        {
            asked.Add(name);
            return Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]);
        });
        var options = new AlertOptions
        {
            Email = new EmailOptions { Host = "mail.example.org", From = "vigie@example.org", To = ["team@example.org"] },
            Slack = new SlackOptions { Url = "https://hooks.slack.com/services/T0/B0/x" },
            Webhook = new WebhookOptions { Url = "https://hook.example.org/", Secret = Secret },
            Sns = new SnsOptions { Topic = "arn:aws:sns:eu-west-3:123456789012:alerts", AccessKeyId = "AKID", SecretAccessKey = Secret },
            Sms = new SmsOptions { To = ["+33600000001"] },
            Pagerduty = new PagerDutyOptions { RoutingKey = Secret },
        };
        options.Check();
        using var channels = new AlertChannels(options, TimeProvider.System, new RecordedLog(), guard);
        Assert.Equal(6, channels.All.Count);
        foreach (IAlertChannel channel in channels.All)
        {
            DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => channel.SendAsync(TestNotices.Notice(), Cancel));
            Assert.Contains("not connected to", refused.Message, StringComparison.Ordinal);
            Assert.False(refused.IsFinal); // names may lead elsewhere tomorrow
        }

        Assert.Equal(["mail.example.org", "hooks.slack.com", "hook.example.org", "sns.eu-west-3.amazonaws.com", "sns.eu-west-3.amazonaws.com", "events.pagerduty.com"], asked);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void An_address_that_is_special_stops_the_start(string address)
    {
        string host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
        foreach (AlertOptions options in new AlertOptions[]
        {
            new() { Email = new EmailOptions { Host = address, From = "vigie@example.org", To = ["team@example.org"] } },
            new() { Slack = new SlackOptions { Url = $"https://{host}/x" } },
            new() { Webhook = new WebhookOptions { Url = $"https://{host}/", Secret = Secret } },
            new() { Pagerduty = new PagerDutyOptions { RoutingKey = Secret, Url = $"https://{host}/" } },
        })
        {
            Assert.Contains("alerts.allow_addresses", Assert.Throws<InvalidInputException>(options.Check).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "11.0.0.1", true)] // the internet's
    [InlineData("10.0.0.0/8", "192.168.0.1", false)]
    [InlineData("10.0.0.0/8", "169.254.169.254", false)]
    [InlineData("fd00::/8", "fd00::7", true)]
    [InlineData("fd00::/8", "fe80::7", false)]
    [InlineData("192.168.1.7", "192.168.1.7", true)]
    [InlineData("192.168.1.7", "192.168.1.8", false)]
    public void Networks_that_are_named_are_connected_to_and_no_others(string named, string address, bool allowed) =>
        Assert.Equal(allowed, new AlertOptions { AllowAddresses = [named] }.Guard().Allows(IPAddress.Parse(address)));

    [Fact]
    public async Task A_name_that_changes_its_mind_after_the_check_is_asked_once_and_no_more()
    {
        // The first answer is of this machine and named; were the name asked again for the connection, it would lead to nobody.
        await using StandIn receiver = await StandIn.StartAsync();
        int asked = 0;
        var guard = new AddressGuard([IPNetwork.Parse("127.0.0.1/32")], (_, _) => Task.FromResult<IPAddress[]>([asked++ == 0 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.9")]));
        var options = new WebhookOptions { Url = $"http://rebinding.example:{receiver.Port}/", Secret = Secret };
        using var client = new Receiver(guard, TimeProvider.System, []);
        await new WebhookChannel(options, new Readers(null, null, TimeZoneInfo.Utc), client, TimeProvider.System).SendAsync(TestNotices.Notice(), Cancel);
        Assert.Single(receiver.Requests);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task Of_a_name_with_several_addresses_only_the_good_ones_are_tried()
    {
        await using StandIn receiver = await StandIn.StartAsync();
        using var secret = new TcpListener(IPAddress.Parse("127.0.0.2"), receiver.Port);
        secret.Start();
        var guard = new AddressGuard([IPNetwork.Parse("127.0.0.1/32")], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("127.0.0.2"), IPAddress.Loopback]));
        using Socket connected = await guard.ConnectAsync("several.example", receiver.Port, cancellation: Cancel);
        Assert.Equal("127.0.0.1", ((IPEndPoint)connected.RemoteEndPoint!).Address.MapToIPv4().ToString());
        Assert.False(secret.Pending());
    }

    [Fact]
    public async Task A_redirect_to_the_inside_is_not_followed()
    {
        await using StandIn inside = await StandIn.StartAsync(), outside = await StandIn.StartAsync();
        outside.Answer = StandIn.Says(307, "", ("Location", inside.Url()));
        var options = TestNotices.Loopback with { Webhook = new WebhookOptions { Url = outside.Url(), Secret = Secret } };
        using var channels = new AlertChannels(options, TimeProvider.System, new RecordedLog());
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => channels.All[0].SendAsync(TestNotices.Notice(), Cancel));
        Assert.True(refused.IsFinal);
        Assert.Contains("redirects are not followed", refused.Message, StringComparison.Ordinal);
        Assert.Empty(inside.Requests);
    }

    [Fact]
    public async Task Plain_http_goes_to_named_networks_only_whatever_a_name_leads_to()
    {
        var guard = new AddressGuard([], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")]));
        using var client = new Receiver(guard, TimeProvider.System, []);
        var channel = new WebhookChannel(new WebhookOptions { Url = "http://public.example/", Secret = Secret }, new Readers(null, null, TimeZoneInfo.Utc), client, TimeProvider.System);
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => channel.SendAsync(TestNotices.Notice(), Cancel));
        Assert.Contains("plain text goes only to networks that are named", refused.Message, StringComparison.Ordinal);
    }
}
