using System.Net;
using Microsoft.Extensions.Logging;
using Vigie.Mlflow.Security;

namespace Vigie.Mlflow.Server;

/// <summary>How to serve a tracking store. Every value is checked before anything listens.</summary>
public sealed record MlflowServerOptions
{
    /// <summary>MLflow's own default.</summary>
    public const string DefaultUrl = "http://127.0.0.1:5000";

    /// <summary>
    /// The address to listen on, where <see cref="MlflowServer"/> is the host: <c>http://HOST:PORT</c>, HOST being an IP address, <c>localhost</c>, or
    /// <c>*</c> or <c>+</c> for every address of this machine. Port 0 takes a free one.
    /// </summary>
    public string Url { get; init; } = DefaultUrl;

    /// <summary>Largest JSON body, in bytes; 64 KiB to 1 GiB. A full batch with every text at its longest takes 11 MiB. Artifacts have no limit.</summary>
    public int MaxBodyBytes { get; init; } = 32 << 20;

    /// <summary>Whom to answer.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>
    /// Where experiments may keep their artifacts beside <c>mlflow-artifacts:/</c>, such as <c>s3://bucket/prefix</c>; clients that are to use them need access of
    /// their own.
    /// </summary>
    public IReadOnlyList<string> ArtifactRoots { get; init; } = [];

    /// <summary>
    /// Whether webhooks may lead to this machine itself; <see cref="MlflowServer"/> also allows it where it listens on loopback. They never lead to other
    /// private addresses.
    /// </summary>
    public bool AllowLoopbackWebhooks { get; init; }

    /// <summary>Receives warnings and errors; null for nobody. What was logged to runs is never among them.</summary>
    public ILoggerProvider? Log { get; init; }

    /// <summary>The address, checked.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or the address is one that may not be served.</exception>
    internal Uri Validated()
    {
        if (MaxBodyBytes is < 64 << 10 or > 1 << 30) throw new ArgumentException($"{nameof(MaxBodyBytes)} is {MaxBodyBytes}, expected {64 << 10} to {1 << 30}");
        if (!Uri.TryCreate(Wildcards(Url), UriKind.Absolute, out Uri? url) || url.Host.Length == 0)
            throw new ArgumentException($"url '{Url}': expected http://HOST:PORT, such as {DefaultUrl}");
        if (url.Scheme != Uri.UriSchemeHttp)
            throw new ArgumentException($"url '{Url}': only http is served; for https put a proxy that holds the certificate in front of it");
        if (url.PathAndQuery != "/" || url.UserInfo.Length > 0)
            throw new ArgumentException($"url '{Url}': expected a host and a port only, such as {DefaultUrl}");
        if (url.HostNameType == UriHostNameType.Dns && !url.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"url '{Url}': {url.Host} is a name, and a server listens on addresses: write the one that is meant, localhost, or * for every address of this machine");
        Security.Check(url);
        return url;
    }

    // Kestrel's '+' and '*' mean every address; Uri does not know them.
    private static string Wildcards(string url) => url.Replace("//+", $"//{IPAddress.Any}", StringComparison.Ordinal).Replace("//*", $"//{IPAddress.Any}", StringComparison.Ordinal);
}
