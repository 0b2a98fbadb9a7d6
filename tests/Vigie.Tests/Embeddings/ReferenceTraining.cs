namespace Vigie.Tests.Embeddings;

/// <summary>
/// Negative sampling written plainly, in double precision, for corpora of two words and windows of one: nothing is left to chance then, since only the other word can be
/// drawn against a near one.
/// </summary>
internal sealed record ReferenceTraining(int[][] Sentences, int[][] RowsOf, int Dimension, double Spread)
{
    public bool SkipGram { get; init; } = true;

    public int Negative { get; init; } = 5;

    public int Epochs { get; init; } = 2;

    public double Alpha { get; init; } = 0.025;

    public double MinAlpha { get; init; } = 0.0001;

    public int Seed { get; init; } = 1;

    /// <summary>The input matrix after training.</summary>
    public double[][] Run()
    {
        var random = new Xoshiro256((ulong)Seed);
        double[][] input = [.. Enumerable.Range(0, 1 + RowsOf.Max(rows => rows.Max())).Select(_ => Enumerable.Range(0, Dimension).Select(_ => (2 * random.NextDouble() - 1) * Spread).ToArray())];
        double[][] output = [new double[Dimension], new double[Dimension]];
        int tokens = Sentences.Sum(sentence => sentence.Length);
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            int read = 0;
            foreach (int[] sentence in Sentences)
            {
                double alpha = Alpha - (Alpha - MinAlpha) * (epoch * tokens + read) / (Epochs * tokens);
                for (int i = 0; i < sentence.Length; i++) Learn(sentence, i, alpha, input, output);
                read += sentence.Length;
            }
        }
        return input;
    }

    private void Learn(int[] sentence, int i, double alpha, double[][] input, double[][] output)
    {
        int[] near = [.. new[] { i - 1, i + 1 }.Where(j => j >= 0 && j < sentence.Length).Select(j => sentence[j])];
        if (near.Length == 0) return;
        int[] rows = SkipGram ? RowsOf[sentence[i]] : [.. near.SelectMany(word => RowsOf[word])];
        double[] before = [.. Enumerable.Range(0, Dimension).Select(k => rows.Average(row => input[row][k]))];
        double[] x = [.. before];
        foreach (int word in SkipGram ? near : [sentence[i]])
        {
            int[] targets = [word, .. Enumerable.Repeat(1 - word, Negative)];
            // Six at a time see the same values.
            for (int first = 0; first < targets.Length; first += 6) Step(x, output, targets[first..Math.Min(first + 6, targets.Length)], first == 0, alpha);
        }
        foreach (int row in rows)
        {
            for (int k = 0; k < Dimension; k++) input[row][k] += x[k] - before[k];
        }
    }

    /// <summary>One step; the first of the rows is the near word's where <paramref name="near"/> says so.</summary>
    public static void Step(double[] x, double[][] output, int[] rows, bool near, double alpha)
    {
        double[] change = [.. rows.Select((row, t) =>
        {
            double dot = x.Zip(output[row], (a, b) => a * b).Sum();
            return alpha * ((near && t == 0 ? 1 : 0) - 1 / (1 + Math.Exp(-dot)));
        })];
        double[] old = [.. x];
        for (int t = 0; t < rows.Length; t++)
        {
            for (int k = 0; k < x.Length; k++)
            {
                x[k] += change[t] * output[rows[t]][k];
                output[rows[t]][k] += change[t] * old[k];
            }
        }
    }
}
