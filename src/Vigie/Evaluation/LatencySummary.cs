using System.Text.Json.Serialization;

namespace Vigie.Evaluation;

/// <summary>Quantiles of the time that one prediction took, in milliseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P95">Nineteen in twenty are at most this.</param>
/// <param name="P99">Ninety-nine in a hundred are at most this.</param>
public sealed record LatencySummary(
    [property: JsonPropertyName("p50")] double P50,
    [property: JsonPropertyName("p95")] double P95,
    [property: JsonPropertyName("p99")] double P99)
{
    /// <summary>Reads the quantiles off measured times.</summary>
    /// <param name="milliseconds">One time per prediction; at least one.</param>
    public static LatencySummary Of(ReadOnlySpan<double> milliseconds)
    {
        if (milliseconds.IsEmpty) throw new InvalidInputException("no latency was measured: at least one prediction must be timed");
        double[] sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        return new LatencySummary(Quantile.OfSorted(sorted, 0.5), Quantile.OfSorted(sorted, 0.95), Quantile.OfSorted(sorted, 0.99));
    }
}

/// <summary>Quantiles by linear interpolation between order statistics (Hyndman and Fan's type 7, numpy's default).</summary>
internal static class Quantile
{
    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        double position = share * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 >= sorted.Length ? sorted[^1] : sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]);
    }
}
