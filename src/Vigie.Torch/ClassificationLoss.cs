namespace Vigie.Torch;

/// <summary>Sum of the losses and number of right answers of some rows.</summary>
internal record struct LossSum(double Loss, long Right, long Rows)
{
    public readonly double MeanLoss => Loss / Rows;

    public readonly double Accuracy => (double)Right / Rows;

    public static LossSum operator +(LossSum a, LossSum b) => new(a.Loss + b.Loss, a.Right + b.Right, a.Rows + b.Rows);
}

/// <summary>Logistic loss of scores: of one score through the sigmoid, of several through softmax.</summary>
/// <param name="scores">Scores per row.</param>
/// <param name="smoothing">Part of the label that is spread evenly over the classes, in the gradient alone: losses are reported without, so that training and validation compare.</param>
internal sealed class ClassificationLoss(int scores, double smoothing)
{
    /// <summary>The loss of rows, and its gradient.</summary>
    /// <param name="values">Rows × scores.</param>
    /// <param name="labels">The class of each row.</param>
    /// <param name="gradient">Receives the gradient of the smoothed loss over <paramref name="batch"/>, rows × scores; empty where it is not asked for.</param>
    /// <param name="batch">Rows of the whole batch, which these are a part of.</param>
    public LossSum Of(ReadOnlySpan<float> values, ReadOnlySpan<byte> labels, Span<float> gradient, int batch)
    {
        var sum = new LossSum();
        for (int i = 0; i < labels.Length; i++)
        {
            ReadOnlySpan<float> row = values.Slice(i * scores, scores);
            Span<float> own = gradient.IsEmpty ? gradient : gradient.Slice(i * scores, scores);
            sum += scores == 1 ? Sigmoid(row[0], labels[i], own, batch) : Softmax(row, labels[i], own, batch);
        }
        return sum;
    }

    private LossSum Sigmoid(double score, byte label, Span<float> gradient, int rows)
    {
        double signed = label == 1 ? score : -score;
        double loss = signed > 0 ? Math.Log(1 + Math.Exp(-signed)) : Math.Log(1 + Math.Exp(signed)) - signed;
        if (!gradient.IsEmpty) gradient[0] = (float)((1 / (1 + Math.Exp(-score)) - (label * (1 - smoothing) + smoothing / 2)) / rows);
        return new LossSum(loss, signed > 0 || (signed == 0 && label == 1) ? 1 : 0, 1);
    }

    private LossSum Softmax(ReadOnlySpan<float> row, byte label, Span<float> gradient, int rows)
    {
        int best = 0;
        for (int c = 1; c < row.Length; c++) best = row[c] > row[best] ? c : best;
        double total = 0;
        foreach (float score in row) total += Math.Exp(score - row[best]);
        for (int c = 0; c < gradient.Length; c++)
            gradient[c] = (float)((Math.Exp(row[c] - row[best]) / total - ((c == label ? 1 - smoothing : 0) + smoothing / row.Length)) / rows);
        return new LossSum(Math.Log(total) - (row[label] - row[best]), best == label ? 1 : 0, 1);
    }
}
