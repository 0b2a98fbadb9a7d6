using System.Runtime.InteropServices;
using Vigie.Features;

namespace Vigie.Monitoring;

/// <summary>
/// Once a day, texts of that day against those of the training by <see cref="DiscrepancyTest"/>. Days are the tests, and each may use up the part of the false alarms that its time brings:
/// a permutation test is exact, so their sum is kept whatever else happens (Bonferroni).
/// </summary>
internal sealed class EmbeddingWatch(sbyte[] reference, double falseAlarms, ulong seed)
{
    private const int Room = 200; // sketches of a day
    private const int Fewest = 50; // with fewer there is no test
    private const int Enough = 10; // as far by chance: it is nothing
    private static readonly TimeSpan Between = TimeSpan.FromDays(1);
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    private sbyte[] _rows = new sbyte[Room * TextSketch.Dimensions];
    private int _count, _stride = 1, _skipped;
    private ulong _tests;

    /// <summary>When it was last tested, or the first text came.</summary>
    public DateTimeOffset? Looked { get; private set; }

    /// <summary>The last test's p; null before the first.</summary>
    public double? P { get; private set; }

    /// <summary>The last test's discrepancy.</summary>
    public double Mmd2 { get; private set; }

    /// <summary>Texts of the last test.</summary>
    public int Compared { get; private set; }

    /// <summary>What a test of a day has to reach.</summary>
    public double Limit => falseAlarms * (Between / Week);

    /// <summary>Where the next text's sketch goes; empty for a text that is passed over. Texts kept are evenly spread over the day: each time the room is full, every other one goes.</summary>
    public Span<sbyte> Next(DateTimeOffset at)
    {
        Looked ??= at;
        if (++_skipped < _stride) return [];
        _skipped = 0;
        if (_count == Room)
        {
            for (int row = 0; row < Room / 2; row++) Row(2 * row + 1).CopyTo(Row(row));
            _count = Room / 2;
            _stride *= 2;
        }

        return Row(_count++);
    }

    /// <summary>Tests once a day has passed.</summary>
    /// <returns>Whether there was a test.</returns>
    public bool Look(DateTimeOffset now)
    {
        if (now < Looked) Looked = now; // the clock was put back: waiting goes on from there, and does not wait for the old time to come again
        if (Looked is not { } last || now - last < Between || _count < Fewest) return false;
        DiscrepancyTest test = DiscrepancyTest.Of(reference, _rows.AsSpan(0, _count * TextSketch.Dimensions), seed + _tests++, (int)Math.Ceiling(2 / Limit), Enough);
        (P, Mmd2, Compared, Looked) = (test.P, test.Mmd2, _count, now);
        (_count, _stride, _skipped) = (0, 1, 0);
        return true;
    }

    public EmbeddingState ToState() => new(MemoryMarshal.AsBytes(_rows.AsSpan(0, _count * TextSketch.Dimensions)).ToArray(), _stride, _skipped, Looked, P, Mmd2, Compared, _tests);

    public void Restore(EmbeddingState state)
    {
        if (state.Rows.Length % TextSketch.Dimensions != 0 || state.Rows.Length > _rows.Length || state.Stride < 1) throw new InvalidInputException($"drift state: {state.Rows.Length} bytes of sketches, stride {state.Stride}");
        _rows = new sbyte[_rows.Length];
        MemoryMarshal.Cast<byte, sbyte>(state.Rows).CopyTo(_rows);
        (_count, _stride, _skipped, _tests) = (state.Rows.Length / TextSketch.Dimensions, state.Stride, state.Skipped, state.Tests);
        (Looked, P, Mmd2, Compared) = (state.Looked, state.P, state.Mmd2, state.Compared);
    }

    private Span<sbyte> Row(int row) => _rows.AsSpan(row * TextSketch.Dimensions, TextSketch.Dimensions);
}
