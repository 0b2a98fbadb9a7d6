using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace Vigie.Server;

/// <summary>How to serve. Every value is checked before anything listens.</summary>
public sealed record ServerOptions
{
    /// <summary>Where <c>vigie serve</c> listens unless told otherwise.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5199";

    /// <summary>
    /// The address to listen on: <c>http://HOST:PORT</c>, HOST being an IP address, <c>localhost</c>, or <c>*</c> or <c>+</c> for every address
    /// of this machine. Port 0 takes a free one.
    /// </summary>
    public string Url { get; init; } = DefaultUrl;

    /// <summary>
    /// Listen on an address that other machines can reach, under any host name. There is no authentication: whoever reaches the port may use
    /// the model, so this belongs behind a proxy that knows its callers.
    /// </summary>
    public bool AllowRemote { get; init; }

    /// <summary>Longest text accepted, in UTF-16 code units; 1 to 1,000,000.</summary>
    public int MaxTextLength { get; init; } = 10_000;

    /// <summary>Most tweets in one batch; 1 to 10,000,000.</summary>
    public int MaxBatch { get; init; } = 200_000;

    /// <summary>Largest body of a batch, in bytes; 1 KiB to 1 GiB. A batch is held in memory as it was sent, nothing more of it.</summary>
    public int MaxBodyBytes { get; init; } = 32 << 20;

    /// <summary>What is logged.</summary>
    public LoggingOptions Logging { get; init; } = new();

    /// <summary>Where traces, metrics and logs go.</summary>
    public TelemetryOptions Telemetry { get; init; } = new();

    /// <summary>
    /// Makes the codes by which prediction ids are known again, and the hashes that stand for authors; 32 random bytes. Replicas share it. Random where none is
    /// given, and then ids and hashes mean nothing after a restart.
    /// </summary>
    public byte[] Secret { get; init; } = RandomNumberGenerator.GetBytes(32);

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
    /// <exception cref="InvalidInputException">A value is out of range, or the address is one that may not be served.</exception>
    public void Check() => Validated();

    /// <summary>The address, checked.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or the address is one that may not be served.</exception>
    internal Uri Validated()
    {
        Telemetry.Check();
        Range(nameof(MaxTextLength), MaxTextLength, 1, 1_000_000);
        Range(nameof(MaxBatch), MaxBatch, 1, 10_000_000);
        Range(nameof(MaxBodyBytes), MaxBodyBytes, 1 << 10, 1 << 30);
        Models.Check();
        if (!Uri.TryCreate(Wildcards(Url), UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
            throw new InvalidInputException($"url '{Url}': expected http://HOST:PORT, such as {DefaultUrl}");
        if (url.Scheme != Uri.UriSchemeHttp)
            throw new InvalidInputException($"url '{Url}': only http is served; for https put a proxy that holds the certificate in front of it");
        if (url.PathAndQuery != "/" || url.UserInfo.Length > 0)
            throw new InvalidInputException($"url '{Url}': expected a host and a port only, such as {DefaultUrl}");
        if (url.HostNameType == UriHostNameType.Dns && !url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidInputException(
                $"url '{Url}': {url.Host} is a name, and a server listens on addresses: write the one that is meant, localhost, or * for every address of this machine");
        }

        if (!AllowRemote && !url.IsLoopback)
        {
            throw new InvalidInputException(
                $"url '{Url}': other machines could reach this address, and nothing asks them who they are; use 127.0.0.1 or localhost, or say --allow-remote (allow_remote) if that is what you want");
        }

        return url;
    }

    // Kestrel's '+' and '*' mean every address; Uri does not know them.
    private static string Wildcards(string url) => url.Replace("//+", $"//{IPAddress.Any}", StringComparison.Ordinal).Replace("//*", $"//{IPAddress.Any}", StringComparison.Ordinal);

    private static void Range(string name, int value, int least, int most)
    {
        if (value < least || value > most)
            throw new InvalidInputException(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}, expected {least} to {most}"));
    }
}
