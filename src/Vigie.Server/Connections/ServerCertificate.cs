using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Vigie.Server;

/// <summary>
/// The certificate that is shown to clients, with its chain. Its files are looked at once a second by whoever connects then; a renewal is taken up as soon as
/// certificate and key fit each other, and until then the one before goes on.
/// </summary>
internal sealed class ServerCertificate
{
    private static readonly TimeSpan Stale = TimeSpan.FromSeconds(1);

    private static readonly Action<ILogger, string, Exception?> NotTaken =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(3, "CertificateNotTaken"), "the renewed certificate is not taken yet, and the one before it goes on: {Reason}");

    private static readonly Action<ILogger, string, DateTime, Exception?> Expires =
        LoggerMessage.Define<string, DateTime>(LogLevel.Warning, new EventId(4, "CertificateExpires"), "the certificate {Subject} is good until {Until:u} only");

    private readonly TlsOptions options;
    private readonly TimeProvider clock;
    private readonly ILogger log;
    private readonly Lock gate = new();
    private volatile SslStreamCertificateContext shown;
    private string stamp, refused = "";
    private long lookedAt;

    /// <exception cref="InvalidInputException">The files are no certificate with its key.</exception>
    public ServerCertificate(TlsOptions options, TimeProvider clock, ILogger log)
    {
        (this.options, this.clock, this.log) = (options, clock, log);
        (stamp, shown, lookedAt) = (Stamp(), Load(options), clock.GetTimestamp());
        WarnOfEnd();
    }

    /// <summary>What to serve https with.</summary>
    public TlsHandshakeCallbackOptions Handshake => new()
    {
        OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Current(),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck, // of clients' certificates, which are not asked for
        }),
        HandshakeTimeout = TimeSpan.FromSeconds(10),
    };

    private SslStreamCertificateContext Current()
    {
        if (clock.GetElapsedTime(Volatile.Read(ref lookedAt)) < Stale || !gate.TryEnter()) return shown;
        try
        {
            Volatile.Write(ref lookedAt, clock.GetTimestamp());
            string now = Stamp();
            if (now == stamp) return shown;
            shown = Load(options);
            (stamp, refused) = (now, "");
            WarnOfEnd();
        }
        catch (InvalidInputException half)
        {
            // A renewal writes two files, one after the other. Said once for each reason, and tried again.
            if (refused != half.Message) NotTaken(log, half.Message, null);
            refused = half.Message;
        }
        finally
        {
            gate.Exit();
        }

        return shown;
    }

    /// <summary>Changes whenever one of the files does.</summary>
    private string Stamp() => string.Join('|', new[] { options.Certificate!, options.Key }.OfType<string>().Select(path =>
    {
        var file = new FileInfo(path);
        // Renewals often exchange a link and not the file.
        FileSystemInfo real = file.Exists ? file.ResolveLinkTarget(returnFinalTarget: true) ?? file : file;
        return real.Exists ? $"{real.FullName}:{real.LastWriteTimeUtc.Ticks}:{(real as FileInfo)?.Length}" : "missing";
    }));

    private void WarnOfEnd()
    {
        X509Certificate2 certificate = shown.TargetCertificate;
        if (certificate.NotAfter.ToUniversalTime() < clock.GetUtcNow().UtcDateTime + TimeSpan.FromDays(14)) Expires(log, certificate.Subject, certificate.NotAfter.ToUniversalTime(), null);
    }

    private static SslStreamCertificateContext Load(TlsOptions options)
    {
        string path = options.Certificate!;
        try
        {
            X509Certificate2Collection chain;
            X509Certificate2 own;
            if (IsPem(path))
            {
                chain = [];
                chain.ImportFromPemFile(path);
                if (chain.Count == 0) throw new InvalidInputException($"tls.certificate: {path} holds no certificate");
                own = options.Password is null ? X509Certificate2.CreateFromPemFile(path, options.Key) : X509Certificate2.CreateFromEncryptedPemFile(path, options.Password, options.Key);
            }
            else
            {
                if (options.Key is not null) throw new InvalidInputException($"tls.key is '{options.Key}', and {path} is PFX, which holds its key; leave tls.key out");
                chain = X509CertificateLoader.LoadPkcs12CollectionFromFile(path, options.Password);
                own = chain.FirstOrDefault(certificate => certificate.HasPrivateKey) ?? throw new InvalidInputException($"tls.certificate: {path} holds no private key");
            }

            // Windows shows only keys that a store holds; going through PFX puts it into one for as long as this lives.
            if (OperatingSystem.IsWindows()) own = X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pfx), null);
            return SslStreamCertificateContext.Create(own, [.. chain.Where(certificate => certificate.Thumbprint != own.Thumbprint)], offline: true);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            throw new InvalidInputException($"tls.certificate: {path}{(options.Key is null ? "" : $" with {options.Key}")} cannot be used: {wrong.Message}", wrong);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"tls.certificate: {missing.Message}", missing);
        }
    }

    private static bool IsPem(string path)
    {
        using FileStream file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[4096];
        return start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].IndexOf("-----BEGIN "u8) >= 0;
    }
}
