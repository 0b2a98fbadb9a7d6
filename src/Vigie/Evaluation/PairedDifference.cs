namespace Vigie.Evaluation;

/// <summary>
/// How much better the second of two models does on the same rows, with percentile bootstrap intervals (Efron and Tibshirani 1993, chapter 13). Rows are drawn in pairs: what both find hard
/// moves both alike, so the interval of the difference is narrower than two intervals side by side would suggest.
/// </summary>
/// <param name="Accuracy">The second's accuracy less the first's.</param>
/// <param name="F1Macro">The second's macro F1 less the first's, over the classes that occur among the rows.</param>
/// <param name="AccuracyInterval">Where the difference in accuracy would lie on other rows of the same kind.</param>
/// <param name="F1MacroInterval">Where the difference in macro F1 would.</param>
public sealed record PairedDifference(double Accuracy, double F1Macro, Interval AccuracyInterval, Interval F1MacroInterval)
{
    private const int MostClasses = 6; // 6³ cells fit a byte

    /// <summary>Compares.</summary>
    /// <param name="truth">The true column of each row; at least one row.</param>
    /// <param name="first">What the first model called it.</param>
    /// <param name="second">What the second did.</param>
    /// <param name="classes">Number of columns, 2 to 6.</param>
    /// <param name="bootstrap">How resamples are drawn; null for 1,000 with seed 0.</param>
    /// <param name="cancel">Stops between resamples.</param>
    /// <exception cref="InvalidInputException">No rows, lengths that differ, or a column out of range.</exception>
    public static PairedDifference Of(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int classes, Bootstrap? bootstrap = null, CancellationToken cancel = default)
    {
        bootstrap ??= new Bootstrap();
        byte[] cells = CellsOf(truth, first, second, classes);
        long[] all = new long[classes * classes * classes];
        foreach (byte cell in cells) all[cell]++;
        (double accuracy, double f1) = Measure(all, classes);
        var accuracies = new double[bootstrap.Resamples];
        var f1s = new double[bootstrap.Resamples];
        Parallel.For(0, bootstrap.Resamples, new ParallelOptions { CancellationToken = cancel }, resample =>
        {
            var random = new Xoshiro256((ulong)bootstrap.Seed, (ulong)resample + 1);
            var drawn = new long[all.Length];
            for (int i = 0; i < cells.Length; i++) drawn[cells[random.Next(cells.Length)]]++;
            (accuracies[resample], f1s[resample]) = Measure(drawn, classes);
        });
        return new PairedDifference(accuracy, f1, IntervalOf(accuracies, bootstrap), IntervalOf(f1s, bootstrap));
    }

    /// <summary>Each row reduced to one of classes³ cells: its truth and what either called it. Nothing else decides the figures.</summary>
    private static byte[] CellsOf(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int classes)
    {
        if (classes is < 2 or > MostClasses) throw new InvalidInputException($"two models are compared on 2 to {MostClasses} classes, got {classes}");
        if (truth.IsEmpty || truth.Length != first.Length || truth.Length != second.Length)
            throw new InvalidInputException($"two models are compared on the same rows, at least one, got {truth.Length} true labels, {first.Length} and {second.Length} predictions");
        var cells = new byte[truth.Length];
        for (int row = 0; row < cells.Length; row++)
        {
            if (truth[row] >= classes || first[row] >= classes || second[row] >= classes)
                throw new InvalidInputException($"row {row}: class columns {truth[row]} (true), {first[row]} and {second[row]} (predicted) must be below {classes}");
            cells[row] = (byte)((truth[row] * classes + first[row]) * classes + second[row]);
        }

        return cells;
    }

    private static (double Accuracy, double F1Macro) Measure(long[] counts, int classes)
    {
        Span<long> support = stackalloc long[classes], firstCalled = stackalloc long[classes], secondCalled = stackalloc long[classes], firstFound = stackalloc long[classes], secondFound = stackalloc long[classes];
        long rows = 0, difference = 0;
        for (int cell = 0; cell < counts.Length; cell++)
        {
            (int truth, int first, int second) = (cell / (classes * classes), cell / classes % classes, cell % classes);
            long count = counts[cell];
            rows += count;
            support[truth] += count;
            firstCalled[first] += count;
            secondCalled[second] += count;
            if (first == truth) firstFound[truth] += count;
            if (second == truth) secondFound[truth] += count;
            if (first == truth != (second == truth)) difference += second == truth ? count : -count;
        }

        double f1 = 0;
        int occurring = 0;
        for (int label = 0; label < classes; label++)
        {
            if (support[label] == 0) continue;
            occurring++;
            f1 += 2.0 * secondFound[label] / (support[label] + secondCalled[label]) - 2.0 * firstFound[label] / (support[label] + firstCalled[label]);
        }

        return ((double)difference / rows, f1 / occurring);
    }

    private static Interval IntervalOf(double[] values, Bootstrap bootstrap)
    {
        Array.Sort(values);
        double tail = (1 - bootstrap.Confidence) / 2;
        return new Interval(Quantile.OfSorted(values, tail), Quantile.OfSorted(values, 1 - tail));
    }
}
