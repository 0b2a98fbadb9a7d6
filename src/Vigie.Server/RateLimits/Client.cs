using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Vigie.Server;

/// <summary>Whose requests are counted together.</summary>
/// <param name="IsNamed">Whether it is a caller who said who they are, and not an address.</param>
/// <param name="Bits">A hash of the name, or the address.</param>
internal readonly record struct Client(bool IsNamed, UInt128 Bits)
{
    /// <summary>Who asks: the key or user that the request was made with, else the address that it came from.</summary>
    public static Client Of(HttpContext context) =>
        // Not context.User, which makes up somebody unknown where nobody was found.
        context.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user
            && user.FindFirst(ClaimTypes.NameIdentifier) is { Value: { Length: > 0 } name }
            ? Named(name)
            : At(context.Connection.RemoteIpAddress);

    /// <summary>A key or user.</summary>
    public static Client Named(string name) => new(IsNamed: true, XxHash128.HashToUInt128(MemoryMarshal.AsBytes(name.AsSpan())));

    /// <summary>An address; of IPv6 its network, because who has one address there has 2^64 of them. Null where the connection has none, as on a Unix socket.</summary>
    public static Client At(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address is null || !address.TryWriteBytes(bytes, out int length)) return default;
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
            return new(IsNamed: false, ((UInt128)4 << 64) | BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..]));
        return new(IsNamed: false, ((UInt128)6 << 64) | BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>For a key in Redis.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsNamed ? 'n' : 'a')}{Bits:x}");
}
