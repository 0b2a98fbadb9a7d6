using System.Net;

namespace Vigie.Mlflow.Security;

/// <summary>Whom a server answers.</summary>
public sealed record SecurityOptions
{
    /// <summary>
    /// Ask everybody who they are: a user's name and password, or an access token. Off, the server is open to whoever can reach it, and may be reached from
    /// this machine only.
    /// </summary>
    public bool Authentication { get; init; }

    /// <summary>
    /// Names under which the server is reached, beside localhost, the loopback addresses and the address that a request came in at: <c>mlflow.example.org</c>,
    /// <c>*.example.org</c>, or <c>*</c> for every name, which only a server with <see cref="Authentication"/> may have. A port is not part of a name.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>The clock: for tokens that expire and for waits after wrong passwords.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Checks every value against the address that will be listened on.</summary>
    /// <param name="url">Any address of this machine as 0.0.0.0 or [::].</param>
    /// <exception cref="ArgumentException">A value is malformed, or the address may not be listened on like this.</exception>
    internal void Check(Uri url)
    {
        if (!Authentication && !url.IsLoopback)
        {
            throw new ArgumentException(
                $"url '{url.OriginalString}': other machines could reach this address, and nothing asks them who they are; listen on 127.0.0.1 or localhost, or turn authentication on");
        }

        foreach (string host in AllowedHosts)
        {
            if (host == "*" && !Authentication)
                throw new ArgumentException("allowed host '*': without authentication any web page could reach the server under a name of its own; name the hosts, or turn authentication on");
            string name = host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host;
            if (host != "*" && Uri.CheckHostName(name.Trim('[', ']')) == UriHostNameType.Unknown)
                throw new ArgumentException($"allowed host '{host}': expected a name without scheme, port or path, such as mlflow.example.org, *.example.org or 192.168.1.5");
        }
    }

    /// <summary>What whoever starts a server has to be told about its openness.</summary>
    /// <param name="url">Where it listens.</param>
    public string Notice(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!Authentication) return "open: every user and program of this machine may read, change and delete everything (authentication is off)";
        return url.IsLoopback
            ? "closed: users sign in with a password or an access token"
            : "closed: users sign in with a password or an access token. Both travel as they are over plain http; put a proxy with a certificate in front";
    }

    /// <summary>Whether a request may name this host.</summary>
    /// <param name="host">Without the port.</param>
    /// <param name="local">The address that the connection came in at.</param>
    internal bool Allows(string host, IPAddress? local)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address))
        {
            // A name can be made to lead anywhere; a number that the connection came in at cannot lie.
            if (IPAddress.IsLoopback(address) || address.Equals(local) || (local is { IsIPv4MappedToIPv6: true } && address.Equals(local.MapToIPv4()))) return true;
        }

        return AllowedHosts.Any(allowed =>
            allowed == "*"
            || allowed.Trim('[', ']').Equals(host.Trim('[', ']'), StringComparison.OrdinalIgnoreCase)
            || (allowed.StartsWith("*.", StringComparison.Ordinal) && host.Length >= allowed.Length && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)));
    }
}
