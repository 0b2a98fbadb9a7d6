namespace Vigie.Evaluation;

/// <summary>
/// Turns a row of class probabilities into one class. The positive class is the last column (<see cref="Tweets.Sentiment"/>'s order).
/// With a threshold, a row is positive when its positive probability reaches it, and otherwise the most probable of the other classes;
/// without one, the most probable class wins and a tie goes to the lower column.
/// </summary>
/// <param name="Threshold">Least positive probability in [0, 1] that is called positive, or null.</param>
public sealed record DecisionRule(double? Threshold)
{
    /// <summary>One half: the rule of every binary classifier that nobody has tuned.</summary>
    public static DecisionRule Half { get; } = new(0.5);

    /// <summary>The most probable class: the rule where there are three classes.</summary>
    public static DecisionRule MostProbable { get; } = new((double?)null);

    /// <summary>The column that the row is called.</summary>
    /// <param name="probabilities">One row, one number per class.</param>
    public int Decide(ReadOnlySpan<double> probabilities)
    {
        int positive = probabilities.Length - 1;
        if (Threshold is not { } threshold) return LargestOf(probabilities);
        return probabilities[positive] >= threshold ? positive : LargestOf(probabilities[..positive]);
    }

    /// <summary>The column of every row.</summary>
    /// <param name="probabilities">Rows × classes, row by row.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    public byte[] DecideAll(ReadOnlySpan<double> probabilities, int classes)
    {
        var decided = new byte[probabilities.Length / classes];
        for (int row = 0; row < decided.Length; row++) decided[row] = (byte)Decide(probabilities.Slice(row * classes, classes));
        return decided;
    }

    private static int LargestOf(ReadOnlySpan<double> values)
    {
        int largest = 0;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] > values[largest]) largest = i;
        }
        return largest;
    }
}
