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

    /// <summary>Fits the temperature of a two-class model by least log-loss.</summary>
    /// <param name="scores">Log-odds, finite.</param>
    /// <param name="labels">1 for positive, 0 for not; both must occur.</param>
    /// <exception cref="InvalidInputException">A score is not finite, or a class is missing.</exception>
    public static TemperatureScaling Fit(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        CheckRows(scores, labels);
        // The loss is convex in 1 / temperature: its slope has one root, found by halving the bracket and then by Newton's steps inside it.
        double low = 1 / Greatest, high = Greatest, inverse = 1;
        if (Slope(scores, labels, high).First <= 0) return new TemperatureScaling(1 / high);
        if (Slope(scores, labels, low).First >= 0) return new TemperatureScaling(1 / low);
        for (int step = 0; step < 200; step++)
        {
            (double first, double second) = Slope(scores, labels, inverse);
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
    private static (double First, double Second) Slope(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels, double inverse)
    {
        double first = 0, second = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double p = Sigmoid(scores[row] * inverse);
            first += (p - labels[row]) * scores[row];
            second += p * (1 - p) * scores[row] * scores[row];
        }
        return (first / labels.Length, second / labels.Length);
    }
}
