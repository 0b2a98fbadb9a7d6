using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vigie.Models;

/// <summary>
/// Turns a classifier's raw scores into probabilities that come true as often as they say. Fitted on validation rows, saved with the model as data.
/// A score is a log-odds or a margin: any real number, larger for the positive class.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(IdentityCalibration), "identity")]
[JsonDerivedType(typeof(PlattScaling), "platt")]
[JsonDerivedType(typeof(TemperatureScaling), "temperature")]
[JsonDerivedType(typeof(IsotonicRegression), "isotonic")]
public abstract record Calibration
{
    /// <summary>Probability of the positive class, in [0, 1], never falling as the score rises.</summary>
    /// <param name="score">Log-odds or margin.</param>
    public abstract double Apply(double score);

    /// <summary>The calibration as one JSON object with its <c>kind</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ModelsJson.Default.Calibration);

    /// <summary>Reads a calibration back.</summary>
    /// <exception cref="InvalidInputException">The text is no such object, or its numbers cannot be a calibration.</exception>
    public static Calibration FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ModelsJson.Default.Calibration) ?? throw new InvalidInputException("a calibration is a JSON object, found null");
        }
        catch (Exception fault) when (fault is JsonException or NotSupportedException)
        {
            throw new InvalidInputException($"not a calibration: {fault.Message}", fault);
        }
    }

    /// <summary>1 / (1 + e^-x), without overflow at either end.</summary>
    internal static double Sigmoid(double x)
    {
        double small = Math.Exp(-Math.Abs(x));
        return (x >= 0 ? 1 : small) / (1 + small);
    }

    internal static void CheckRows(ReadOnlySpan<double> scores, ReadOnlySpan<byte> labels)
    {
        if (scores.Length != labels.Length) throw new InvalidInputException($"{scores.Length} scores stand against {labels.Length} labels; there must be one of each per row");
        int positives = 0;
        for (int row = 0; row < scores.Length; row++)
        {
            if (!double.IsFinite(scores[row])) throw new InvalidInputException($"row {row}: score {scores[row]} is not finite");
            if (labels[row] > 1) throw new InvalidInputException($"row {row}: a label to calibrate on is 0 or 1, got {labels[row]}");
            positives += labels[row];
        }
        if (positives == 0 || positives == labels.Length) throw new InvalidInputException($"calibration needs rows of both classes, got {positives} positive among {labels.Length}");
    }
}

/// <summary>The score is a log-odds that is taken at its word: the sigmoid and nothing else.</summary>
public sealed record IdentityCalibration : Calibration
{
    /// <inheritdoc/>
    public override double Apply(double score) => Sigmoid(score);
}

[JsonSourceGenerationOptions(WriteIndented = false)]
[JsonSerializable(typeof(Calibration))]
internal sealed partial class ModelsJson : JsonSerializerContext;
