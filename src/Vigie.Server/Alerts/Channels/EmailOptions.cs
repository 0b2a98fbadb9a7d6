using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MimeKit;
using Vigie.Mlflow.Security;

namespace Vigie.Server;

/// <summary>E-mail over SMTP (<c>alerts.email</c>).</summary>
public sealed record EmailOptions
{
    /// <summary>The mail server. None: no e-mail is sent.</summary>
    public string? Host { get; init; }

    /// <summary>Its port, 1 to 65535; 0 for the usual one: 587, 465 with <c>tls: implicit</c>, 25 with <c>tls: none</c>.</summary>
    public int Port { get; init; }

    /// <summary>How the connection is encrypted. <c>none</c> is for a mail server on this machine.</summary>
    public MailTls Tls { get; init; } = MailTls.Starttls;

    /// <summary>Whether <c>tls: none</c> may go to other machines, where everybody on the way reads tweets along.</summary>
    public bool AllowPlain { get; init; }

    /// <summary>A file of PEM certificates that the mail server's own must come from; null for those that this machine trusts.</summary>
    public string? CaFile { get; init; }

    /// <summary>Who signs in; null for nobody.</summary>
    public string? User { get; init; }

    /// <summary>With what.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>The sender: <c>vigie@example.org</c>, with a name before it where one is to be shown.</summary>
    public string? From { get; init; }

    /// <summary>The receivers.</summary>
    public IReadOnlyList<string> To { get; init; } = [];

    /// <summary>The least severity that is told.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    internal bool IsOn => Host is not null;

    internal int EffectivePort => Port > 0 ? Port : Tls switch { MailTls.Implicit => 465, MailTls.None => 25, _ => 587 };

    /// <summary>Without the password.</summary>
    public override string ToString() => IsOn ? $"e-mail by {Host}:{EffectivePort} ({Tls}) to {To.Count}" : "no e-mail";

    internal void Check(AddressGuard guard)
    {
        if (Host is null)
        {
            if (To.Count > 0) throw new InvalidInputException("alerts.email.to is set and alerts.email.host is not; expected the mail server, such as smtp.example.org");
            return;
        }

        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown) throw new InvalidInputException($"alerts.email.host is '{Host}'; expected the name of a mail server, such as smtp.example.org");
        ReceiverAddress.CheckHost("alerts.email.host", Host, guard);
        if (Port is < 0 or > 65535) throw new InvalidInputException($"alerts.email.port is {Port}; expected 1 to 65535, or 0 for the usual one");
        bool isHere = ReceiverAddress.LiteralOf(Host) is { } literal && IPAddress.IsLoopback(literal);
        if (Tls == MailTls.None && !isHere && !AllowPlain)
            throw new InvalidInputException($"alerts.email.tls is none, and tweets would travel to {Host} in the clear; expected starttls or implicit, or alerts.email.allow_plain: true where the way is safe");
        if (Tls == MailTls.None && User is not null && !isHere)
            throw new InvalidInputException($"alerts.email.user is set and alerts.email.tls is none: the password would travel to {Host} in the clear; expected starttls or implicit");
        if ((User is null) != (Password is null)) throw new InvalidInputException($"alerts.email.{(User is null ? "password" : "user")} is set and alerts.email.{(User is null ? "user" : "password")} is not; expected both or none");
        if (CaFile is not null) Authorities();
        Sender();
        if (To.Count == 0) throw new InvalidInputException("alerts.email.to is empty; expected at least one address, such as [team@example.org]");
        Receivers();
    }

    internal MailboxAddress Sender() => From is null
        ? throw new InvalidInputException("alerts.email.from is missing; expected an address such as vigie@example.org")
        : Mailbox("alerts.email.from is", From);

    internal MailboxAddress[] Receivers() => [.. To.Select(text => Mailbox("alerts.email.to has", text))];

    internal X509Certificate2Collection Authorities()
    {
        try
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(CaFile!);
            return authorities.Count > 0 ? authorities : throw new InvalidInputException($"alerts.email.ca_file is '{CaFile}', which holds no certificate; expected PEM");
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"alerts.email.ca_file is '{CaFile}': no certificate can be read from it ({fault.Message})", fault);
        }
    }

    private static MailboxAddress Mailbox(string where, string text) =>
        !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out MailboxAddress? address) && address.Domain.Length > 0 && address.LocalPart.Length > 0
            ? address
            : throw new InvalidInputException($"{where} '{text}'; expected an address such as team@example.org or Team <team@example.org>");
}

/// <summary>How a connection to a mail server is encrypted.</summary>
public enum MailTls
{
    /// <summary>It begins plain and becomes TLS before anything is said; where the server does not offer that, nothing is sent.</summary>
    Starttls,

    /// <summary>TLS from the first byte.</summary>
    Implicit,

    /// <summary>Not at all.</summary>
    None,
}
