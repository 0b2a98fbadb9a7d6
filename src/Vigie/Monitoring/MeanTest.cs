using MathNet.Numerics;

namespace Vigie.Monitoring;

/// <summary>Has a mean grown?</summary>
public static class MeanTest
{
    /// <summary>
    /// One-sided p of a mean against another of a sample whose variance is not known and is taken to be the same. By the normal law: good for samples of some dozens.
    /// </summary>
    /// <param name="mean">Of the sample.</param>
    /// <param name="variance">Of its values.</param>
    /// <param name="count">Its size.</param>
    /// <param name="reference">The mean that it is compared with.</param>
    /// <param name="referenceCount">The size of the sample that this was measured on.</param>
    public static double PGreater(double mean, double variance, long count, double reference, long referenceCount)
    {
        if (count < 1 || referenceCount < 1 || !(variance >= 0)) throw new InvalidInputException($"{count} and {referenceCount} values of variance {variance}: expected samples");
        if (variance == 0) return mean > reference ? 0 : 1;
        return SpecialFunctions.Erfc((mean - reference) / Math.Sqrt(2 * variance * (1.0 / count + 1.0 / referenceCount))) / 2;
    }
}
