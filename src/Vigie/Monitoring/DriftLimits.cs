namespace Vigie.Monitoring;

/// <summary>From where on what is proven is large as well.</summary>
internal static class DriftLimits
{
    public const double LargeClassShift = 0.2;
    public const double LargePsi = 0.25; // by custom, a shift
    public const double ManyUnknown = 0.1; // the reference's limit for an alert
    public const double LoudWord = 0.1;

    /// <summary>About the median of values of which the bins are known: evenly spread within each.</summary>
    public static double Median(IReadOnlyList<double> edges, IReadOnlyList<long> counts)
    {
        double half = counts.Sum() / 2.0;
        for (int bin = 0; bin < counts.Count; bin++)
        {
            if (counts[bin] >= half && counts[bin] > 0)
                return bin + 1 < edges.Count ? edges[bin] + (edges[bin + 1] - edges[bin]) * half / counts[bin] : edges[bin];
            half -= counts[bin];
        }

        return edges[^1];
    }
}
