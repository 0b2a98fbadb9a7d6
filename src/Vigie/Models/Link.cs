namespace Vigie.Models;

/// <summary>How several scores become probabilities.</summary>
public enum Link
{
    /// <summary>exp(score) over the sum of all: multinomial logistic regression, naive Bayes.</summary>
    Softmax,

    /// <summary>Each score by its own sigmoid, then divided by their sum: one-versus-rest models.</summary>
    OneVersusRest,
}

internal static class LinkProbabilities
{
    /// <summary>Turns the scores of one text into probabilities that sum to 1: two of one score, else as many.</summary>
    public static void Probabilities(this Link link, ReadOnlySpan<double> scores, IReadOnlyList<Calibration> calibrations, Span<double> probabilities)
    {
        if (scores.Length == 1)
        {
            probabilities[1] = calibrations[0].Apply(scores[0]);
            probabilities[0] = 1 - probabilities[1];
            return;
        }
        double sum = 0, largest = double.NegativeInfinity;
        foreach (double score in scores) largest = Math.Max(largest, score);
        for (int c = 0; c < scores.Length; c++) sum += probabilities[c] = link == Link.Softmax ? Math.Exp(scores[c] - largest) : calibrations[c].Apply(scores[c]);
        // Calibrated scores can all be 0: then nothing speaks for any class.
        for (int c = 0; c < scores.Length; c++) probabilities[c] = sum > 0 ? probabilities[c] / sum : 1.0 / scores.Length;
    }
}
