using System.Net;

namespace Vigie.Server;

/// <summary>Which proxies are believed when they say for whom they ask (<c>proxies</c>).</summary>
public sealed record ProxyOptions
{
    /// <summary>
    /// Addresses and networks of proxies: <c>10.0.0.7</c>, <c>10.1.0.0/16</c>, <c>fd00::/8</c>. Only what these say of the caller's address and scheme is
    /// believed; without any, nobody is.
    /// </summary>
    public IReadOnlyList<string> Trusted { get; init; } = [];

    /// <summary>Which header the proxies write. The other one is whatever the caller sent, and is not looked at.</summary>
    public ForwardedHeader Header { get; init; } = ForwardedHeader.XForwardedFor;

    /// <exception cref="InvalidInputException">One is neither an address nor a network.</exception>
    internal void Check() => Networks();

    /// <inheritdoc cref="Check"/>
    internal IPNetwork[] Networks() => NetworkList.Parse(Trusted, "proxies.trusted");
}

/// <summary>How a proxy says for whom it asks.</summary>
public enum ForwardedHeader
{
    /// <summary><c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>, as most proxies write them.</summary>
    XForwardedFor,

    /// <summary><c>Forwarded</c>, of RFC 7239.</summary>
    Forwarded,
}
