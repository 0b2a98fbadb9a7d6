namespace Vigie.Evaluation;

/// <summary>One point of a ROC curve: calling positive every score at or above <paramref name="Threshold"/>.</summary>
/// <param name="FalsePositiveRate">Share of negatives called positive, [0, 1].</param>
/// <param name="TruePositiveRate">Share of positives called positive, [0, 1].</param>
/// <param name="Threshold">The score; infinite at the first point, where nothing is called positive.</param>
public readonly record struct RocPoint(double FalsePositiveRate, double TruePositiveRate, double Threshold);

/// <summary>One point of a precision-recall curve: calling positive every score at or above <paramref name="Threshold"/>.</summary>
/// <param name="Recall">Share of positives found, [0, 1].</param>
/// <param name="Precision">Share of the rows called positive that are, [0, 1].</param>
/// <param name="Threshold">The score.</param>
/// <param name="Called">Rows called positive.</param>
public readonly record struct PrecisionRecallPoint(double Recall, double Precision, double Threshold, long Called);

/// <summary>
/// One class against the rest, the rows sorted by score: what the curves, the areas under them and the choice of a threshold are read from.
/// Rows of equal score stand or fall together.
/// </summary>
public sealed class RankedScores
{
    private readonly double[] _scores; // distinct, from high to low
    private readonly long[] _truePositives; // at or above the score of the same index
    private readonly long[] _falsePositives;

    private RankedScores(double[] scores, long[] truePositives, long[] falsePositives)
    {
        (_scores, _truePositives, _falsePositives) = (scores, truePositives, falsePositives);
        Positives = scores.Length == 0 ? 0 : truePositives[^1];
        Negatives = scores.Length == 0 ? 0 : falsePositives[^1];
    }

    /// <summary>Rows of the class.</summary>
    public long Positives { get; }

    /// <summary>All other rows.</summary>
    public long Negatives { get; }

    /// <summary>Sorts the rows.</summary>
    /// <param name="scores">One finite score per row; larger speaks for the class.</param>
    /// <param name="truth">The true class column of each row.</param>
    /// <param name="positive">The column of the class.</param>
    /// <exception cref="InvalidInputException">The lengths differ, or a score is not a number.</exception>
    public static RankedScores Of(ReadOnlySpan<double> scores, ReadOnlySpan<byte> truth, byte positive = 1)
    {
        if (scores.Length != truth.Length) throw new InvalidInputException($"{scores.Length} scores stand against {truth.Length} true labels; there must be one of each per row");
        double[] keys = scores.ToArray();
        byte[] labels = truth.ToArray();
        Array.Sort(keys, labels);
        var distinct = new List<double>();
        var truePositives = new List<long>();
        var falsePositives = new List<long>();
        long found = 0, wrong = 0;
        for (int i = keys.Length - 1; i >= 0; i--)
        {
            if (double.IsNaN(keys[i])) throw new InvalidInputException("a score is not a number (NaN): such a row cannot be ranked");
            if (labels[i] == positive) found++;
            else wrong++;
            if (i > 0 && keys[i - 1] == keys[i]) continue;
            distinct.Add(keys[i]);
            truePositives.Add(found);
            falsePositives.Add(wrong);
        }
        return new RankedScores([.. distinct], [.. truePositives], [.. falsePositives]);
    }

    /// <summary>
    /// Area under the ROC curve: the chance that a row of the class scores above one that is not, a tie counting half; null where either side is empty.
    /// </summary>
    public double? RocAuc
    {
        get
        {
            if (Positives == 0 || Negatives == 0) return null;
            double area = 0;
            for (int i = 0; i < _scores.Length; i++)
            {
                (long foundBefore, long wrongBefore) = i == 0 ? (0, 0) : (_truePositives[i - 1], _falsePositives[i - 1]);
                area += (_falsePositives[i] - wrongBefore) * (foundBefore + _truePositives[i]) / 2.0;
            }
            return area / Positives / Negatives;
        }
    }

    /// <summary>
    /// Sum over thresholds of precision × gain in recall, without interpolation (scikit-learn's definition); null where the class has no rows.
    /// </summary>
    public double? AveragePrecision
    {
        get
        {
            if (Positives == 0) return null;
            double sum = 0;
            for (int i = 0; i < _scores.Length; i++)
            {
                long gained = _truePositives[i] - (i == 0 ? 0 : _truePositives[i - 1]);
                sum += gained * ((double)_truePositives[i] / (_truePositives[i] + _falsePositives[i]));
            }
            return sum / Positives;
        }
    }

    /// <summary>The ROC curve from (0, 0) to (1, 1), one point per distinct score; empty where either side is.</summary>
    public IReadOnlyList<RocPoint> Roc()
    {
        if (Positives == 0 || Negatives == 0) return [];
        var points = new RocPoint[_scores.Length + 1];
        points[0] = new RocPoint(0, 0, double.PositiveInfinity);
        for (int i = 0; i < _scores.Length; i++)
        {
            points[i + 1] = new RocPoint((double)_falsePositives[i] / Negatives, (double)_truePositives[i] / Positives, _scores[i]);
        }
        return points;
    }

    /// <summary>The precision-recall curve, thresholds from high to low, one point per distinct score; empty where the class has no rows.</summary>
    public IReadOnlyList<PrecisionRecallPoint> PrecisionRecall()
    {
        if (Positives == 0) return [];
        var points = new PrecisionRecallPoint[_scores.Length];
        for (int i = 0; i < points.Length; i++)
        {
            long called = _truePositives[i] + _falsePositives[i];
            points[i] = new PrecisionRecallPoint((double)_truePositives[i] / Positives, (double)_truePositives[i] / called, _scores[i], called);
        }
        return points;
    }
}
