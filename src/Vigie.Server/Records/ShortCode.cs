using System.Buffers.Binary;
using System.Numerics;

namespace Vigie.Server;

/// <summary>
/// SipHash-2-4 of 16 bytes (Aumasson and Bernstein, INDOCRYPT 2012): a code that only who has the key can make, in some 20 ns where HMAC-SHA256 takes 1.2 µs. Every tweet of a batch has one.
/// </summary>
internal readonly struct ShortCode
{
    public const int KeyBytes = 16;

    private readonly ulong key0, key1;

    /// <param name="key">16 bytes.</param>
    public ShortCode(ReadOnlySpan<byte> key) => (key0, key1) = (BinaryPrimitives.ReadUInt64LittleEndian(key), BinaryPrimitives.ReadUInt64LittleEndian(key[8..]));

    /// <summary>The code of 16 bytes, the lower half of the number being the first eight.</summary>
    public ulong Of(UInt128 message)
    {
        ulong v0 = key0 ^ 0x736f6d6570736575, v1 = key1 ^ 0x646f72616e646f6d, v2 = key0 ^ 0x6c7967656e657261, v3 = key1 ^ 0x7465646279746573;
        Take((ulong)message, ref v0, ref v1, ref v2, ref v3);
        Take((ulong)(message >> 64), ref v0, ref v1, ref v2, ref v3);
        Take(16UL << 56, ref v0, ref v1, ref v2, ref v3); // the length
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++) Round(ref v0, ref v1, ref v2, ref v3);
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private static void Take(ulong word, ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v3 ^= word;
        Round(ref v0, ref v1, ref v2, ref v3);
        Round(ref v0, ref v1, ref v2, ref v3);
        v0 ^= word;
    }

    private static void Round(ref ulong v0, ref ulong v1, ref ulong v2, ref ulong v3)
    {
        v0 += v1;
        v1 = BitOperations.RotateLeft(v1, 13) ^ v0;
        v0 = BitOperations.RotateLeft(v0, 32);
        v2 += v3;
        v3 = BitOperations.RotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = BitOperations.RotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = BitOperations.RotateLeft(v1, 17) ^ v2;
        v2 = BitOperations.RotateLeft(v2, 32);
    }
}
