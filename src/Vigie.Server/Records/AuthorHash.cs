using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// Stands for a person's name wherever one is kept or logged: the first 64 bits of HMAC-SHA256 under the server's secret. The same name has the same hash, and
/// nobody without the secret can tell which. Among ten million names, one in two trillion shares the hash of another one.
/// </summary>
/// <param name="secret">The server's secret.</param>
internal sealed class AuthorHash(byte[] secret)
{
    // A key of its own: the secret also makes the codes of prediction ids, and no answer about one may help with the other.
    private readonly byte[] key = HMACSHA256.HashData(secret, "vigie author"u8);

    /// <summary>The hash of a name; null for none.</summary>
    public long? Of(string? name)
    {
        if (name is null) return null;
        byte[] room = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(name.Length));
        Span<byte> code = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, room.AsSpan(0, Encoding.UTF8.GetBytes(name, room)), code);
        ArrayPool<byte>.Shared.Return(room);
        return BinaryPrimitives.ReadInt64BigEndian(code);
    }
}
