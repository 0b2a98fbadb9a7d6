using System.Numerics;
using System.Runtime.CompilerServices;

namespace Vigie.Features;

/// <summary>
/// 64-bit hashes of character spans, by folded 128-bit multiplication (the mixing step of wyhash, Wang Yi 2019).
/// The same on every machine and in every process. Among ten million distinct n-grams, the chance that any two share a
/// fingerprint is below one in 100,000, so features are known by their fingerprints alone.
/// </summary>
internal static class Fingerprint
{
    private const ulong K0 = 0xa0761d6478bd642f, K1 = 0xe7037ed1a0b428db, K2 = 0x8ebc6af09c88c6e3, K3 = 0x589965cc75374cc3;

    /// <summary>The lowest bit tells character n-grams from those of words.</summary>
    public static bool IsChars(ulong fingerprint) => (fingerprint & 1) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }

    /// <summary>The fingerprint of a token. <paramref name="chars"/> must be followed by at least three readable characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfToken(ref char chars, int length, bool negated)
    {
        ulong hash = negated ? K3 : K0;
        ref byte bytes = ref Unsafe.As<char, byte>(ref chars);
        int i = 0;
        for (; i + 4 <= length; i += 4) hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 2 * i)), K1);
        int rest = length - i;
        ulong tail = rest == 0 ? 0 : Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 2 * i)) & (ulong.MaxValue >> (64 - 16 * rest));
        return Mix(hash ^ tail, K2 ^ (ulong)length) & ~1UL;
    }

    /// <summary>The fingerprint of an n-gram made longer by one token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Join(ulong ngram, ulong token) => Mix(BitOperations.RotateLeft(ngram, 21) ^ K1, token ^ K3) & ~1UL;

    /// <summary>The first half of a pair whose second word does not follow at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Skip(ulong token) => token ^ K2;

    /// <summary>The fingerprint of a character n-gram of <paramref name="length"/> characters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong OfChars(ref char chars, int length)
    {
        ref byte bytes = ref Unsafe.As<char, byte>(ref chars);
        ulong hash = K2 + (ulong)length;
        int i = 0;
        for (; i + 4 < length; i += 4) hash = Mix(hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 2 * i)), K0);
        ulong tail = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, 2 * i)) & (ulong.MaxValue >> (64 - 16 * (length - i)));
        return Mix(hash ^ tail, K3) | 1;
    }
}
