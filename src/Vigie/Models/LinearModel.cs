using Vigie.Features;

namespace Vigie.Models;

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
}
