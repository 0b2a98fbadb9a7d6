namespace Vigie.Evaluation;

/// <summary>Rows whose announced probability fell into one interval.</summary>
/// <param name="Lower">Least probability of the bin.</param>
/// <param name="Upper">Greatest probability of the bin.</param>
/// <param name="Rows">Rows in it.</param>
/// <param name="MeanProbability">What was announced, on average; 0 for an empty bin.</param>
/// <param name="Frequency">How often it came true; 0 for an empty bin.</param>
public readonly record struct ReliabilityBin(double Lower, double Upper, int Rows, double MeanProbability, double Frequency);

/// <summary>Announced probabilities against what came: a well-calibrated model's bins lie on the diagonal.</summary>
public static class Reliability
{
    /// <summary>Bins of equal width over [0, 1], each holding its lower edge and the last one also 1. Empty bins are kept.</summary>
    /// <param name="probabilities">What was announced per row, in [0, 1].</param>
    /// <param name="came">1 where it came true, else 0.</param>
    /// <param name="bins">Number of bins, 1 or more.</param>
    public static IReadOnlyList<ReliabilityBin> EqualWidth(ReadOnlySpan<double> probabilities, ReadOnlySpan<byte> came, int bins = 10)
    {
        var rows = new int[bins];
        var announced = new double[bins];
        var outcome = new double[bins];
        for (int row = 0; row < probabilities.Length; row++)
        {
            int bin = Math.Clamp((int)(probabilities[row] * bins), 0, bins - 1);
            rows[bin]++;
            announced[bin] += probabilities[row];
            outcome[bin] += came[row];
        }
        return [.. Enumerable.Range(0, bins).Select(bin => new ReliabilityBin(
            (double)bin / bins, (double)(bin + 1) / bins, rows[bin], announced[bin] / Math.Max(1, rows[bin]), outcome[bin] / Math.Max(1, rows[bin])))];
    }

    /// <summary>
    /// Bins of equal mass: the rows sorted by probability and cut into runs whose sizes differ by one at most, except that equal probabilities stay together.
    /// </summary>
    /// <param name="probabilities">What was announced per row, in [0, 1].</param>
    /// <param name="came">1 where it came true, else 0.</param>
    /// <param name="bins">Number of bins wanted, 1 or more; ties may leave fewer.</param>
    public static IReadOnlyList<ReliabilityBin> EqualMass(ReadOnlySpan<double> probabilities, ReadOnlySpan<byte> came, int bins = 10)
    {
        double[] keys = probabilities.ToArray();
        byte[] cameSorted = came.ToArray();
        Array.Sort(keys, cameSorted);
        var result = new List<ReliabilityBin>(bins);
        int start = 0;
        for (int bin = 1; bin <= bins && start < keys.Length; bin++)
        {
            int end = (int)((long)keys.Length * bin / bins);
            if (end <= start) continue;
            while (end < keys.Length && keys[end] == keys[end - 1]) end++;
            double announced = 0, outcome = 0;
            for (int i = start; i < end; i++)
            {
                announced += keys[i];
                outcome += cameSorted[i];
            }
            result.Add(new ReliabilityBin(keys[start], keys[end - 1], end - start, announced / (end - start), outcome / (end - start)));
            start = end;
        }
        return result;
    }

    /// <summary>Mean gap between announced and come, weighted by rows: the expected calibration error of these bins.</summary>
    public static double CalibrationError(IReadOnlyList<ReliabilityBin> bins)
    {
        long rows = bins.Sum(bin => (long)bin.Rows);
        return bins.Sum(bin => bin.Rows * Math.Abs(bin.MeanProbability - bin.Frequency)) / rows;
    }
}
