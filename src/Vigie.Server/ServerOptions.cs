using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>How to serve. Every value is checked before anything listens.</summary>
public sealed record ServerOptions
{
    private byte[]? secret;

    /// <summary>Where <c>vigie serve</c> listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5199";

    /// <summary>
    /// The addresses to listen on: <c>http://HOST:PORT</c> or <c>https://HOST:PORT</c>, HOST being an IP address, <c>localhost</c>, or <c>*</c> or <c>+</c> for
    /// every address of this machine. Port 0 takes a free one.
    /// </summary>
    public IReadOnlyList<string> Urls { get; init; } = [DefaultUrl];

    /// <summary>The address to listen on, where there is one: short for <see cref="Urls"/>.</summary>
    [NotASetting]
    public string Url
    {
        get => Urls[0];
        init => Urls = [value];
    }

    /// <summary>Whom the server answers.</summary>
    public AccessOptions Access { get; init; } = new();

    /// <summary>How https addresses are served.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>Which web pages may call from a browser.</summary>
    public CorsOptions Cors { get; init; } = new();

    /// <summary>Which proxies are believed.</summary>
    public ProxyOptions Proxies { get; init; } = new();

    /// <summary>How many connections there may be, and how slow.</summary>
    public ConnectionOptions Connections { get; init; } = new();

    /// <summary>Longest text accepted, in UTF-16 code units; 1 to 1,000,000.</summary>
    public int MaxTextLength { get; init; } = 10_000;

    /// <summary>Most tweets in one batch; 1 to 10,000,000.</summary>
    public int MaxBatch { get; init; } = 1_000_000;

    /// <summary>Largest body of a batch, in bytes; 1 KiB to 1 GiB.</summary>
    public int MaxBodyBytes { get; init; } = 256 << 20;

    /// <summary>Where batches wait between being checked and being answered.</summary>
    public BatchOptions Batch { get; init; } = new();

    /// <summary>How much one client may ask for.</summary>
    public RateLimitOptions RateLimit { get; init; } = new();

    /// <summary>What is remembered of answers.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>What replicas share.</summary>
    public RedisOptions Redis { get; init; } = new();

    /// <summary>What is logged.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>Where traces, metrics and logs go.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>
    /// Makes the codes by which prediction ids are known again, and the hashes that stand for authors; 32 random bytes. Replicas share it. Random where neither
    /// it nor <see cref="SecretFile"/> is given, and then ids and hashes mean nothing after a restart.
    /// </summary>
    public byte[] Secret
    {
        get => secret ??= RandomNumberGenerator.GetBytes(Server.SecretFile.Bytes);
        init => secret = value;
    }

    /// <summary>The file that holds the <see cref="Secret"/>; made where it is missing. Null for none.</summary>
    public string? SecretFile { get; init; }

    /// <summary>Which predictions and corrections are kept, where, and for how long.</summary>
    public RecordOptions Records { get; init; } = new();

    /// <summary>What is an alert, and who is told.</summary>
    public AlertOptions Alerts { get; init; } = new();

    /// <summary>The pages for people.</summary>
    public DashboardOptions Dashboard { get; init; } = new();

    /// <summary>Tells replicas apart that share a secret; its low 24 bits count. Random where none is given.</summary>
    public uint Process { get; init; } = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4));

    /// <summary>Which models are served, and how closely their sources are watched.</summary>
    public ModelOptions Models { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Receives warnings and errors; null for nobody. Texts of tweets are never among them.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>Largest body of a single prediction, in bytes: every character as an escape of six, and room for the fields that are ignored.</summary>
    internal int MaxSingleBodyBytes => Math.Min(MaxBodyBytes, 6 * MaxTextLength + (256 << 10));

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or an address is one that may not be served like this.</exception>
    public void Check() => Addresses();

    /// <summary>With the secret of the file, where one is named.</summary>
    /// <exception cref="InvalidInputException">The file has another length, or others than its owner may read or write it.</exception>
    internal ServerOptions WithSecret() => SecretFile is { } file ? this with { Secret = Server.SecretFile.LoadOrCreate(file) } : this;

    /// <summary>What whoever starts a server has to be told about its openness.</summary>
    public string Notice() => Access.Notice(Addresses());

    /// <summary>The addresses, with every value checked.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or an address is one that may not be served like this.</exception>
    internal IReadOnlyList<Uri> Addresses()
    {
        Telemetry.Check();
        Models.Check();
        Range("max_text_length", MaxTextLength, 1, 1_000_000);
        Range("max_batch", MaxBatch, 1, 10_000_000);
        Range("max_body_bytes", MaxBodyBytes, 1 << 10, 1 << 30);
        Batch.Check();
        RateLimit.Check(MaxBatch);
        Cache.Check();
        Redis.Check();
        Records.Check();
        Alerts.Check();
        Dashboard.Check();
        if (Records.Enabled && secret is null && SecretFile is null)
            throw new InvalidInputException("records.enabled is true and there is no secret that lasts: authors of one day could not be erased the next; name a secret_file, such as one beside records.folder");
        if (Urls.Count == 0) throw new InvalidInputException($"urls is empty; expected at least one address, such as {DefaultUrl}");
        Uri[] addresses = [.. Urls.Select(AddressOf)];
        Connections.Check();
        Cors.Check();
        Proxies.Check();
        Access.Check(addresses, Clock);
        Tls.Check(addresses);
        return addresses;
    }

    private static Uri AddressOf(string text)
    {
        if (!Uri.TryCreate(Wildcards(text), UriKind.Absolute, out Uri? url) || url.Host.Length == 0 || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
            throw new InvalidInputException($"urls has '{text}'; expected http://HOST:PORT or https://HOST:PORT, such as {DefaultUrl}");
        if (url.PathAndQuery != "/" || url.Fragment.Length > 0 || url.UserInfo.Length > 0)
            throw new InvalidInputException($"urls has '{text}'; expected a host and a port only, such as {DefaultUrl}");
        if (url.HostNameType == UriHostNameType.Dns && !url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidInputException(
                $"urls has '{text}': {url.Host} is a name, and a server listens on addresses: write the one that is meant, localhost, or * for every address of this machine");
        }

        return url;
    }

    // Kestrel's '+' and '*' mean every address; Uri does not know them.
    private static string Wildcards(string url) => url.Replace("//+", $"//{IPAddress.Any}", StringComparison.Ordinal).Replace("//*", $"//{IPAddress.Any}", StringComparison.Ordinal);

    private static void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; expected {least} to {most}"));
    }
}
