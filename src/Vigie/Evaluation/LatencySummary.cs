using System.Diagnostics;
using System.Text.Json.Serialization;
using Vigie.Models;

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
    /// <summary>Most texts that a measurement takes.</summary>
    public const int TextsTimed = 2_000;

    /// <summary>Reads the quantiles off measured times.</summary>
    /// <param name="milliseconds">One time per prediction; at least one.</param>
    public static LatencySummary Of(ReadOnlySpan<double> milliseconds)
    {
        if (milliseconds.IsEmpty) throw new InvalidInputException("no latency was measured: at least one prediction must be timed");
        double[] sorted = milliseconds.ToArray();
        Array.Sort(sorted);
        return new LatencySummary(Quantile.OfSorted(sorted, 0.5), Quantile.OfSorted(sorted, 0.95), Quantile.OfSorted(sorted, 0.99));
    }

    /// <summary>
    /// Times single predictions on the calling thread, after a quarter of a second of predictions that are not counted: the first ones pay for
    /// cold caches and for code that the runtime has not optimised yet, which a server does once in its life.
    /// </summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="texts">At least one; the first <see cref="TextsTimed"/> are used.</param>
    /// <param name="clock">Measures the time.</param>
    /// <param name="cancellation">Stops between predictions.</param>
    public static LatencySummary Measure(TextClassifier classifier, IReadOnlyList<string> texts, TimeProvider clock, CancellationToken cancellation = default)
    {
        var milliseconds = new double[Math.Min(texts.Count, TextsTimed)];
        var warming = Stopwatch.StartNew(); // not the clock, which may stand still
        for (bool warm = false; !warm;)
        {
            warm = warming.ElapsedMilliseconds >= 250;
            for (int i = 0; i < milliseconds.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long start = clock.GetTimestamp();
                classifier.Predict(texts[i]);
                milliseconds[i] = clock.GetElapsedTime(start).TotalMilliseconds;
            }
        }
        return Of(milliseconds);
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
