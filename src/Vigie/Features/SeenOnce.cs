using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Vigie.Features;

/// <summary>
/// A one-hash Bloom filter that keeps n-grams met only once out of the table, where most n-grams are met only once.
/// It may let a few such n-grams through; it never holds one back that was met twice.
/// </summary>
internal sealed class SeenOnce
{
    private readonly ulong[] bits;
    private readonly ulong mask;

    /// <summary>Makes room for about <paramref name="expected"/> distinct fingerprints at eight bits each.</summary>
    public SeenOnce(long expected)
    {
        long size = 1 << 16;
        while (size < 8 * expected && size < 1L << 31) size *= 2;
        bits = new ulong[size / 64];
        mask = (ulong)size - 1;
    }

    /// <summary>True where the fingerprint was marked before; marks it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Mark(ulong key)
    {
        ulong bit = (key >> 1) & mask; // the lowest bit is the same for all words
        ref ulong word = ref bits[bit >> 6];
        ulong flag = 1UL << (int)(bit & 63);
        bool seen = (word & flag) != 0;
        word |= flag;
        return seen;
    }

    /// <summary>Asks the processor to fetch the place of a fingerprint that will be marked soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Prefetch(ulong key)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref bits[((key >> 1) & mask) >> 6]));
    }
}
