using System.Text.Json.Serialization;
using MathNet.Numerics;

namespace Vigie.Evaluation;

/// <summary>
/// McNemar's test (Psychometrika 1947): do two models err at different rates on the same rows? Rows that both get right, or both wrong, say nothing;
/// the others would fall either way equally often if the models were equally good.
/// </summary>
/// <param name="OnlyFirstRight">Rows that the first model alone got right (b).</param>
/// <param name="OnlySecondRight">Rows that the second model alone got right (c).</param>
public sealed record McNemarTest(
    [property: JsonPropertyName("only_first_right")] long OnlyFirstRight,
    [property: JsonPropertyName("only_second_right")] long OnlySecondRight)
{
    // Past this many rows the two p-values agree to the digits anyone prints.
    private const long ExactUpTo = 1_000;

    /// <summary>Compares two models' predictions row by row.</summary>
    /// <param name="truth">True class columns.</param>
    /// <param name="first">What the first model said of the same rows.</param>
    /// <param name="second">What the second model said of the same rows.</param>
    /// <exception cref="InvalidInputException">The lengths differ: the models were not shown the same rows.</exception>
    public static McNemarTest Of(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (truth.Length != first.Length || truth.Length != second.Length)
        {
            throw new InvalidInputException($"two models are compared on the same rows, got {truth.Length} true labels, {first.Length} and {second.Length} predictions");
        }
        long b = 0, c = 0;
        for (int row = 0; row < truth.Length; row++)
        {
            bool firstRight = first[row] == truth[row], secondRight = second[row] == truth[row];
            if (firstRight && !secondRight) b++;
            if (secondRight && !firstRight) c++;
        }
        return new McNemarTest(b, c);
    }

    /// <summary>Two-sided p from the exact binomial distribution of b among b + c.</summary>
    [JsonPropertyName("exact_p")]
    public double ExactP => Math.Min(1, 2 * Binomial.AtMost(Math.Min(OnlyFirstRight, OnlySecondRight), OnlyFirstRight + OnlySecondRight, 0.5));

    /// <summary>(|b - c| - 1)² / (b + c), with Edwards' correction for continuity; 0 where the models never differ.</summary>
    [JsonPropertyName("corrected_statistic")]
    public double CorrectedStatistic
    {
        get
        {
            double excess = Math.Max(0, Math.Abs(OnlyFirstRight - OnlySecondRight) - 1);
            return excess * excess / Math.Max(1, OnlyFirstRight + OnlySecondRight);
        }
    }

    /// <summary>Two-sided p of the corrected statistic under chi-square with one degree of freedom.</summary>
    [JsonPropertyName("corrected_p")]
    public double CorrectedP => SpecialFunctions.Erfc(Math.Sqrt(CorrectedStatistic / 2));

    /// <summary>The p to report: exact up to b + c = 1,000, corrected beyond.</summary>
    [JsonPropertyName("p")]
    public double P => OnlyFirstRight + OnlySecondRight <= ExactUpTo ? ExactP : CorrectedP;
}
