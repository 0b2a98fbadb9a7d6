namespace Vigie.Monitoring;

/// <summary>What every comparison of samples asks of them.</summary>
internal static class Samples
{
    public static double[] Sorted(ReadOnlySpan<double> sample)
    {
        if (sample.IsEmpty) throw new InvalidInputException("a sample to compare is empty");
        double[] sorted = sample.ToArray();
        foreach (double value in sorted)
        {
            if (!double.IsFinite(value)) throw new InvalidInputException($"a sample to compare holds {value}; every value must be finite");
        }
        Array.Sort(sorted);
        return sorted;
    }

    public static void CheckShares(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.IsEmpty || first.Length != second.Length) throw new InvalidInputException($"two distributions over the same bins are compared, got {first.Length} and {second.Length} bins");
        double firstSum = 0, secondSum = 0;
        for (int bin = 0; bin < first.Length; bin++)
        {
            if (first[bin] is not (>= 0 and <= 1) || second[bin] is not (>= 0 and <= 1)) throw new InvalidInputException($"bin {bin}: shares {first[bin]} and {second[bin]} must lie in [0, 1]");
            firstSum += first[bin];
            secondSum += second[bin];
        }
        if (Math.Abs(firstSum - 1) > 1e-6 || Math.Abs(secondSum - 1) > 1e-6) throw new InvalidInputException($"shares must sum to 1, got {firstSum} and {secondSum}");
    }
}
