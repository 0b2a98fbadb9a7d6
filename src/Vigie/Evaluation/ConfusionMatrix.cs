namespace Vigie.Evaluation;

/// <summary>
/// How often each true class was called each class. Every figure that a count of zero leaves undefined is null, never 0.
/// </summary>
public sealed class ConfusionMatrix
{
    private readonly long[] _cells; // classes × classes, row = truth, column = prediction

    private ConfusionMatrix(int classes)
    {
        Classes = classes;
        _cells = new long[classes * classes];
    }

    /// <summary>Number of classes.</summary>
    public int Classes { get; }

    /// <summary>Number of rows counted.</summary>
    public long Rows { get; private init; }

    /// <summary>Rows of class <paramref name="truth"/> that were called <paramref name="predicted"/>.</summary>
    public long this[int truth, int predicted] => _cells[truth * Classes + predicted];

    /// <summary>Counts pairs of class columns.</summary>
    /// <param name="truth">The true column of each row, each below <paramref name="classes"/>.</param>
    /// <param name="predicted">The predicted column of each row, as many as <paramref name="truth"/>.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <exception cref="InvalidInputException">The lengths differ, or a column is out of range.</exception>
    public static ConfusionMatrix Of(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, int classes)
    {
        if (truth.Length != predicted.Length) throw new InvalidInputException($"{truth.Length} true labels stand against {predicted.Length} predictions; there must be one of each per row");
        var matrix = new ConfusionMatrix(classes) { Rows = truth.Length };
        for (int row = 0; row < truth.Length; row++)
        {
            if (truth[row] >= classes || predicted[row] >= classes)
            {
                throw new InvalidInputException($"row {row}: class columns {truth[row]} (true) and {predicted[row]} (predicted) must be below {classes}");
            }
            matrix._cells[truth[row] * classes + predicted[row]]++;
        }
        return matrix;
    }

    /// <summary>Rows whose true class this is.</summary>
    public long Support(int label)
    {
        long sum = 0;
        for (int other = 0; other < Classes; other++) sum += this[label, other];
        return sum;
    }

    /// <summary>Rows that were called this class.</summary>
    public long Called(int label)
    {
        long sum = 0;
        for (int other = 0; other < Classes; other++) sum += this[other, label];
        return sum;
    }

    /// <summary>Of the rows called this class, the share that is; null where none was called so.</summary>
    public double? Precision(int label) => Ratio(this[label, label], Called(label));

    /// <summary>Of the rows of this class, the share that was found; null where there are none.</summary>
    public double? Recall(int label) => Ratio(this[label, label], Support(label));

    /// <summary>2·TP / (2·TP + FP + FN), the harmonic mean of precision and recall; null where the class has no rows.</summary>
    public double? F1(int label) => Support(label) == 0 ? null : Ratio(2 * this[label, label], Support(label) + Called(label));

    /// <summary>Share of rows called their own class; null where there are no rows.</summary>
    public double? Accuracy => Ratio(Diagonal, Rows);

    /// <summary>Plain mean of the classes' F1; null where a class has no rows.</summary>
    public double? F1Macro => MeanOverClasses(F1);

    /// <summary>Plain mean of the classes' recall (balanced accuracy); null where a class has no rows.</summary>
    public double? RecallMacro => MeanOverClasses(Recall);

    /// <summary>Mean of the classes' F1 weighted by their rows. A class without rows weighs nothing.</summary>
    public double? F1Weighted
    {
        get
        {
            if (Rows == 0) return null;
            double sum = 0;
            for (int label = 0; label < Classes; label++) sum += Support(label) * (F1(label) ?? 0) / Rows;
            return sum;
        }
    }

    /// <summary>
    /// Matthews' correlation in [-1, 1], in Gorodkin's form for any number of classes (Comput. Biol. Chem. 2004);
    /// null where the truth, or the predictions, hold one class only.
    /// </summary>
    public double? Mcc
    {
        get
        {
            double products = 0, truth = 0, called = 0;
            for (int label = 0; label < Classes; label++)
            {
                products += (double)Support(label) * Called(label);
                truth += (double)Support(label) * Support(label);
                called += (double)Called(label) * Called(label);
            }
            double squared = (double)Rows * Rows;
            double scale = Math.Sqrt((squared - truth) * (squared - called));
            return scale == 0 ? null : (Diagonal * (double)Rows - products) / scale;
        }
    }

    /// <summary>
    /// Cohen's kappa: agreement beyond what the two margins alone would give (Educ. Psychol. Meas. 1960); null where chance agreement is certain.
    /// </summary>
    public double? Kappa
    {
        get
        {
            if (Rows == 0) return null;
            double chance = 0;
            for (int label = 0; label < Classes; label++) chance += (double)Support(label) / Rows * Called(label) / Rows;
            return chance >= 1 ? null : ((double)Diagonal / Rows - chance) / (1 - chance);
        }
    }

    /// <summary>The counts as rows of a table: one per true class, one column per predicted class.</summary>
    public long[][] ToRows() => [.. Enumerable.Range(0, Classes).Select(truth => _cells.AsSpan(truth * Classes, Classes).ToArray())];

    private long Diagonal
    {
        get
        {
            long sum = 0;
            for (int label = 0; label < Classes; label++) sum += this[label, label];
            return sum;
        }
    }

    private double? MeanOverClasses(Func<int, double?> figure)
    {
        double sum = 0;
        for (int label = 0; label < Classes; label++)
        {
            if (Support(label) == 0 || figure(label) is not { } value) return null;
            sum += value;
        }
        return sum / Classes;
    }

    private static double? Ratio(long part, long whole) => whole == 0 ? null : (double)part / whole;
}
