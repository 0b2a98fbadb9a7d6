using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using MimeKit;

namespace Vigie.Server.Tests;

/// <summary>Against a real mail server.</summary>
public sealed class EmailChannelTests : IDisposable
{
    private readonly TestCertificates certificates = new();
    private readonly RecordedLog log = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        certificates.Dispose();
        log.Dispose();
    }

    [Fact]
    public async Task A_message_arrives_encrypted_signed_in_and_in_both_forms()
    {
        certificates.Write("mail.pem", "mail.key");
        await using SmtpProcess server = await SmtpProcess.StartAsync(certificates.At("mail.pem"), certificates.At("mail.key"), user: "vigie", password: "correct horse");
        await SendAsync(Options(server) with { CaFile = certificates.WriteRoot("root.pem"), User = "vigie", Password = "correct horse" }, TestNotices.Notice());

        ReceivedMail mail = await server.NextAsync();
        Assert.True(mail.Tls);
        Assert.Equal("vigie", mail.User);
        Assert.Equal(["team@example.org", "boss@example.org"], mail.To);
        Assert.Equal("[Vigie] Critical: 3 tweets were reported wrong within 5 minutes; the limit is 3", mail.Message.Subject);
        Assert.Equal(TestNotices.Now, mail.Message.Date);
        Assert.Equal("auto-generated", mail.Message.Headers["Auto-Submitted"]);
        Assert.Equal("Vigie alerts <alerts.vigie.example.org>", mail.Message.Headers["List-Id"]);
        Assert.Equal(MessageImportance.High, mail.Message.Importance);
        Assert.Contains("Thanks a lot ✈️😡", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("https://vigie.example.org/runbooks/wrong-reports", mail.Message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tls_from_the_first_byte_is_spoken_too()
    {
        certificates.Write("mail.pem", "mail.key");
        await using SmtpProcess server = await SmtpProcess.StartAsync(certificates.At("mail.pem"), certificates.At("mail.key"), implicitTls: true);
        await SendAsync(Options(server) with { CaFile = certificates.WriteRoot("root.pem"), Tls = MailTls.Implicit }, TestNotices.Notice());
        Assert.True((await server.NextAsync()).Tls);
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_not_talked_to()
    {
        certificates.Write("mail.pem", "mail.key");
        await using SmtpProcess server = await SmtpProcess.StartAsync(certificates.At("mail.pem"), certificates.At("mail.key"));
        DeliveryException refused = await RefusedAsync(Options(server));
        Assert.False(refused.IsFinal);

        using var others = new TestCertificates();
        await RefusedAsync(Options(server) with { CaFile = others.WriteRoot("root.pem") });
    }

    [Fact]
    public async Task A_server_without_starttls_is_told_nothing()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync();
        DeliveryException refused = await RefusedAsync(Options(server));
        Assert.True(refused.IsFinal);
        Assert.Contains("STARTTLS", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_final_and_is_quoted_nowhere()
    {
        certificates.Write("mail.pem", "mail.key");
        await using SmtpProcess server = await SmtpProcess.StartAsync(certificates.At("mail.pem"), certificates.At("mail.key"), user: "vigie", password: "correct horse");
        DeliveryException refused = await RefusedAsync(Options(server) with { CaFile = certificates.WriteRoot("root.pem"), User = "vigie", Password = "battery staple" });
        Assert.True(refused.IsFinal);
        Assert.DoesNotContain("battery staple", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeat_has_the_same_id_and_an_alert_is_one_conversation()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync();
        EmailOptions options = Options(server) with { Tls = MailTls.None };
        await SendAsync(options, TestNotices.Notice("n-1"));
        await SendAsync(options, TestNotices.Notice("n-1"));
        await SendAsync(options, TestNotices.Notice("n-2", NoticeKind.Resolved, TestNotices.Alert(state: AlertState.Resolved)));
        MimeMessage first = (await server.NextAsync()).Message, again = (await server.NextAsync()).Message, over = (await server.NextAsync()).Message;
        Assert.Equal(first.MessageId, again.MessageId);
        Assert.NotEqual(first.MessageId, over.MessageId);
        Assert.Equal(first.InReplyTo, over.InReplyTo);
        Assert.StartsWith("[Vigie] Resolved: ", over.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_refused_for_good_keeps_nobody_else_from_the_message()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync(refused: new() { ["boss@example.org"] = "550 no such user" });
        await SendAsync(Options(server) with { Tls = MailTls.None }, TestNotices.Notice());
        Assert.Equal(["team@example.org"], (await server.NextAsync()).To);
        Assert.Contains("1 of 2 were refused", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_asked_to_wait_gets_it_later_and_the_others_once()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync(refused: new() { ["boss@example.org"] = "450 greylisted" });
        using var channels = new AlertChannels(TestNotices.Loopback with { Email = Options(server) with { Tls = MailTls.None } }, TimeProvider.System, log);
        Assert.False((await Assert.ThrowsAsync<DeliveryException>(() => channels.All[0].SendAsync(TestNotices.Notice(), Cancel))).IsFinal);
        Assert.Equal(["team@example.org"], (await server.NextAsync()).To);

        // Tried again, only the one that is missing is named, and refused again: no second message to the other.
        Assert.False((await Assert.ThrowsAsync<DeliveryException>(() => channels.All[0].SendAsync(TestNotices.Notice(), Cancel))).IsFinal);
        await Assert.ThrowsAsync<DeliveryException>(() => channels.All[0].SendAsync(TestNotices.Notice("n-2"), Cancel));
        Assert.Equal("n-2", (await server.NextAsync()).Message.Headers["X-Vigie-Key"]);
    }

    [Theory]
    [InlineData("451 try later", false)]
    [InlineData("552 too large", true)]
    public async Task A_refusal_is_final_where_its_number_says_so(string answer, bool isFinal)
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync(answer: answer);
        DeliveryException refused = await RefusedAsync(Options(server) with { Tls = MailTls.None });
        Assert.Equal(isFinal, refused.IsFinal);
        Assert.Contains(answer[..3], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_tweet_becomes_a_header()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync();
        Alert alert = TestNotices.Alert(tweets: TestNotices.Hostile) with { Summary = TestNotices.Hostile, Rule = "a\r\nBcc: victim@example.org", Model = TestNotices.Hostile, Words = [TestNotices.Hostile], Id = "1\r\nX-Evil: yes", Runbook = "../x\r\n" };
        await SendAsync(Options(server) with { Tls = MailTls.None }, TestNotices.Notice("key\r\nX-Evil: yes", alerts: alert));

        ReceivedMail mail = await server.NextAsync();
        Assert.Equal(["team@example.org", "boss@example.org"], mail.To);
        Assert.Null(mail.Message.Headers["X-Evil"]);
        Assert.Empty(mail.Message.Bcc);
        Assert.Equal(["From", "Date", "Subject", "Message-Id", "To", "In-Reply-To", "References", "List-Id", "Auto-Submitted", "X-Auto-Response-Suppress", "X-Vigie-Key", "Importance", "MIME-Version", "Content-Type"],
            mail.Message.Headers.Concat(mail.Message.Body!.Headers).Select(header => header.Field));
        Assert.All(mail.Raw.Split("\r\n"), line => Assert.True(line.Length <= 998));
        Assert.DoesNotContain("<script", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", mail.Message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_never_greets_is_left_after_thirty_seconds()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var clock = new FakeTimeProvider(TestNotices.Now);
        var options = new EmailOptions { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Tls = MailTls.None, From = "vigie@example.org", To = ["team@example.org"] };
        using var channels = new AlertChannels(TestNotices.Loopback with { Email = options }, clock, log);
        Task sending = channels.All[0].SendAsync(TestNotices.Notice(), Cancel);
        using TcpClient connection = await listener.AcceptTcpClientAsync(Cancel);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(sending.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        DeliveryException refused = await Assert.ThrowsAsync<DeliveryException>(() => sending);
        Assert.Equal("127.0.0.1 did not take the message within 30 seconds", refused.Message);
        Assert.False(refused.IsFinal);
    }

    [Fact]
    public async Task A_sender_with_letters_of_its_own_is_written_as_mail_wants_it()
    {
        await using SmtpProcess server = await SmtpProcess.StartAsync();
        await SendAsync(Options(server) with { Tls = MailTls.None, From = "Équipe Vigie <vigie@exämple.org>" }, TestNotices.Notice());
        ReceivedMail mail = await server.NextAsync();
        Assert.EndsWith("@xn--exmple-cua.org", mail.Message.MessageId, StringComparison.Ordinal);
        Assert.Equal("Équipe Vigie", mail.Message.From.Mailboxes.Single().Name);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_tried_again()
    {
        int port;
        await using (SmtpProcess server = await SmtpProcess.StartAsync()) port = server.Port;
        DeliveryException refused = await RefusedAsync(new EmailOptions { Host = "127.0.0.1", Port = port, Tls = MailTls.None, From = "vigie@example.org", To = ["team@example.org"] });
        Assert.False(refused.IsFinal);
    }

    private static EmailOptions Options(SmtpProcess server) => new() { Host = "localhost", Port = server.Port, From = "Vigie <vigie@example.org>", To = ["Team <team@example.org>", "boss@example.org"] };

    private async Task SendAsync(EmailOptions options, AlertNotice notice)
    {
        AlertOptions alerts = TestNotices.Loopback with { Email = options };
        alerts.Check();
        using var channels = new AlertChannels(alerts, TimeProvider.System, log);
        await Assert.Single(channels.All).SendAsync(notice, Cancel);
    }

    private async Task<DeliveryException> RefusedAsync(EmailOptions options) => await Assert.ThrowsAsync<DeliveryException>(() => SendAsync(options, TestNotices.Notice()));
}
