using System.Text.Json.Serialization;

namespace Vigie.Models;

/// <summary>
/// Log-odds divided by one number (Guo et al., ICML 2017): above 1 it cools an overconfident model. Ranks, decisions at one half and accuracy stay as they were.
/// </summary>
/// <param name="Temperature">Divisor, above 0.</param>
public sealed record TemperatureScaling(double Temperature) : Calibration
{
    /// <summary>Divisor, above 0.</summary>
    [JsonPropertyName("temperature")]
    public double Temperature { get; } = double.IsFinite(Temperature) && Temperature > 0 ? Temperature
        : throw new InvalidInputException($"temperature {Temperature}: expected a number above 0");

    /// <summary>The fit stays within [1 / this, this]: beyond, every probability is one half, or 0 and 1.</summary>
    public const double Greatest = 100;

    /// <inheritdoc/>
    public override double Apply(double score) => Sigmoid(score / Temperature);

    /// <summary>Softmax of the row's logits over the temperature: the form for three classes.</summary>
    /// <param name="logits">One per class.</param>
    /// <param name="probabilities">Receives one per class; they sum to 1.</param>
    public void Apply(ReadOnlySpan<double> logits, Span<double> probabilities)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double logit in logits) largest = Math.Max(largest, logit);
        for (int i = 0; i < logits.Length; i++) sum += probabilities[i] = Math.Exp((logits[i] - largest) / Temperature);
        for (int i = 0; i < logits.Length; i++) probabilities[i] /= sum;
    }

    /// <summary>Fits the temperature of a two-class model by least log-loss.</summary>
    /// <param name="scores">Log-odds, finite.</param>
    /// <param name="labels">1 for positive, 0 for not; both must occur.</param>
    public static TemperatureScaling Fit(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        CheckRows(scores, labels);
        // A log-odds is the softmax of (0, score).
        var logits = new double[2 * scores.Length];
        for (int row = 0; row < scores.Length; row++) logits[2 * row + 1] = scores[row];
        return Fit(logits, labels, 2);
    }

    /// <summary>Fits the temperature of a model of any number of classes by least log-loss.</summary>
    /// <param name="logits">Rows × classes, row by row, finite.</param>
    /// <param name="truth">The true column of each row.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    public static TemperatureScaling Fit(ReadOnlySpan<double> logits, ReadOnlySpan<byte> truth, int classes)
    {
        if (truth.IsEmpty || logits.Length != (long)truth.Length * classes) throw new InvalidInputException($"{truth.Length} rows of {classes} classes do not fit {logits.Length} logits");
        foreach (byte column in truth)
        {
            if (column >= classes) throw new InvalidInputException($"class column {column} must be below {classes}");
        }
        // The loss is convex in 1 / temperature: its slope has one root, found by halving the bracket and then by Newton's steps inside it.
        double low = 1 / Greatest, high = Greatest, inverse = 1;
        if (Slope(logits, truth, classes, high).First <= 0) return new TemperatureScaling(1 / high);
        if (Slope(logits, truth, classes, low).First >= 0) return new TemperatureScaling(1 / low);
        for (int step = 0; step < 200; step++)
        {
            (double first, double second) = Slope(logits, truth, classes, inverse);
            if (first > 0) high = inverse;
            else low = inverse;
            double next = inverse - first / second;
            if (!(next > low && next < high)) next = (low + high) / 2;
            double moved = Math.Abs(next - inverse);
            inverse = next;
            if (moved <= 1e-14 * inverse) break;
        }
        return new TemperatureScaling(1 / inverse);
    }

    // First and second derivative of the mean log-loss by the inverse temperature.
    private static (double First, double Second) Slope(ReadOnlySpan<double> logits, ReadOnlySpan<byte> truth, int classes, double inverse)
    {
        double first = 0, second = 0;
        for (int row = 0; row < truth.Length; row++)
        {
            ReadOnlySpan<double> line = logits.Slice(row * classes, classes);
            double largest = double.NegativeInfinity;
            foreach (double logit in line) largest = Math.Max(largest, logit);
            double weights = 0, mean = 0, square = 0;
            foreach (double logit in line)
            {
                double below = logit - largest, weight = Math.Exp(below * inverse);
                weights += weight;
                mean += weight * below;
                square += weight * below * below;
            }
            mean /= weights;
            first += mean - (line[truth[row]] - largest);
            second += square / weights - mean * mean;
        }
        return (first / truth.Length, second / truth.Length);
    }
}
