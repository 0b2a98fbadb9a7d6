namespace Vigie.Evaluation;

/// <summary>Steele, Lea and Flood's generator (OOPSLA 2014): eight bytes of state, the same numbers on every machine and .NET version.</summary>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A generator of its own for each (seed, stream), so that work split over threads draws the same numbers.</summary>
    public static SplitMix64 Stream(int seed, int stream)
    {
        var root = new SplitMix64((ulong)(uint)seed << 32 | (uint)stream);
        return new SplitMix64(root.Next());
    }

    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
