namespace Vigie.Evaluation;

/// <summary>
/// How good the probabilities themselves are, whatever threshold is laid on them. Probabilities are rows × classes, row by row;
/// truth is one class column per row. There must be a row.
/// </summary>
public static class ProbabilityScores
{
    /// <summary>
    /// Mean squared error of the probabilities (Brier 1950). Two classes: of the positive probability, in [0, 1], as scikit-learn has it;
    /// more: summed over the classes, in [0, 2].
    /// </summary>
    public static double Brier(ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, int classes)
    {
        double sum = 0;
        int first = classes == 2 ? 1 : 0;
        for (int row = 0; row < truth.Length; row++)
        {
            for (int label = first; label < classes; label++)
            {
                double error = probabilities[row * classes + label] - (truth[row] == label ? 1 : 0);
                sum += error * error;
            }
        }
        return sum / truth.Length;
    }

    /// <summary>Mean of -ln(probability of the true class), in nats; probabilities are clipped to [<paramref name="clip"/>, 1 - <paramref name="clip"/>].</summary>
    public static double LogLoss(ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, int classes, double clip = 1e-15)
    {
        double sum = 0;
        for (int row = 0; row < truth.Length; row++) sum -= Math.Log(Math.Clamp(probabilities[row * classes + truth[row]], clip, 1 - clip));
        return sum / truth.Length;
    }

    /// <summary>
    /// Expected calibration error over bins of equal width (Naeini et al., AAAI 2015): the mean gap between what was announced and what came, weighted by rows.
    /// Two classes: announced is the positive probability, came is the share of positives. More: announced is the largest probability, came is the share that was right.
    /// </summary>
    public static double Ece(ReadOnlySpan<byte> truth, ReadOnlySpan<double> probabilities, int classes, int bins = 10)
    {
        var announced = new double[truth.Length];
        var came = new byte[truth.Length];
        for (int row = 0; row < truth.Length; row++)
        {
            ReadOnlySpan<double> line = probabilities.Slice(row * classes, classes);
            int label = classes == 2 ? 1 : DecisionRule.MostProbable.Decide(line);
            announced[row] = line[label];
            came[row] = truth[row] == label ? (byte)1 : (byte)0;
        }
        return Reliability.CalibrationError(Reliability.EqualWidth(announced, came, bins));
    }
}
