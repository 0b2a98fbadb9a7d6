namespace Vigie.Server;

/// <summary>How https addresses are served (<c>tls</c>).</summary>
public sealed record TlsOptions
{
    /// <summary>The certificate's file: PEM with the chain behind it, or PFX. Read again when it changes, so a renewal needs no restart.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file of the certificate's private key, as PEM; none where the certificate's own file holds it.</summary>
    public string? Key { get; init; }

    /// <summary>What the private key or the PFX is encrypted with.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>
    /// Plain http may be served to other machines, because a proxy in front speaks https with everybody else and only it can reach this server. Without that,
    /// keys would travel in the clear, and the start is refused.
    /// </summary>
    public bool TerminatedByProxy { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"tls {Certificate ?? (TerminatedByProxy ? "terminated by a proxy" : "none")}";

    /// <exception cref="InvalidInputException">An address cannot be served like this.</exception>
    internal void Check(IReadOnlyList<Uri> addresses)
    {
        Uri? secure = addresses.FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttps);
        if (secure is not null && Certificate is null) throw new InvalidInputException($"urls has '{secure.OriginalString}', and tls.certificate is missing; expected the path of a certificate, PEM or PFX");
        if (secure is null && Certificate is not null) throw new InvalidInputException($"tls.certificate is '{Certificate}', and no address of urls is served with it; expected one such as https://0.0.0.0:5443");
        if (Certificate is null && (Key is not null || Password is not null)) throw new InvalidInputException($"tls.{(Key is not null ? "key" : "password")} is set and tls.certificate is not; expected a certificate that it belongs to");
        if (TerminatedByProxy || addresses.FirstOrDefault(address => address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback) is not { } plain) return;
        throw new InvalidInputException(
            $"urls has '{plain.OriginalString}': keys and tweets would travel to other machines in the clear; serve https there with tls.certificate, or say tls.terminated_by_proxy: true where only a proxy that speaks https reaches it");
    }
}
