using System.Net;

namespace Vigie.Server;

/// <summary>
/// Refuses requests under a name that is none of this server's: a web page whose name its owner points at 127.0.0.1 would else count as being of this server's
/// own origin (DNS rebinding).
/// </summary>
internal sealed class HostNames(AccessOptions options, bool closed)
{
    private readonly string hint = closed
        ? "it answers to localhost, to the address that a request came in at, and to access.allowed_hosts; whoever runs it can add the name there"
        : "it answers to localhost, 127.0.0.1 and [::1], because it asks nobody who they are; with access.required it answers to access.allowed_hosts too";

    private volatile Allowed? last; // nearly all requests say the same

    /// <summary>Whether a request may name this host.</summary>
    /// <param name="host">As it was sent.</param>
    /// <param name="local">The address that the connection came in at.</param>
    public bool Allow(HostString host, IPAddress? local)
    {
        if (last is { } before && before.Host == host.Value && (ReferenceEquals(before.Local, local) || before.Local?.Equals(local) == true)) return true;
        if (!Allow(host.Host, local)) return false;
        last = new Allowed(host.Value, local);
        return true;
    }

    /// <summary>Whether a request may name this host.</summary>
    /// <param name="host">Without the port.</param>
    /// <param name="local">The address that the connection came in at.</param>
    public bool Allow(string host, IPAddress? local)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (IPAddress.TryParse(host.AsSpan().Trim("[]"), out IPAddress? address))
        {
            if (IPAddress.IsLoopback(address)) return true;
            // A name can be made to lead anywhere; a number that the connection came in at cannot lie.
            if (closed && (address.Equals(local) || (local is { IsIPv4MappedToIPv6: true } && address.Equals(local.MapToIPv4())))) return true;
        }

        if (!closed) return false;
        foreach (string allowed in options.AllowedHosts)
        {
            if (allowed == "*" || allowed.AsSpan().Trim("[]").Equals(host.AsSpan().Trim("[]"), StringComparison.OrdinalIgnoreCase)) return true;
            if (allowed.StartsWith("*.", StringComparison.Ordinal) && host.Length >= allowed.Length && host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    public RequestException Foreign() => new(StatusCodes.Status421MisdirectedRequest, "foreign-host", "This server is not known by that name", "Host", hint);

    private sealed record Allowed(string? Host, IPAddress? Local);
}
