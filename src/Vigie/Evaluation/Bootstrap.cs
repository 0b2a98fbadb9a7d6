namespace Vigie.Evaluation;

/// <summary>
/// Percentile bootstrap (Efron and Tibshirani 1993, chapter 13) of a model's figures over its test rows: how far they would move on other rows of the same kind.
/// It says nothing about another training run.
/// </summary>
/// <param name="Resamples">Number of resamples, 2 or more; 1,000 settles the ends to about a tenth of the interval's width.</param>
/// <param name="Seed">The same seed gives the same intervals, on any number of threads.</param>
/// <param name="Confidence">Share of resamples inside the interval, in (0, 1).</param>
public sealed record Bootstrap(int Resamples = 1_000, int Seed = 0, double Confidence = 0.95)
{
    // Where more resamples than this leave a figure undefined, its percentiles would describe the rest only.
    private const double GreatestUndefinedShare = 0.05;

    /// <summary>Intervals of accuracy, f1_macro, precision_positive, recall_positive and roc_auc. A figure too often undefined among the resamples is left out.</summary>
    /// <param name="truth">True class columns.</param>
    /// <param name="predicted">Predicted class columns of the same rows.</param>
    /// <param name="probabilities">Rows × classes, row by row.</param>
    /// <param name="classes">Number of classes; the last is the positive one.</param>
    /// <param name="cancel">Stops between resamples.</param>
    public IReadOnlyDictionary<string, Interval> Intervals(
        ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, ReadOnlySpan<double> probabilities, int classes, CancellationToken cancel = default)
    {
        if (Resamples < 2) throw new InvalidInputException($"a bootstrap takes 2 resamples or more, got {Resamples}");
        if (Confidence is not (> 0 and < 1)) throw new InvalidInputException($"a confidence lies between 0 and 1, got {Confidence}");
        var sample = new BootstrapSample(truth, predicted, probabilities, classes);
        string[] names = ["accuracy", "f1_macro", "precision_positive", "recall_positive", "roc_auc"];
        var figures = new double[names.Length][];
        for (int i = 0; i < figures.Length; i++) figures[i] = new double[Resamples];
        Parallel.For(0, Resamples, new ParallelOptions { CancellationToken = cancel }, () => new byte[sample.Rows], (resample, _, drawn) =>
        {
            BootstrapSample.Draw(new Xoshiro256((ulong)Seed, (ulong)resample + 1), drawn);
            Span<double> row = [0, 0, 0, 0, 0];
            sample.Measure(drawn, row);
            for (int i = 0; i < row.Length; i++) figures[i][resample] = row[i];
            return drawn;
        }, _ => { });

        var intervals = new Dictionary<string, Interval>();
        for (int i = 0; i < names.Length; i++)
        {
            double[] defined = [.. figures[i].Where(value => !double.IsNaN(value)).Order()];
            if (defined.Length < (1 - GreatestUndefinedShare) * Resamples) continue;
            double tail = (1 - Confidence) / 2;
            intervals[names[i]] = new Interval(Quantile.OfSorted(defined, tail), Quantile.OfSorted(defined, 1 - tail));
        }
        return intervals;
    }
}

/// <summary>
/// The rows laid out so that a resample costs one pass: sorted by positive score, with the ends of ties marked, each row reduced to its cell of the confusion matrix.
/// </summary>
internal sealed class BootstrapSample
{
    private readonly int _classes;
    private readonly byte[] _cells; // truth * classes + predicted, in the order of the positive class's scores, high to low
    private readonly Ranking[] _rankings; // one per class against the rest; two classes need one only

    public BootstrapSample(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> predicted, ReadOnlySpan<double> probabilities, int classes)
    {
        _classes = classes;
        int[] order = OrderOf(probabilities, classes, classes - 1);
        var place = new int[order.Length];
        for (int i = 0; i < order.Length; i++) place[order[i]] = i;
        _cells = new byte[order.Length];
        for (int i = 0; i < order.Length; i++) _cells[i] = (byte)(truth[order[i]] * classes + predicted[order[i]]);
        var rankings = new List<Ranking>();
        for (int label = classes - 1; label >= (classes == 2 ? 1 : 0); label--)
        {
            int[] own = OrderOf(probabilities, classes, label);
            var ranked = new Ranking(new int[own.Length], new byte[own.Length], new bool[own.Length]);
            for (int i = 0; i < own.Length; i++)
            {
                ranked.Places[i] = place[own[i]];
                ranked.IsOfClass[i] = truth[own[i]] == label ? (byte)1 : (byte)0;
                ranked.EndsTie[i] = i + 1 == own.Length || probabilities[own[i + 1] * classes + label] != probabilities[own[i] * classes + label];
            }
            rankings.Add(ranked);
        }
        _rankings = [.. rankings];
    }

    private sealed record Ranking(int[] Places, byte[] IsOfClass, bool[] EndsTie);

    public int Rows => _cells.Length;

    /// <summary>Draws as many rows as there are, with replacement; a row drawn 256 times over is too rare to come up (below 1e-490).</summary>
    public static void Draw(Xoshiro256 random, byte[] drawn)
    {
        Array.Clear(drawn);
        ulong rows = (ulong)drawn.Length;
        int i = 0;
        for (; i + 1 < drawn.Length; i += 2)
        {
            ulong bits = random.NextUInt64();
            drawn[(int)((bits >> 32) * rows >> 32)]++;
            drawn[(int)((bits & uint.MaxValue) * rows >> 32)]++;
        }
        if (i < drawn.Length) drawn[(int)((random.NextUInt64() >> 32) * rows >> 32)]++;
    }

    /// <summary>Writes accuracy, f1_macro, precision and recall of the positive class, and ROC AUC of a resample; NaN where undefined.</summary>
    public void Measure(ReadOnlySpan<byte> drawn, Span<double> figures)
    {
        Span<int> counts = stackalloc int[_classes * _classes];
        counts.Clear();
        for (int i = 0; i < _cells.Length; i++) counts[_cells[i]] += drawn[i];
        int right = 0;
        double f1 = 0, precision = 0, recall = 0;
        for (int label = 0; label < _classes; label++)
        {
            int support = 0, called = 0, found = counts[label * _classes + label];
            for (int other = 0; other < _classes; other++)
            {
                support += counts[label * _classes + other];
                called += counts[other * _classes + label];
            }
            right += found;
            f1 += support == 0 ? double.NaN : 2.0 * found / (support + called);
            precision = (double)found / called; // 0/0 is NaN, as wanted; the last class is the positive one
            recall = (double)found / support;
        }
        double auc = 0;
        foreach (Ranking ranking in _rankings) auc += Auc(ranking, drawn);
        (figures[0], figures[1], figures[2], figures[3], figures[4]) =
            ((double)right / _cells.Length, f1 / _classes, precision, recall, auc / _rankings.Length);
    }

    private static double Auc(Ranking ranking, ReadOnlySpan<byte> drawn)
    {
        ReadOnlySpan<int> places = ranking.Places;
        ReadOnlySpan<byte> ofClass = ranking.IsOfClass;
        ReadOnlySpan<bool> endsTie = ranking.EndsTie;
        long found = 0, foundBefore = 0, others = 0, othersBefore = 0, doubledArea = 0;
        for (int i = 0; i < places.Length; i++)
        {
            int weight = drawn[places[i]];
            int positive = weight & -ofClass[i];
            found += positive;
            others += weight - positive;
            if (!endsTie[i]) continue;
            doubledArea += (others - othersBefore) * (found + foundBefore);
            foundBefore = found;
            othersBefore = others;
        }
        return doubledArea / 2.0 / found / others;
    }

    private static int[] OrderOf(ReadOnlySpan<double> probabilities, int classes, int label)
    {
        var keys = new double[probabilities.Length / classes];
        var order = new int[keys.Length];
        for (int row = 0; row < keys.Length; row++) (keys[row], order[row]) = (-probabilities[row * classes + label], row);
        Array.Sort(keys, order);
        return order;
    }
}
