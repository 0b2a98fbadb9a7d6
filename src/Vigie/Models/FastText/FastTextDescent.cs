using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>
/// The descent of <see cref="FastTextTrainer"/>: one text a step, in an order drawn anew for each pass. Each embedding's own rate falls with the
/// gradients it has seen (AdaGrad: J. Duchi, E. Hazan and Y. Singer, JMLR 12, 2011), one sum an embedding, not one a number.
/// </summary>
internal sealed class FastTextDescent
{
    private const int LookAhead = 2;

    // At the embeddings' own rate the output layer grows with the number of steps, and every embedding's steps with it: a million texts are learnt by heart.
    private const float OutputShare = 0.01f;

    private const float Nearest = 1e-3f; // keeps the first steps of a rare n-gram finite

    private readonly FastTextTrainer options;
    private readonly NgramMatrix texts;
    private readonly byte[] labels;
    private readonly int dim, stride, classes;

    // columns × stride: embedding, sum of squared gradients, rate, and zeros up to a multiple of four. All that a step touches lies together.
    private readonly float[] rows;
    private readonly float[] output; // classes × stride, zero behind the embedding's length
    private readonly float[] outputSquares, interceptSquares; // one a class

    public FastTextDescent(FastTextTrainer options, NgramMatrix texts, byte[] labels, int classes)
    {
        (this.options, this.texts, this.labels, this.classes) = (options, texts, labels, classes);
        dim = options.Dim;
        stride = (dim + 2 + 3) / 4 * 4;
        if ((long)texts.ColumnCount * stride > Array.MaxLength)
            throw new InvalidInputException($"{texts.ColumnCount:N0} n-grams with embeddings of {dim} numbers are too many for memory: set dim or word_ngrams lower, or min_count higher");
        rows = new float[texts.ColumnCount * stride];
        // An n-gram that falls evenly on the classes takes short steps: what it could learn is mostly noise.
        double[] rates = new NaiveBayesWeights().Compute(texts, [], labels);
        for (int column = 0; column < rates.Length; column++) rows[column * stride + dim + 1] = (float)rates[column];
        output = FastTextOutput.Simplex(classes, dim, stride, new Xoshiro256((ulong)options.Seed, 1));
        outputSquares = new float[classes];
        Intercepts = new float[classes];
        interceptSquares = new float[classes];
    }

    /// <summary>Added to each class's score.</summary>
    public float[] Intercepts { get; }

    /// <summary>The output layer, classes × dim.</summary>
    public float[] Output
    {
        get
        {
            var values = new float[classes * dim];
            for (int c = 0; c < classes; c++) output.AsSpan(c * stride, dim).CopyTo(values.AsSpan(c * dim));
            return values;
        }
    }

    /// <summary>The embeddings, rows × dim, each column's in the row it is to stand in.</summary>
    public float[] Embeddings(int[] rowOfColumn)
    {
        var values = new float[rowOfColumn.Length * dim];
        for (int column = 0; column < rowOfColumn.Length; column++)
        {
            for (int d = 0; d < dim; d++) values[rowOfColumn[column] * dim + d] = rows[column * stride + d];
        }
        return values;
    }

    public void Run(IProgress<FitProgress>? progress, CancellationToken cancellation)
    {
        var random = new Xoshiro256((ulong)options.Seed);
        var order = new int[labels.Length];
        for (int i = 0; i < order.Length; i++) order[i] = i;
        var step = new Step(this);
        double steps = (double)order.Length * options.Epoch;
        for (int epoch = 0; epoch < options.Epoch; epoch++)
        {
            random.Shuffle(order);
            double loss = 0;
            for (int k = 0; k < order.Length; k++)
            {
                if (k + LookAhead < order.Length) Prefetch(texts.Columns(order[k + LookAhead]));
                double done = epoch * (double)order.Length + k;
                loss += step.Take(texts.Columns(order[k]), labels[order[k]], (float)(options.Lr * (1 - done / steps)));
                if ((k & 4095) != 0) continue;
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(new FitProgress(done / steps));
            }
            if (!double.IsFinite(loss)) throw new InvalidInputException($"lr {options.Lr}: the steps are so long that numbers overflow; set it lower");
            progress?.Report(new FitProgress((epoch + 1.0) / options.Epoch) { Iteration = epoch + 1, Loss = loss / order.Length });
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Prefetch(ReadOnlySpan<int> columns)
    {
        if (!Sse.IsSupported) return;
        ref float first = ref MemoryMarshal.GetArrayDataReference(rows);
        // A hint about an address: it does not matter should the collector move the array meanwhile.
        foreach (int column in columns) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref first, column * stride)));
    }

    /// <summary>One text's step, with the vectors it works on.</summary>
    private sealed class Step(FastTextDescent descent)
    {
        private readonly int stride = descent.stride;
        private readonly float[] text = new float[descent.stride], gradient = new float[descent.stride];
        private readonly float[] errors = new float[descent.classes];

        /// <summary>Learns from one text and answers its loss before that.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public double Take(ReadOnlySpan<int> columns, byte label, float rate)
        {
            float scale = columns.IsEmpty ? 0 : 1 / MathF.Sqrt(columns.Length);
            Gather(columns, scale);
            double loss = Classify(label);
            float square = Propagate(scale);
            Spread(columns, square, rate);
            Learn(rate);
            return loss;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Gather(ReadOnlySpan<int> columns, float scale)
        {
            ref float first = ref MemoryMarshal.GetArrayDataReference(descent.rows);
            for (int d = 0; d < text.Length; d += 4)
            {
                Vector128<float> sum = Vector128<float>.Zero;
                foreach (int column in columns) sum += Vector128.LoadUnsafe(ref Unsafe.Add(ref first, column * stride + d));
                (sum * scale).StoreUnsafe(ref text[d]);
            }
            text.AsSpan(descent.dim).Clear(); // the sums and rates that lie behind the embeddings
        }

        // Leaves probability less truth in errors.
        private double Classify(byte label)
        {
            float[] output = descent.output;
            float largest = float.NegativeInfinity;
            for (int c = 0; c < errors.Length; c++)
            {
                errors[c] = descent.Intercepts[c];
                for (int d = 0; d < descent.dim; d++) errors[c] += text[d] * output[c * stride + d];
                largest = Math.Max(largest, errors[c]);
            }
            double own = errors[label] - largest, sum = 0;
            for (int c = 0; c < errors.Length; c++) sum += errors[c] = MathF.Exp(errors[c] - largest);
            for (int c = 0; c < errors.Length; c++) errors[c] = (float)(errors[c] / sum);
            errors[label] -= 1;
            return Math.Log(sum) - own;
        }

        // The gradient of each of the text's embeddings, and its squared length.
        private float Propagate(float scale)
        {
            float square = 0;
            for (int d = 0; d < descent.dim; d++)
            {
                float sum = 0;
                for (int c = 0; c < errors.Length; c++) sum += errors[c] * descent.output[c * stride + d];
                gradient[d] = sum * scale;
                square += gradient[d] * gradient[d];
            }
            return square;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Spread(ReadOnlySpan<int> columns, float square, float rate)
        {
            ref float first = ref MemoryMarshal.GetArrayDataReference(descent.rows);
            ref float toward = ref MemoryMarshal.GetArrayDataReference(gradient);
            foreach (int column in columns)
            {
                ref float row = ref Unsafe.Add(ref first, column * stride);
                ref float squares = ref Unsafe.Add(ref row, descent.dim);
                squares += square;
                float length = rate * Unsafe.Add(ref squares, 1) / MathF.Sqrt(squares + Nearest);
                for (int d = 0; d < stride; d += 4)
                {
                    ref float part = ref Unsafe.Add(ref row, d);
                    (Vector128.LoadUnsafe(ref part) - Vector128.LoadUnsafe(ref Unsafe.Add(ref toward, d)) * length).StoreUnsafe(ref part);
                }
            }
        }

        private void Learn(float rate)
        {
            float square = 0;
            for (int d = 0; d < descent.dim; d++) square += text[d] * text[d];
            for (int c = 0; c < errors.Length; c++)
            {
                float error = errors[c] * errors[c];
                descent.Intercepts[c] -= rate * errors[c] / MathF.Sqrt(1 + (descent.interceptSquares[c] += error));
                float length = OutputShare * rate * errors[c] / MathF.Sqrt(1 + (descent.outputSquares[c] += error * square));
                for (int d = 0; d < descent.dim; d++) descent.output[c * stride + d] -= length * text[d];
            }
        }
    }
}
