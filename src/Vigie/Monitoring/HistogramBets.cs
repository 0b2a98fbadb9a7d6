using Vigie.Bundles;

namespace Vigie.Monitoring;

/// <summary>Bets on where values lie, against a histogram of the training: that more of them are below one of a few edges than were, or fewer.</summary>
internal sealed class HistogramBets
{
    private static readonly double[] Quantiles = [0.1, 0.25, 0.5, 0.75, 0.9];
    private const double Rare = 0.02; // an edge that so few values lie beyond says little

    private readonly int[] _edges; // a value is below an edge when its bin comes before this one

    public HistogramBets(Histogram reference, double tolerance, double boundLevel, double falseAlarms)
    {
        long all = reference.Counts.Sum();
        _edges = all == 0 ? [] : Edges(reference, all);
        var bounds = new List<double>();
        foreach (int edge in _edges)
        {
            long below = reference.Counts.Take(edge).Sum();
            foreach (long count in new[] { below, all - below })
                bounds.Add(Math.Max((double)count / all + tolerance, ReferenceBounds.ShareAtMost(count, all, boundLevel)));
        }

        Bets = new ShareBets(bounds, falseAlarms);
    }

    public ShareBets Bets { get; }

    /// <summary>Most bounds that a histogram has.</summary>
    public static int MostBounds => 2 * Quantiles.Length;

    public void Add(int bin, double stake)
    {
        for (int i = 0; i < _edges.Length; i++)
        {
            double below = bin < _edges[i] ? 1 : 0;
            Bets.Add(2 * i, below, stake);
            Bets.Add(2 * i + 1, 1 - below, stake);
        }
    }

    private static int[] Edges(Histogram reference, long all)
    {
        var below = new double[reference.Counts.Count];
        for (int bin = 1; bin < below.Length; bin++) below[bin] = below[bin - 1] + (double)reference.Counts[bin - 1] / all;
        int[] telling = [.. Enumerable.Range(1, below.Length - 1).Where(bin => below[bin] is > Rare and < 1 - Rare)];
        return telling.Length == 0 ? [] : [.. Quantiles.Select(quantile => telling.MinBy(bin => Math.Abs(below[bin] - quantile))).Distinct().Order()];
    }
}
