using System.Net;
using System.Net.Sockets;

namespace Vigie.Mlflow.Security;

/// <summary>
/// HTTP to addresses that a user of the API names, such as a webhook's. What counts is the address that is connected to, not the name: a name may lead
/// to another address between a check and the connection.
/// </summary>
public static class GuardedHttp
{
    /// <summary>
    /// A handler that connects to public addresses only. It follows no redirects, keeps no cookies and uses no proxy (the proxy would do the connecting).
    /// A refusal is an <see cref="HttpRequestException"/> with <see cref="HttpRequestError.ConnectionError"/>.
    /// </summary>
    /// <param name="allowLoopback">Whether this machine itself may be connected to; other private addresses may not.</param>
    public static SocketsHttpHandler CreateHandler(bool allowLoopback) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        MaxResponseHeadersLength = 16, // KiB
        ConnectCallback = (connection, cancellation) => ConnectAsync(connection.DnsEndPoint, allowLoopback, cancellation),
    };

    /// <summary>Whether an address may be connected to.</summary>
    /// <param name="address">An address of either family; one of IPv4 inside IPv6 counts as what it holds.</param>
    /// <param name="allowLoopback">Whether this machine itself counts.</param>
    public static bool Allows(IPAddress address, bool allowLoopback)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (Networks.EmbeddedIPv4(address) is { } embedded) address = embedded;
        return IPAddress.IsLoopback(address) ? allowLoopback : Networks.IsPublic(address);
    }

    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool allowLoopback, CancellationToken cancellation)
    {
        IPAddress[] found;
        try
        {
            found = IPAddress.TryParse(target.Host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, cancellation);
        }
        catch (SocketException fault)
        {
            throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{target.Host} has no address: {fault.Message}", fault);
        }

        IPAddress[] allowed = [.. found.Where(address => Allows(address, allowLoopback))];
        if (allowed.Length == 0)
        {
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"{target.Host} leads to {string.Join(", ", found.Select(address => address.ToString()))}: private, loopback and other special addresses are not connected to");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, target.Port, cancellation); // tries one after the other
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
