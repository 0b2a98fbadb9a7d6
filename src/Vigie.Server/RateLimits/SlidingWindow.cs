using System.Runtime.CompilerServices;

namespace Vigie.Server;

/// <summary>
/// What one client did lately, in 60 steps of the window and the one under way. A step counts until it is wholly past, so never more than the limit falls into any
/// window, wherever it begins; in exchange a request may count for a 60th longer than the window.
/// </summary>
internal sealed class SlidingWindow
{
    /// <summary>Whole steps in a window.</summary>
    public const int Steps = 60;

    private Counts counts;
    private long newest;

    /// <summary>What counts at present.</summary>
    public int Total { get; private set; }

    /// <summary>Redis has refused the client until then, on the clock of the timestamps: nobody need ask it again before.</summary>
    public long RefusedUntil { get; set; }

    /// <summary>Whether nothing counts any more.</summary>
    public bool IsIdle(long step) => step - newest > Steps;

    /// <summary>Forgets what is past.</summary>
    public void MoveTo(long step)
    {
        if (step <= newest) return;
        if (step - newest > Steps)
        {
            ((Span<int>)counts).Clear();
            Total = 0;
        }
        else
        {
            for (long s = newest + 1; s <= step; s++)
            {
                ref int past = ref counts[(int)(s % (Steps + 1))];
                Total -= past;
                past = 0;
            }
        }

        newest = step;
    }

    /// <summary>Counts something in the newest step.</summary>
    public void Add(int count)
    {
        counts[(int)(newest % (Steps + 1))] += count;
        Total += count;
    }

    /// <summary>The step at whose begin so many will have been forgotten.</summary>
    public long StepWithout(int count)
    {
        int oldest = (int)((newest + 1) % (Steps + 1)); // behind the newest, around the ring
        for (int i = 0; i < Steps; i++)
        {
            count -= counts[oldest];
            if (count <= 0) return newest + 1 + i;
            if (++oldest == Steps + 1) oldest = 0;
        }

        return newest + Steps + 1;
    }

    [InlineArray(Steps + 1)]
    private struct Counts
    {
        private int first;
    }
}
