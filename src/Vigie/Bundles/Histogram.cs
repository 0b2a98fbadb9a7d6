namespace Vigie.Bundles;

/// <summary>Counts by range: value v falls into the last bin whose lower edge is at most v; what lies below the first edge is counted in the first bin.</summary>
/// <param name="Edges">Lower edge of each bin, strictly rising.</param>
/// <param name="Counts">As many.</param>
public sealed record Histogram(IReadOnlyList<double> Edges, IReadOnlyList<long> Counts)
{
    /// <summary>Counts values.</summary>
    /// <param name="edges">Lower edge of each bin, strictly rising; at least one.</param>
    /// <param name="values">Any numbers.</param>
    public static Histogram Of(double[] edges, IEnumerable<double> values)
    {
        var counts = new long[edges.Length];
        foreach (double value in values) counts[BinOf(edges, value)]++;
        return new Histogram(edges, counts);
    }

    /// <summary>The bin that a value falls into.</summary>
    internal static int BinOf(double[] edges, double value)
    {
        int at = Array.BinarySearch(edges, value);
        return Math.Max(0, at >= 0 ? at : ~at - 1);
    }
}
