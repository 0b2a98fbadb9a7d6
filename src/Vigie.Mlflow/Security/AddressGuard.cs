using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Vigie.Mlflow.Security;

/// <summary>
/// Connects to hosts that somebody named: to addresses that the internet routes, and to those of networks that are let through. What counts is the address
/// that is connected to, not the name: a name may lead to another address between a check and the connection.
/// </summary>
public sealed class AddressGuard
{
    private readonly IPNetwork[] allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> resolve;

    /// <param name="allowed">Networks that are connected to although the internet does not route them, such as 10.1.0.0/16.</param>
    /// <param name="resolve">Finds the addresses of a name; this machine's resolver unless said.</param>
    public AddressGuard(IEnumerable<IPNetwork> allowed, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        this.allowed = [.. allowed];
        this.resolve = resolve ?? Dns.GetHostAddressesAsync;
    }

    /// <summary>Whether an address may be connected to. One of IPv4 inside IPv6 counts as what it holds.</summary>
    public bool Allows(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return Names(address) || Networks.IsPublic(Networks.EmbeddedIPv4(address) ?? address);
    }

    /// <summary>Whether any network is let through.</summary>
    public bool NamesAny => allowed.Length > 0;

    /// <summary>Whether an address is of one of the networks that are let through.</summary>
    public bool Names(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        IPAddress meant = Networks.EmbeddedIPv4(address) ?? address;
        return allowed.Any(network => network.Contains(meant));
    }

    /// <summary>Connects to a host, to an address that was checked.</summary>
    /// <param name="host">Its name or address.</param>
    /// <param name="port">Its port.</param>
    /// <param name="namedOnly">Whether only the networks that are let through count, and the internet does not: for what must not travel in the clear.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <returns>The connection, which is the caller's.</returns>
    /// <exception cref="AddressRefusedException">The host has no address that may be connected to.</exception>
    /// <exception cref="SocketException">It has none at all, or does not answer.</exception>
    public async Task<Socket> ConnectAsync(string host, int port, bool namedOnly = false, CancellationToken cancellation = default)
    {
        IPAddress[] found = IPAddress.TryParse(host, out IPAddress? literal) ? [literal] : await resolve(host, cancellation);
        IPAddress[] good = [.. found.Where(namedOnly ? Names : Allows)];
        if (good.Length == 0) throw new AddressRefusedException(host, found, namedOnly);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(good, port, cancellation); // tries one after the other
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A handler that connects through this guard. It follows no redirects, keeps no cookies, uses no proxy (the proxy would do the connecting), tells receivers nothing of traces, and
    /// fetches no certificates that a certificate points to. A refusal is an <see cref="HttpRequestException"/> with <see cref="HttpRequestError.ConnectionError"/>.
    /// </summary>
    /// <param name="plainNamedOnly">Whether plain http goes only to the networks that are let through.</param>
    public SocketsHttpHandler CreateHandler(bool plainNamedOnly = false)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = 16, // KiB
            MaxResponseDrainSize = 0, // what is not read of an answer is not waited for either
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
        handler.ConnectCallback = async (connection, cancellation) =>
        {
            DnsEndPoint target = connection.DnsEndPoint;
            bool isPlain = connection.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttp;
            try
            {
                return new NetworkStream(await ConnectAsync(target.Host, target.Port, plainNamedOnly && isPlain, cancellation), ownsSocket: true);
            }
            catch (AddressRefusedException refused)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, refused.Message, refused);
            }
            catch (SocketException fault) when (fault.SocketErrorCode is SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData)
            {
                throw new HttpRequestException(HttpRequestError.NameResolutionError, $"{target.Host} has no address: {fault.Message}", fault);
            }
        };
        return handler;
    }
}

/// <summary>A host leads to addresses that are not connected to.</summary>
public sealed class AddressRefusedException : IOException
{
    internal AddressRefusedException(string host, IReadOnlyList<IPAddress> found, bool namedOnly)
        : base($"{host} leads to {string.Join(", ", found.Select(address => address.ToString()))}: " + (namedOnly
            ? "plain text goes only to networks that are named"
            : "private, loopback and other special addresses are not connected to"))
    {
    }
}
