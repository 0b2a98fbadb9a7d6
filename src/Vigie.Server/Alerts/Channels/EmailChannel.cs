using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>Sends e-mail: one connection a message, made by the guard, encrypted before anything is said.</summary>
internal sealed class EmailChannel(EmailOptions options, Readers readers, AddressGuard guard, TimeProvider clock, ILogger log) : IAlertChannel
{
    // Mail servers let strangers wait before they greet, some for half of this.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MailboxAddress from = options.Sender();
    private readonly MailboxAddress[] to = options.Receivers();
    private readonly ReachedReceivers reached = new();
    private readonly X509Certificate2Collection? authorities = options.CaFile is null ? null : options.Authorities();

    public string Name => ChannelNames.Email;

    public async Task SendAsync(AlertNotice notice, CancellationToken cancellation)
    {
        using MimeMessage message = EmailMessage.Of(notice, readers, from, to);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await SendAsync(message, notice.Key, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new DeliveryException($"{options.Host} did not take the message within {Patience.TotalSeconds:0} seconds");
        }
        catch (SmtpCommandException refusal)
        {
            throw new DeliveryException($"{options.Host} answered {(int)refusal.StatusCode}: {Said(refusal)}", (int)refusal.StatusCode >= 500, cause: refusal);
        }
        catch (AuthenticationException refusal)
        {
            throw new DeliveryException($"{options.Host} did not let {options.User} in: {Said(refusal)}", isFinal: true, cause: refusal);
        }
        catch (NotSupportedException refusal)
        {
            throw new DeliveryException($"{options.Host} does not offer what alerts.email.tls or alerts.email.user ask for: {Said(refusal)}", isFinal: true, cause: refusal);
        }
        catch (Exception fault) when (fault is SslHandshakeException or ProtocolException or IOException or SocketException)
        {
            throw new DeliveryException($"{options.Host} was not reached: {Said(fault)}", cause: fault);
        }
    }

    private async Task SendAsync(MimeMessage message, string key, CancellationToken cancellation)
    {
        MailboxAddress[] missing = [.. to.Where(address => !reached.Contains(key, address.Address))];
        using var smtp = new Client(authorities);
        using Socket socket = await guard.ConnectAsync(options.Host!, options.EffectivePort, cancellation: cancellation);
        await smtp.ConnectAsync(socket, options.Host!, options.EffectivePort, options.Tls switch
        {
            MailTls.Implicit => SecureSocketOptions.SslOnConnect,
            MailTls.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, cancellation);
        if (options.User is { } user) await smtp.AuthenticateAsync(user, options.Password!, cancellation);
        await smtp.SendAsync(message, from, missing, cancellation);
        foreach (MailboxAddress address in missing.Except(smtp.Refusals.Select(refusal => refusal.Address))) reached.Add(key, address.Address);
        // The server has the message: that it does not say goodbye must not bring it twice.
        smtp.Disconnect(quit: false, CancellationToken.None);
        if (smtp.Refusals.FirstOrDefault(refusal => (int)refusal.Response.StatusCode < 500) is { Response: { } later })
            throw new DeliveryException($"{options.Host} did not take the message for all receivers yet: {(int)later.StatusCode}");
        if (smtp.Refusals.Count > 0) ChannelLog.SomeRefused(log, Name, smtp.Refusals.Count, to.Length, $"{options.Host} answered {(int)smtp.Refusals[0].Response.StatusCode}");
    }

    private string Said(Exception fault) => Receiver.Masked(SafeText.Line(fault.Message, 300), options.Password is { Length: >= AlertOptions.ShortestSecret } password ? [password] : []);

    /// <summary>A client that checks certificates against the authorities it is given, and goes on where some receivers are refused.</summary>
    private sealed class Client(X509Certificate2Collection? authorities) : SmtpClient
    {
        public List<(MailboxAddress Address, SmtpResponse Response)> Refusals { get; } = [];

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response) => Refusals.Add((mailbox, response));

        protected override void OnNoRecipientsAccepted(MimeMessage message)
        {
            // One that may be taken later is worth another try, whatever was said of the others.
            SmtpResponse said = Refusals.OrderBy(refusal => (int)refusal.Response.StatusCode).First().Response;
            throw new SmtpCommandException(SmtpErrorCode.RecipientNotAccepted, said.StatusCode, said.Response);
        }

        protected override SslClientAuthenticationOptions GetSslClientAuthenticationOptions(string host, RemoteCertificateValidationCallback remoteCertificateValidationCallback)
        {
            SslClientAuthenticationOptions tls = base.GetSslClientAuthenticationOptions(host, remoteCertificateValidationCallback);
            tls.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
            tls.CertificateChainPolicy = CertificateTrust.Policy(authorities);
            return tls;
        }
    }
}
