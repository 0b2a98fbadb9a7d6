using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>
/// L2-regularised logistic regression over weighted presence features, by dual coordinate descent (H.-F. Yu, F.-L. Huang and
/// C.-J. Lin, Machine Learning 85, 2011), one class against the rest where there are more than two. Made for tens of millions of
/// entries: a text's value for a feature is <c>weight(feature) / ‖text‖</c>, so entries are column numbers alone, and weight and
/// squared feature weight stand side by side in memory. The intercept is one more feature of value 1.
/// </summary>
public sealed record DualLogisticRegression : ILinearEstimator
{
    /// <summary>Inverse strength of the penalty; above 0.</summary>
    public double C { get; init; } = 2.5;

    /// <summary>Passes over the texts. Held-out accuracy settles after five or six, long before the last digits of the optimum.</summary>
    public int Epochs { get; init; } = 6;

    /// <summary>How much the texts of each class count.</summary>
    public ClassWeight ClassWeight { get; init; } = ClassWeight.None;

    /// <summary>Seeds the order of the texts.</summary>
    public int Seed { get; init; } = 1;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">C or Epochs is out of range, or the vectoriser does not weigh presence and scale to length 1.</exception>
    public LinearModel Fit(
        FittedVectorizer vectorizer, NgramMatrix counts, ReadOnlySpan<byte> labels, int classes,
        IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (vectorizer.Options is not { Binary: true, L2: true }) throw new InvalidInputException("dual logistic regression reads presence scaled to length 1: set binary and l2");
        double[] featureWeights = vectorizer.Weights ?? [.. Enumerable.Repeat(1.0, vectorizer.FeatureCount)];
        if (!(C > 0)) throw new InvalidInputException($"C {C}: expected a number above 0");
        if (Epochs < 1) throw new InvalidInputException($"epochs {Epochs}: expected 1 or more");
        double[] weightOf = SampleWeights.Of(ClassWeight, labels, classes);
        float[] scale = InverseNorms(counts, featureWeights);
        int models = classes == 2 ? 1 : classes;
        var coefficients = new double[models][];
        var intercepts = new double[models];
        for (int m = 0; m < models; m++)
        {
            int done = m;
            byte positive = (byte)(models == 1 ? 1 : m);
            var descent = new Descent(counts, featureWeights, scale, labels.ToArray(), positive, Array.ConvertAll(weightOf, weight => C * weight));
            descent.Run(Epochs, Seed, at => progress?.Report(at with { Share = (done + at.Share) / models, Iteration = done * Epochs + at.Iteration }), cancellation);
            (coefficients[m], intercepts[m]) = (descent.Coefficients(), descent.Intercept);
        }
        return new LinearModel(coefficients, intercepts, Link.OneVersusRest);
    }

    private static float[] InverseNorms(NgramMatrix features, double[] weights)
    {
        var scale = new float[features.RowCount];
        for (int i = 0; i < scale.Length; i++)
        {
            double squares = 0;
            foreach (int column in features.Columns(i)) squares += weights[column] * weights[column];
            scale[i] = squares > 0 ? (float)(1 / Math.Sqrt(squares)) : 0;
        }
        return scale;
    }

    private sealed class Descent(NgramMatrix features, double[] featureWeights, float[] scale, byte[] labels, byte positive, double[] boxOf)
    {
        private const double Nearest = 1e-9;
        private const int NewtonSteps = 8;

        // With feature weight r and coefficient w, (r·w, r²) per feature: the score needs the first, a step changes it by the second.
        private readonly float[] pairs = Pairs(featureWeights);
        private readonly float[] alpha = new float[labels.Length];

        public double Intercept { get; private set; }

        public void Run(int epochs, int seed, Action<FitProgress> report, CancellationToken cancellation)
        {
            var random = new Xoshiro256((ulong)seed);
            var order = new int[labels.Length];
            for (int i = 0; i < order.Length; i++) order[i] = i;
            for (int epoch = 0; epoch < epochs; epoch++)
            {
                random.Shuffle(order);
                double loss = 0;
                for (int k = 0; k < order.Length; k++)
                {
                    double margin = Visit(order[k], epoch == 0);
                    if ((k & 15) != 0) continue;
                    loss += Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin))); // of every sixteenth text: enough for a mean, and costs nothing
                    if ((k & 4095) != 0) continue;
                    cancellation.ThrowIfCancellationRequested();
                    report(new FitProgress((epoch + (double)k / order.Length) / epochs));
                }
                report(new FitProgress((epoch + 1.0) / epochs) { Iteration = epoch + 1, Loss = loss / ((order.Length + 15) / 16) });
            }
        }

        public double[] Coefficients()
        {
            var coefficients = new double[featureWeights.Length];
            // Single precision is what was computed; more digits would only fill the bundle.
            for (int j = 0; j < coefficients.Length; j++) coefficients[j] = featureWeights[j] > 0 ? (float)(pairs[2 * j] / featureWeights[j]) : 0;
            return coefficients;
        }

        /// <summary>Takes a step on one text and answers its margin before it.</summary>
        private double Visit(int i, bool first)
        {
            ReadOnlySpan<int> columns = features.Columns(i);
            int sign = labels[i] == positive ? 1 : -1;
            double margin = sign * (Dot(columns) * scale[i] + Intercept), box = boxOf[labels[i]];
            double length = columns.IsEmpty ? 1 : 2, old = alpha[i];
            double next = Solve(margin, length, old, first ? box / (1 + Math.Exp(margin)) : old, box);
            double change = next - old;
            if (Math.Abs(change) < 1e-6 * box) return margin;
            alpha[i] = (float)next;
            double step = sign * (alpha[i] - old);
            Intercept += step;
            Add(columns, (float)(step * scale[i]));
            return margin;
        }

        // Newton's method on the text's own dual variable a in (0, box): log(a / (box − a)) + length·(a − old) + margin = 0.
        private static double Solve(double margin, double length, double old, double start, double box)
        {
            double a = Math.Clamp(start, Nearest * box, (1 - Nearest) * box);
            for (int step = 0; step < NewtonSteps; step++)
            {
                double gradient = Math.Log(a / (box - a)) + length * (a - old) + margin;
                double next = a - gradient / (box / (a * (box - a)) + length);
                if (next <= 0) next = 0.1 * a;
                else if (next >= box) next = box - 0.1 * (box - a);
                bool near = Math.Abs(next - a) < 1e-4 * box;
                a = next;
                if (near) break;
            }
            return a;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private float Dot(ReadOnlySpan<int> columns)
        {
            ref float pair = ref MemoryMarshal.GetArrayDataReference(pairs);
            float a = 0, b = 0, c = 0, d = 0;
            int k = 0;
            for (; k + 4 <= columns.Length; k += 4)
            {
                a += Unsafe.Add(ref pair, 2 * columns[k]);
                b += Unsafe.Add(ref pair, 2 * columns[k + 1]);
                c += Unsafe.Add(ref pair, 2 * columns[k + 2]);
                d += Unsafe.Add(ref pair, 2 * columns[k + 3]);
            }
            for (; k < columns.Length; k++) a += Unsafe.Add(ref pair, 2 * columns[k]);
            return (a + b) + (c + d);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Add(ReadOnlySpan<int> columns, float step)
        {
            ref float first = ref MemoryMarshal.GetArrayDataReference(pairs);
            foreach (int column in columns)
            {
                ref float pair = ref Unsafe.Add(ref first, 2 * column);
                pair += step * Unsafe.Add(ref pair, 1);
            }
        }

        private static float[] Pairs(double[] weights)
        {
            var pairs = new float[2 * weights.Length];
            for (int j = 0; j < weights.Length; j++) pairs[2 * j + 1] = (float)(weights[j] * weights[j]);
            return pairs;
        }
    }
}
