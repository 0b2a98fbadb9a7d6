using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Vigie.Server;

/// <summary>
/// One Redis that replicas share: for limits that hold across them, and as the second level of the cache. Without <see cref="Url"/> nothing of it is loaded, and
/// every replica counts and remembers for itself.
/// </summary>
public sealed record RedisOptions
{
    /// <summary><c>redis://[USER@]HOST[:PORT][/DATABASE]</c>, or <c>rediss://…</c> for TLS; port 6379 and database 0 unless told. Null for none.</summary>
    public string? Url { get; init; }

    /// <summary>The password; null for none. It stands here and not in <see cref="Url"/>, so that the address can be logged.</summary>
    [Secret]
    public string? Password { get; init; }

    /// <summary>A file of PEM certificates that Redis's own must come from; null for those that this machine trusts. With <c>rediss://</c> only.</summary>
    public string? CaFile { get; init; }

    /// <summary>What every key begins with, so that several installations can share one Redis; at most 50 letters, digits, <c>:</c>, <c>-</c> and <c>_</c>.</summary>
    public string Prefix { get; init; } = "vigie:";

    /// <summary>Longest wait of a request for Redis's answer; 5 ms to 5 s. After it the request goes on without.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether there is one.</summary>
    internal bool IsOn => Url is not null;

    /// <summary>Without the password.</summary>
    public override string ToString() => $"redis {Url ?? "none"}";

    internal void Check()
    {
        if (Url is not null) Parse();
        if (CaFile is not null && Url?.StartsWith("rediss:", StringComparison.OrdinalIgnoreCase) != true)
            throw new InvalidInputException($"redis.ca_file is {CaFile}, but redis.url is {Url ?? "not set"}: certificates are for rediss:// addresses");
        if (CaFile is not null) CheckCertificate(CaFile);
        if (Prefix.Length > 50 || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '-' or '_'))
            throw new InvalidInputException($"redis.prefix is '{Prefix}', expected at most 50 letters, digits, colons, hyphens and underscores");
        if (Timeout < TimeSpan.FromMilliseconds(5) || Timeout > TimeSpan.FromSeconds(5))
            throw new InvalidInputException($"redis.timeout is {Duration.Format(Timeout)}, expected 5 ms to 5 s");
    }

    private static void CheckCertificate(string path)
    {
        try
        {
            X509CertificateLoader.LoadCertificateFromFile(path).Dispose();
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"redis.ca_file is {path}: no certificate can be read from it ({fault.Message})");
        }
    }

    /// <summary>The parts of <see cref="Url"/>.</summary>
    /// <exception cref="InvalidInputException">It is not an address of a Redis.</exception>
    internal (bool Tls, string Host, int Port, int Database, string? User) Parse()
    {
        const string expected = "expected redis://HOST:PORT, or rediss://HOST:PORT for TLS";
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url) || url.Scheme is not ("redis" or "rediss") || url.Host.Length == 0 || url.Query.Length > 0)
            throw new InvalidInputException(url?.UserInfo.Contains(':') == true ? $"redis.url: {expected}" : $"redis.url is '{Url}', {expected}");
        if (url.UserInfo.Contains(':')) throw new InvalidInputException($"redis.url holds a password; put it into redis.password, so that the address of {url.Host} can be logged");
        string path = url.AbsolutePath.Trim('/');
        int database = 0;
        if (path.Length > 0 && (!int.TryParse(path, NumberStyles.None, CultureInfo.InvariantCulture, out database) || database > 10_000))
            throw new InvalidInputException($"redis.url is '{Url}': '{path}' is no number of a database; {expected}");
        return (url.Scheme == "rediss", url.Host.Trim('[', ']'), url.Port > 0 ? url.Port : 6379, database, url.UserInfo.Length > 0 ? Uri.UnescapeDataString(url.UserInfo) : null);
    }
}
