using System.Net;
using Microsoft.Extensions.Primitives;

namespace Vigie.Server;

/// <summary>
/// Puts the caller's address and scheme in the place of the proxy's. The list in the header is read from its end, where the nearest proxy wrote, for as long
/// as the one who wrote is trusted; whatever a caller put in front of that is never reached.
/// </summary>
internal sealed class ForwardedAddress(ProxyOptions options)
{
    private readonly IPNetwork[] trusted = options.Networks();

    public void Apply(HttpContext context)
    {
        if (context.Connection.RemoteIpAddress is not { } remote) return;
        remote = Plain(remote);
        if (!IsTrusted(remote)) return;
        IHeaderDictionary headers = context.Request.Headers;
        (string? For, string? Proto)[] hops = options.Header == ForwardedHeader.Forwarded ? Standard(headers["Forwarded"]) : Usual(headers["X-Forwarded-For"], headers["X-Forwarded-Proto"]);
        string? scheme = null;
        for (int i = hops.Length - 1; i >= 0 && IsTrusted(remote); i--)
        {
            if (hops[i].Proto is { } said && (said.Equals("https", StringComparison.OrdinalIgnoreCase) || said.Equals("http", StringComparison.OrdinalIgnoreCase))) scheme = said.ToLowerInvariant();
            if (AddressOf(hops[i].For) is not { } before) break; // 'unknown' and other names: the proxy itself is the last that is known
            remote = before;
        }

        context.Connection.RemoteIpAddress = remote;
        if (scheme is not null) context.Request.Scheme = scheme;
    }

    private bool IsTrusted(IPAddress address)
    {
        foreach (IPNetwork network in trusted)
        {
            if (network.Contains(address)) return true;
        }

        return false;
    }

    private static (string? For, string? Proto)[] Usual(StringValues addresses, StringValues schemes)
    {
        string[] split = Split(addresses), proto = Split(schemes);
        // One for each hop, or only the last proxy's.
        return [.. split.Select((address, i) => ((string?)address, proto.Length == split.Length ? proto[i] : i == split.Length - 1 ? proto.LastOrDefault() : null))];
    }

    private static string[] Split(StringValues values) => values.ToString().Split(',', StringSplitOptions.TrimEntries);

    // Forwarded: for=192.0.2.43;proto=https, for="[2001:db8::1]:4711". Commas and semicolons inside quotes stand in no address, so what holds one is no address.
    private static (string? For, string? Proto)[] Standard(StringValues values) => [.. Split(values).Select(hop =>
    {
        string? address = null, scheme = null;
        foreach (string pair in hop.Split(';', StringSplitOptions.TrimEntries))
        {
            if (pair.StartsWith("for=", StringComparison.OrdinalIgnoreCase)) address = pair[4..].Trim('"');
            else if (pair.StartsWith("proto=", StringComparison.OrdinalIgnoreCase)) scheme = pair[6..].Trim('"');
        }

        return (address, scheme);
    })];

    /// <summary>An address with or without its port: <c>192.0.2.1</c>, <c>192.0.2.1:4711</c>, <c>2001:db8::1</c>, <c>[2001:db8::1]:4711</c>.</summary>
    private static IPAddress? AddressOf(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        bool isNumbers = text.Contains('.', StringComparison.Ordinal) || text.Contains(':', StringComparison.Ordinal); // '1' alone would be read as 0.0.0.1
        return isNumbers && IPEndPoint.TryParse(text, out IPEndPoint? end) ? Plain(end.Address) : null;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
