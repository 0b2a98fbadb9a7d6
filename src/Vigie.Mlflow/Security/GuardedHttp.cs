using System.Net;

namespace Vigie.Mlflow.Security;

/// <summary>HTTP to addresses that a user of the API names, such as a webhook's: <see cref="AddressGuard"/> with nothing let through, or this machine itself.</summary>
public static class GuardedHttp
{
    private static readonly AddressGuard Internet = new([]), AndLoopback = new([IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")]);

    /// <summary>
    /// A handler that connects to public addresses only. It follows no redirects, keeps no cookies and uses no proxy (the proxy would do the connecting).
    /// A refusal is an <see cref="HttpRequestException"/> with <see cref="HttpRequestError.ConnectionError"/>.
    /// </summary>
    /// <param name="allowLoopback">Whether this machine itself may be connected to; other private addresses may not.</param>
    public static SocketsHttpHandler CreateHandler(bool allowLoopback) => GuardOf(allowLoopback).CreateHandler();

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">An address of either family; one of IPv4 inside IPv6 counts as what it holds.</param>
    /// <param name="allowLoopback">Whether this machine itself counts.</param>
    public static bool Allows(IPAddress address, bool allowLoopback) => GuardOf(allowLoopback).Allows(address);

    private static AddressGuard GuardOf(bool allowLoopback) => allowLoopback ? AndLoopback : Internet;
}
