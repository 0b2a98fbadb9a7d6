using Vigie.Features;

namespace Vigie.Models;

/// <summary>Learns a linear model over the features of a fitted vectoriser. Implementations hold hyperparameters only.</summary>
public interface ILinearEstimator
{
    /// <summary>Fits the model.</summary>
    /// <param name="vectorizer">Knows what the features weigh.</param>
    /// <param name="counts">Which features each training text has.</param>
    /// <param name="labels">Class index of each text, from 0 to <paramref name="classes"/> − 1; every class occurs.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="progress">Told how far it is, and the loss after each iteration.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Coefficients for the values that the vectoriser gives.</returns>
    LinearModel Fit(
        FittedVectorizer vectorizer, NgramMatrix counts, ReadOnlySpan<byte> labels, int classes,
        IProgress<FitProgress>? progress = null, CancellationToken cancellation = default);
}

/// <summary>How much the texts of each class count.</summary>
public enum ClassWeight
{
    /// <summary>Each text counts once.</summary>
    None,

    /// <summary>Each class counts as much as every other: n / (classes × n of the class).</summary>
    Balanced,
}

internal static class SampleWeights
{
    /// <summary>The weight of a text of each class.</summary>
    public static double[] Of(ClassWeight weighting, ReadOnlySpan<byte> labels, int classes)
    {
        var weights = new double[classes];
        foreach (byte label in labels) weights[label]++;
        for (int c = 0; c < classes; c++) weights[c] = weighting == ClassWeight.Balanced ? labels.Length / (classes * Math.Max(1, weights[c])) : 1;
        return weights;
    }
}
