using Vigie.Features;

namespace Vigie.Models;

/// <summary>How several scores become probabilities.</summary>
public enum Link
{
    /// <summary>exp(score) over the sum of all: multinomial logistic regression, naive Bayes.</summary>
    Softmax,

    /// <summary>Each score by its own sigmoid, then divided by their sum: one-versus-rest models.</summary>
    OneVersusRest,
}

/// <summary>
/// A fitted linear model: score = coefficients · features + intercept. Two classes have one row of coefficients, whose score is the
/// log-odds (or margin) of the second class; k &gt; 2 classes have k rows.
/// </summary>
/// <param name="Coefficients">(1 or k) × features.</param>
/// <param name="Intercepts">1 or k.</param>
/// <param name="Link">How k scores become probabilities; two classes always take the sigmoid.</param>
public sealed record LinearModel(double[][] Coefficients, double[] Intercepts, Link Link = Link.Softmax)
{
    /// <summary>Number of scores: 1 for two classes, else the number of classes.</summary>
    public int ScoreCount => Intercepts.Length;

    /// <summary>Number of classes.</summary>
    public int ClassCount => ScoreCount == 1 ? 2 : ScoreCount;

    /// <summary>The scores of one text: scikit-learn's <c>decision_function</c>.</summary>
    /// <param name="columns">The text's features.</param>
    /// <param name="values">Their values.</param>
    /// <param name="scores">Receives <see cref="ScoreCount"/> scores.</param>
    public void Decide(ReadOnlySpan<int> columns, ReadOnlySpan<double> values, Span<double> scores)
    {
        for (int s = 0; s < scores.Length; s++)
        {
            double[] weights = Coefficients[s];
            double sum = Intercepts[s];
            for (int k = 0; k < columns.Length; k++) sum += weights[columns[k]] * values[k];
            scores[s] = sum;
        }
    }

    /// <summary>The scores of every row of a matrix, row by row.</summary>
    public double[] Decide(SparseMatrix matrix)
    {
        var scores = new double[matrix.RowCount * ScoreCount];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            int start = matrix.RowStart[row], length = matrix.RowStart[row + 1] - start;
            Decide(matrix.Columns.AsSpan(start, length), matrix.Values.AsSpan(start, length), scores.AsSpan(row * ScoreCount, ScoreCount));
        }
        return scores;
    }

    /// <summary>Turns the scores of one text into <see cref="ClassCount"/> probabilities that sum to 1.</summary>
    public void Probabilities(ReadOnlySpan<double> scores, IReadOnlyList<Calibration> calibrations, Span<double> probabilities)
    {
        if (ScoreCount == 1)
        {
            probabilities[1] = calibrations[0].Apply(scores[0]);
            probabilities[0] = 1 - probabilities[1];
            return;
        }
        double sum = 0, largest = double.NegativeInfinity;
        foreach (double score in scores) largest = Math.Max(largest, score);
        for (int c = 0; c < scores.Length; c++) sum += probabilities[c] = Link == Link.Softmax ? Math.Exp(scores[c] - largest) : calibrations[c].Apply(scores[c]);
        // Calibrated scores can all be 0: then nothing speaks for any class.
        for (int c = 0; c < scores.Length; c++) probabilities[c] = sum > 0 ? probabilities[c] / sum : 1.0 / scores.Length;
    }
}
