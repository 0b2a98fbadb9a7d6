using System.Text.Json.Serialization;

namespace Vigie.Models;

/// <summary>
/// A sigmoid over a line (Platt 1999): probability = 1 / (1 + exp(-(slope · score + intercept))). For margins, such as a support vector machine's.
/// </summary>
/// <param name="Slope">Per unit of score; 0 or more.</param>
/// <param name="Intercept">Log-odds at score 0.</param>
public sealed record PlattScaling(double Slope, double Intercept) : Calibration
{
    /// <summary>Per unit of score; 0 or more.</summary>
    [JsonPropertyName("slope")]
    public double Slope { get; } = double.IsFinite(Slope) && Slope >= 0 ? Slope : throw new InvalidInputException($"slope {Slope} of a sigmoid: expected a finite number of 0 or more");

    /// <summary>Log-odds at score 0.</summary>
    [JsonPropertyName("intercept")]
    public double Intercept { get; } = double.IsFinite(Intercept) ? Intercept : throw new InvalidInputException($"intercept {Intercept} of a sigmoid: expected a finite number");

    private const int MostSteps = 100;

    /// <inheritdoc/>
    public override double Apply(double score) => Sigmoid(Slope * score + Intercept);

    /// <summary>Fits slope and intercept by Newton's method with step halving (Lin, Lin and Weng, Machine Learning 2007).</summary>
    /// <param name="scores">Log-odds or margins, finite.</param>
    /// <param name="labels">1 for positive, 0 for not; both must occur.</param>
    /// <param name="smoothTargets">
    /// Platt's targets, (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2), in place of 1 and 0: the fit exists even where a score separates the classes.
    /// Without them this is plain, unregularised logistic regression.
    /// </param>
    /// <exception cref="InvalidInputException">One class is missing, the scores order the rows the wrong way round, or the classes are separated and targets are not smoothed.</exception>
    public static PlattScaling Fit(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, bool smoothTargets = true)
    {
        CheckRows(scores, labels);
        long positives = 0;
        foreach (byte label in labels) positives += label;
        long negatives = labels.Length - positives;
        double high = smoothTargets ? (positives + 1.0) / (positives + 2.0) : 1;
        double low = smoothTargets ? 1 / (negatives + 2.0) : 0;

        double slope = 0, intercept = Math.Log((positives + 1.0) / (negatives + 1.0));
        double loss = Loss(scores, labels, high, low, slope, intercept);
        for (int step = 0; step < MostSteps; step++)
        {
            double g0 = 0, g1 = 0, h00 = 1e-12, h01 = 0, h11 = 1e-12;
            for (int row = 0; row < scores.Length; row++)
            {
                double p = Sigmoid(slope * scores[row] + intercept);
                double error = p - (labels[row] == 1 ? high : low), weight = p * (1 - p);
                g0 += error * scores[row];
                g1 += error;
                h00 += weight * scores[row] * scores[row];
                h01 += weight * scores[row];
                h11 += weight;
            }
            double determinant = h00 * h11 - h01 * h01;
            // All scores equal: the slope is free, and 0 is the plainest choice.
            (double moveSlope, double moveIntercept) = determinant <= 1e-14 * h00 * h11
                ? (0, -g1 / h11)
                : ((-h11 * g0 + h01 * g1) / determinant, (h01 * g0 - h00 * g1) / determinant);
            double length = 1, next;
            while ((next = Loss(scores, labels, high, low, slope + length * moveSlope, intercept + length * moveIntercept)) > loss && length > 1e-10) length /= 2;
            if (next > loss) return Rising(slope, intercept, positives, labels.Length); // no step improves on it: rounding is all that is left
            slope += length * moveSlope;
            intercept += length * moveIntercept;
            bool settled = Math.Abs(length * moveSlope) <= 1e-12 * (1 + Math.Abs(slope)) && Math.Abs(length * moveIntercept) <= 1e-12 * (1 + Math.Abs(intercept));
            loss = next;
            if (!smoothTargets && loss < 1e-9 * scores.Length) break;
            if (settled) return Rising(slope, intercept, positives, labels.Length);
        }
        throw new InvalidInputException($"the scores separate the {positives} positive rows from the {negatives} others, so no finite sigmoid fits; use smoothed targets or more validation rows");
    }

    private static PlattScaling Rising(double slope, double intercept, long positives, int rows) => slope switch
    {
        >= 0 => new PlattScaling(slope, intercept),
        > -1e-9 => new PlattScaling(0, intercept), // rounding: the scores say nothing of the label
        _ => throw new InvalidInputException(
            $"the scores order the {rows} validation rows ({positives} positive) the wrong way round: the sigmoid that fits them falls (slope {slope:0.####}). "
            + "Either there are too few validation rows or the model has learnt nothing; give more rows, or set calibration=none"),
    };

    private static double Loss(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, double high, double low, double slope, double intercept)
    {
        double sum = 0;
        for (int row = 0; row < scores.Length; row++)
        {
            double z = slope * scores[row] + intercept, target = labels[row] == 1 ? high : low;
            sum += Math.Log(1 + Math.Exp(-Math.Abs(z))) + Math.Max(z, 0) - target * z;
        }
        return sum;
    }
}
