using System.Runtime.CompilerServices;

namespace Vigie.Server;

/// <summary>
/// Counts latencies by their first three decimal digits: quantiles are read to the digit that a limit is written with (200 ms is not 201 ms), and never
/// exaggerate; what they leave out is less than one percent. Histograms add up, which quantiles do not.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>Latencies below are counted to the microsecond.</summary>
    private const int Exact = 100;

    private const int Decades = 8, PerDecade = 900;

    private readonly long[] counts = new long[Exact + (Decades * PerDecade)];

    /// <summary>Latencies counted.</summary>
    public long Count { get; private set; }

    /// <summary>Counts a latency.</summary>
    /// <param name="microseconds">At least 0; what is beyond 10,000 s counts as that.</param>
    /// <param name="times">How often; negative takes back.</param>
    public void Add(long microseconds, long times = 1)
    {
        counts[BucketOf(microseconds)] += times;
        Count += times;
    }

    /// <summary>Forgets all of them.</summary>
    public void Clear()
    {
        counts.AsSpan().Clear();
        Count = 0;
    }

    /// <summary>Adds all of another histogram.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < counts.Length; i++) counts[i] += other.counts[i];
        Count += other.Count;
    }

    /// <summary>Adds what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is damaged; nothing sensible can be said of what was added.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // thousands of rounds in the first call already
    public void Add(ReadOnlySpan<byte> bytes)
    {
        int bucket = 0;
        while (!bytes.IsEmpty)
        {
            ulong skipped = ReadNumber(ref bytes), count = ReadNumber(ref bytes);
            if (skipped >= (ulong)(counts.Length - bucket) || count > long.MaxValue) throw new InvalidDataException("a histogram of latencies is damaged");
            bucket += (int)skipped;
            counts[bucket] += (long)count;
            Count += (long)count;
        }
    }

    /// <summary>The latency that a share of the counted ones stays at or below, in microseconds; null where nothing was counted. The nearest rank, as the lower end of its bucket.</summary>
    /// <param name="share">In [0, 1].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // thousands of rounds in the first call already
    public long? Quantile(double share)
    {
        if (Count == 0) return null;
        long rank = Math.Max(1, (long)Math.Ceiling(share * Count)), seen = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            seen += counts[i];
            if (seen >= rank) return LowerEnd(i);
        }

        return LowerEnd(counts.Length - 1);
    }

    /// <summary>The buckets that are not empty, as pairs of numbers: how many buckets on from the one before, and its count.</summary>
    public byte[] ToBytes()
    {
        var bytes = new List<byte>();
        int last = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] <= 0) continue;
            WriteNumber(bytes, (ulong)(i - last));
            WriteNumber(bytes, (ulong)counts[i]);
            last = i;
        }

        return [.. bytes];
    }

    private static int BucketOf(long microseconds)
    {
        if (microseconds < Exact) return (int)Math.Max(0, microseconds);
        long step = 1;
        for (int decade = 0; decade < Decades; decade++, step *= 10)
        {
            if (microseconds < 1000 * step) return Exact + (decade * PerDecade) + (int)(microseconds / step) - 100;
        }

        return Exact + (Decades * PerDecade) - 1;
    }

    private static long LowerEnd(int bucket)
    {
        if (bucket < Exact) return bucket;
        long digits = 100 + ((bucket - Exact) % PerDecade);
        for (int decade = (bucket - Exact) / PerDecade; decade > 0; decade--) digits *= 10;
        return digits;
    }

    private static void WriteNumber(List<byte> bytes, ulong number)
    {
        for (; number >= 0x80; number >>= 7) bytes.Add((byte)(number | 0x80));
        bytes.Add((byte)number);
    }

    private static ulong ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        ulong number = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (bytes.IsEmpty) break;
            byte next = bytes[0];
            bytes = bytes[1..];
            number |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return number;
        }

        throw new InvalidDataException("a histogram of latencies is damaged");
    }
}
