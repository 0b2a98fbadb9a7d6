using System.Numerics;

namespace Vigie;

/// <summary>
/// xoshiro256** 1.0 (Blackman &amp; Vigna 2018), seeded through SplitMix64 (Steele, Lea &amp; Flood 2014) as its authors advise.
/// Integer arithmetic only, so a seed gives the same numbers on every machine and every .NET version, which System.Random does not promise.
/// Not for secrets.
/// </summary>
public sealed class Xoshiro256
{
    private ulong s0, s1, s2, s3;

    /// <summary>Starts the generator from a seed. Any seed is good, 0 included.</summary>
    /// <param name="seed">Picks the sequence.</param>
    /// <param name="stream">Picks one of many unrelated sequences of the same seed: one per concern, so that drawing more of one leaves the others as they were.</param>
    public Xoshiro256(ulong seed, ulong stream = 0)
    {
        ulong state = seed;
        if (stream != 0)
        {
            state ^= SplitMix64(ref stream);
            state = SplitMix64(ref state);
        }

        (s0, s1, s2, s3) = (SplitMix64(ref state), SplitMix64(ref state), SplitMix64(ref state), SplitMix64(ref state));
    }

    internal Xoshiro256(ulong s0, ulong s1, ulong s2, ulong s3) => (this.s0, this.s1, this.s2, this.s3) = (s0, s1, s2, s3);

    /// <summary>The next 64 bits.</summary>
    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(s1 * 5, 7) * 9;
        ulong shifted = s1 << 17;
        s2 ^= s0;
        s3 ^= s1;
        s1 ^= s2;
        s0 ^= s3;
        s2 ^= shifted;
        s3 = BitOperations.RotateLeft(s3, 45);
        return result;
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>), each equally likely (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> is below 1.</exception>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ulong range = (ulong)bound;
        ulong high = Math.BigMul(NextUInt64(), range, out ulong low);
        if (low < range)
        {
            ulong threshold = (0 - range) % range;
            while (low < threshold) high = Math.BigMul(NextUInt64(), range, out low);
        }

        return (int)high;
    }

    /// <summary>A number in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Puts the items into a random order, each order equally likely (Fisher and Yates).</summary>
    public void Shuffle(Span<int> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = Next(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    /// <summary>True with the given probability; 0 is never, 1 always.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    internal static ulong SplitMix64(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
