using Vigie.Networks;

namespace Vigie.Torch.Tests;

public class OptimiserTests
{
    [Fact]
    public void Adam_is_its_paper_s_formula()
    {
        float[] values = [.. Enumerable.Range(0, 21).Select(i => i / 10f - 1)], first = new float[21], second = new float[21];
        (double[] w, double[] m, double[] v) = (Array.ConvertAll(values, value => (double)value), new double[21], new double[21]);
        for (int step = 1; step <= 5; step++)
        {
            float[] gradient = [.. Enumerable.Range(0, 21).Select(i => MathF.Sin(i + step))];
            new Adam(0.01, step).Step(values, gradient, first, second, 0.5f, 0.001f);
            for (int i = 0; i < w.Length; i++)
            {
                double g = gradient[i] * 0.5;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                w[i] = w[i] * (1 - 0.001) - 0.01 * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
            }
        }
        for (int i = 0; i < w.Length; i++) Assert.Equal(w[i], values[i], 1e-5);
    }

    [Theory]
    [InlineData(3, 1, 1 / 3.0)]
    [InlineData(0.5, 1, 1)]
    [InlineData(100, 0, 1)]
    public void Long_gradients_are_scaled_down(double norm, double longest, double scale) => Assert.Equal(scale, NetworkTraining.ClipScale(norm, longest), 1e-6);

    [Fact]
    public void Learning_rates_rise_and_fall_as_asked()
    {
        var options = new NetworkOptions { LearningRate = 1, Epochs = 2, WarmUp = 0.2 };
        var linear = new RateSchedule(options with { Schedule = LearningRateSchedule.Linear }, 50);
        Assert.Equal([0.05, 1, 1, 0.5, 0.0125], new long[] { 0, 19, 20, 60, 99 }.Select(step => Math.Round(linear.At(step, 0), 6)));
        var cosine = new RateSchedule(options with { Schedule = LearningRateSchedule.Cosine }, 50);
        Assert.Equal(0.5, cosine.At(60, 0), 1e-9);
        Assert.True(cosine.At(30, 0) > linear.At(30, 0) && cosine.At(90, 0) < linear.At(90, 0));
        var plateau = new RateSchedule(options with { Schedule = LearningRateSchedule.Plateau }, 50);
        Assert.Equal((1.0, 0.25), (plateau.At(60, 0), plateau.At(60, 2)));
        Assert.Equal(1, new RateSchedule(options, 50).At(99, 3));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 0.2)]
    [InlineData(3, 0.1)]
    public void The_gradient_is_that_of_the_smoothed_loss(int scores, double smoothing)
    {
        var loss = new ClassificationLoss(scores, smoothing);
        float[] values = [.. Enumerable.Range(0, 4 * scores).Select(i => MathF.Sin(3 * i) * 2)];
        byte[] labels = scores == 1 ? [0, 1, 1, 0] : [0, 1, 2, 1];
        float[] gradient = new float[values.Length];
        LossSum sum = loss.Of(values, labels, gradient, 4);
        Assert.Equal(Smoothed(values, labels, scores, 0), sum.MeanLoss, 1e-6);
        Assert.Equal(4, sum.Rows);
        for (int i = 0; i < values.Length; i++)
        {
            float[] more = [.. values], less = [.. values];
            more[i] += 0.01f;
            less[i] -= 0.01f;
            Assert.Equal((Smoothed(more, labels, scores, smoothing) - Smoothed(less, labels, scores, smoothing)) / 0.02, gradient[i], 1e-3);
        }
    }

    [Fact]
    public void Gradients_of_a_row_add_up_over_steps_texts_and_columns_and_only_touched_rows_move()
    {
        float[] table = [.. Enumerable.Range(0, 12).Select(i => i < 2 ? 0f : i)];
        var rows = new NetworkRows(new EncodedTexts(2, [2, 4, 3, 4, 2, 5], [0, 4, 6]), [0, 1], new EncodedTexts(2, [], [0]), [], 2, 6) { Embedding = table };
        var embedding = new EmbeddingTable(rows, 2, tuned: true, seed: 1);
        var batch = new TextBatch(new[] { 0, 1 }, 2, false);
        float[] vectors = new float[8];
        embedding.Gather(rows.Train, batch, vectors);
        Assert.Equal([4 + 8, 5 + 9, 6 + 8, 7 + 9, 4 + 10, 5 + 11, 0, 0], vectors);
        embedding.Collect(rows.Train, batch, [1, 10, 2, 20, 3, 30, 100, 100]);
        Assert.Equal([1 + 3, 10 + 30, 1 + 2, 10 + 20, 2, 20, 3, 30], embedding.Gradients.ToArray()); // rows 2, 4, 3, 5
        embedding.Step(new Adam(0.1, 1), 1);
        Assert.Equal(table[..4], embedding.Values[..4]);
        for (int i = 4; i < 12; i++) Assert.Equal(table[i] - 0.1f, embedding.Values[i], 1e-4);
        embedding.Clear();
        Assert.True(embedding.Gradients.IsEmpty);
    }

    private static double Smoothed(float[] values, byte[] labels, int scores, double smoothing) => labels.Select((label, row) =>
    {
        double[] logits = scores == 1 ? [0, values[row]] : [.. values[(row * scores)..((row + 1) * scores)].Select(value => (double)value)];
        double total = Math.Log(logits.Sum(Math.Exp));
        return logits.Select((logit, c) => ((c == label ? 1 - smoothing : 0) + smoothing / logits.Length) * (total - logit)).Sum();
    }).Average();
}
