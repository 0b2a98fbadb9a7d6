using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Vigie.Networks;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Vigie.Torch;

/// <summary>
/// The embedding table, apart from libtorch. A batch touches a few thousand of its rows, so gradients are gathered and the optimiser moves values for those
/// rows alone (lazy Adam: a row's moments stand still while it is not used); over the whole table a step would cost more than the rest of a small network.
/// </summary>
internal sealed class EmbeddingTable
{
    private readonly int dimension;
    private readonly int[] places; // of a row among those of the batch, or -1
    private readonly List<int> touched = [];
    private float[] gradients = [];

    /// <param name="rows">What is learnt from: number of rows, first values.</param>
    /// <param name="dimension">Length of a row.</param>
    /// <param name="tuned">Whether it is learnt on.</param>
    /// <param name="seed">Draws the first values where none are given.</param>
    public EmbeddingTable(NetworkRows rows, int dimension, bool tuned, int seed)
    {
        (this.dimension, Tuned) = (dimension, tuned);
        Values = rows.Embedding is { } given ? given.ToArray() : new float[checked(rows.EmbeddingRows * dimension)];
        if (rows.Embedding is null)
        {
            var random = new Xoshiro256((ulong)seed, Streams.Embedding);
            // Uniform with standard deviation 0.1, about that of trained word vectors.
            for (int i = dimension; i < Values.Length; i++) Values[i] = (float)((2 * random.NextDouble() - 1) * 0.17320508);
        }
        Values.AsSpan(0, dimension).Clear();
        places = tuned ? new int[rows.EmbeddingRows] : [];
        Array.Fill(places, -1);
        FirstMoment = new float[tuned ? Values.Length : 0];
        SecondMoment = new float[tuned ? Values.Length : 0];
    }

    /// <param name="values">The table, which is kept as it is.</param>
    /// <param name="dimension">Length of a row.</param>
    public EmbeddingTable(float[] values, int dimension) => (this.dimension, Values, places, FirstMoment, SecondMoment) = (dimension, values, [], [], []);

    public bool Tuned { get; }

    public float[] Values { get; }

    public float[] FirstMoment { get; }

    public float[] SecondMoment { get; }

    /// <summary>The gradients of the rows touched by the batch, row by row.</summary>
    public ReadOnlySpan<float> Gradients => gradients.AsSpan(0, touched.Count * dimension);

    /// <summary>The vectors of a batch's steps on a device, (batch, time, dimension).</summary>
    public Tensor Embed(EncodedTexts texts, TextBatch batch, Device device)
    {
        Tensor steps = empty(batch.Texts.Length, batch.Steps, dimension, ScalarType.Float32);
        Gather(texts, batch, MemoryMarshal.Cast<byte, float>(steps.bytes));
        return steps.to(device);
    }

    /// <summary>Writes the vectors of a batch's steps; those behind a text's end are zero.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="batch">Which of them.</param>
    /// <param name="vectors">Receives texts × steps × dimension.</param>
    public void Gather(EncodedTexts texts, TextBatch batch, Span<float> vectors)
    {
        int columns = texts.Columns;
        foreach (int text in batch.Texts.Span)
        {
            ReadOnlySpan<int> ids = texts[text];
            for (int i = 0; i < ids.Length; i += columns)
            {
                Span<float> step = vectors[(i / columns * dimension)..][..dimension];
                Row(ids[i]).CopyTo(step);
                for (int c = 1; c < columns; c++) TensorPrimitives.Add(step, Row(ids[i + c]), step);
            }
            vectors[(ids.Length / columns * dimension)..(batch.Steps * dimension)].Clear();
            vectors = vectors[(batch.Steps * dimension)..];
        }
    }

    /// <summary>Forgets the gradients.</summary>
    public void Clear()
    {
        foreach (int row in touched) places[row] = -1;
        touched.Clear();
    }

    /// <summary>Adds the gradients of a batch's steps to those of their rows.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="batch">Which of them.</param>
    /// <param name="vectors">Gradients of what <see cref="Gather"/> wrote.</param>
    public void Collect(EncodedTexts texts, TextBatch batch, ReadOnlySpan<float> vectors)
    {
        int columns = texts.Columns;
        foreach (int text in batch.Texts.Span)
        {
            ReadOnlySpan<int> ids = texts[text];
            for (int i = 0; i < ids.Length; i++)
            {
                if (ids[i] == TokenVocabulary.Padding) continue;
                ReadOnlySpan<float> step = vectors[(i / columns * dimension)..][..dimension];
                Span<float> sum = Touch(ids[i], out bool isNew);
                if (isNew) step.CopyTo(sum);
                else TensorPrimitives.Add(sum, step, sum);
            }
            vectors = vectors[(batch.Steps * dimension)..];
        }
    }

    /// <summary>Moves the rows touched.</summary>
    public void Step(Adam adam, float scale)
    {
        for (int i = 0; i < touched.Count; i++)
        {
            int at = touched[i] * dimension;
            adam.Step(Values.AsSpan(at, dimension), gradients.AsSpan(i * dimension, dimension), FirstMoment.AsSpan(at, dimension), SecondMoment.AsSpan(at, dimension), scale, 0);
        }
    }

    private ReadOnlySpan<float> Row(int id) => Values.AsSpan(id * dimension, dimension);

    private Span<float> Touch(int row, out bool isNew)
    {
        isNew = places[row] < 0;
        if (isNew)
        {
            places[row] = touched.Count;
            touched.Add(row);
            if (touched.Count * dimension > gradients.Length) Array.Resize(ref gradients, Math.Max(1024 * dimension, 2 * gradients.Length));
        }
        return gradients.AsSpan(places[row] * dimension, dimension);
    }
}
