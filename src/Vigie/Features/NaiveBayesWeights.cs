namespace Vigie.Features;

/// <summary>
/// Feature weights by how unevenly a feature falls on the classes: <c>floor + |ln((p / Σp) / (q / Σq))|^power</c>, where p and q
/// are the smoothed numbers of positive and other texts that have it. S. Wang and C. Manning, <i>Baselines and bigrams</i>,
/// ACL 2012, use floor 0 and power 1 with a sign that a linear model can as well learn itself. With three classes, each class
/// is set against the others and the largest weight counts.
/// </summary>
public sealed record NaiveBayesWeights
{
    /// <summary>Added to every count; above 0.</summary>
    public double Alpha { get; init; } = 1;

    /// <summary>Below 1 draws weights together.</summary>
    public double Power { get; init; } = 0.9;

    /// <summary>What a feature weighs that says nothing on its own; above 0 leaves it to the model.</summary>
    public double Floor { get; init; } = 0.1;

    /// <summary>
    /// Factor on the weights of character n-grams; above 0. A tweet has several times as many of them as words, and below 1 keeps them
    /// from taking most of the vector's length.
    /// </summary>
    public double CharScale { get; init; } = 0.5;

    internal void Validate()
    {
        if (!(Alpha > 0)) throw new InvalidInputException($"nb_alpha {Alpha}: expected a number above 0");
        if (!(Power > 0)) throw new InvalidInputException($"nb_power {Power}: expected a number above 0");
        if (!(Floor >= 0)) throw new InvalidInputException($"nb_floor {Floor}: expected 0 or more");
        if (!(CharScale > 0)) throw new InvalidInputException($"char_scale {CharScale}: expected a number above 0");
    }

    /// <param name="matrix">The features of each text.</param>
    /// <param name="fingerprints">Of each column, to tell characters from words; empty where all are taken as words.</param>
    /// <param name="labels">Class index of each text.</param>
    internal double[] Compute(NgramMatrix matrix, ReadOnlySpan<ulong> fingerprints, ReadOnlySpan<byte> labels)
    {
        int classes = 1;
        foreach (byte label in labels) classes = Math.Max(classes, label + 1);
        var counts = new int[classes][];
        for (int c = 0; c < classes; c++) counts[c] = new int[matrix.ColumnCount];
        for (int row = 0; row < matrix.RowCount; row++)
        {
            int[] own = counts[labels[row]];
            foreach (int column in matrix.Columns(row)) own[column]++;
        }
        var totals = new double[classes];
        for (int c = 0; c < classes; c++) totals[c] = Alpha * matrix.ColumnCount + counts[c].Sum(n => (long)n);
        double all = totals.Sum();

        var weights = new double[matrix.ColumnCount];
        for (int column = 0; column < weights.Length; column++)
        {
            double sum = 0, largest = 0;
            for (int c = 0; c < classes; c++) sum += counts[c][column];
            for (int c = classes == 2 ? 1 : 0; c < classes; c++)
            {
                double p = counts[c][column] + Alpha, q = sum - counts[c][column] + Alpha * (classes - 1);
                largest = Math.Max(largest, Math.Abs(Math.Log(p / totals[c]) - Math.Log(q / (all - totals[c]))));
            }
            // Single precision is plenty, and halves the bundle.
            weights[column] = (float)((Floor + Math.Pow(largest, Power)) * (!fingerprints.IsEmpty && Fingerprint.IsChars(fingerprints[column]) ? CharScale : 1));
        }
        return weights;
    }
}
