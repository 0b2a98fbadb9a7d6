using Vigie.Networks;

namespace Vigie.Torch;

/// <summary>An array that is learnt, with its gradient and what Adam remembers of earlier ones. All of it is 32-bit and lies in managed memory, whatever device computes.</summary>
internal sealed class Parameter(string name, IReadOnlyList<int> shape)
{
    public string Name { get; } = name;

    public IReadOnlyList<int> Shape { get; } = shape;

    public float[] Values { get; private set; } = new float[Size(shape)];

    public float[] Gradient { get; } = new float[Size(shape)];

    public float[] FirstMoment { get; } = new float[Size(shape)];

    public float[] SecondMoment { get; } = new float[Size(shape)];

    /// <summary>Biases are not drawn towards zero.</summary>
    public bool Decays => Shape.Count > 1;

    /// <summary>A weight from hidden state to hidden state, which recurrent dropout is for.</summary>
    public bool IsRecurrent => Name.EndsWith(".hidden", StringComparison.Ordinal);

    public NetworkArray ToArray() => new(Name, Shape, (float[])Values.Clone());

    /// <summary>All parameters of a network but its embedding table, drawn: uniform after Glorot &amp; Bengio (2010), biases 0, forget gates' 1 (Jozefowicz et al. 2015).</summary>
    public static Parameter[] Draw(NetworkShape shape, int seed)
    {
        Parameter[] all = [.. NetworkWeights.Layout(shape, 0).Skip(1).Select(array => new Parameter(array.Name, array.Shape))];
        var random = new Xoshiro256((ulong)seed, Streams.Weights);
        foreach (Parameter parameter in all) parameter.Draw(shape, random);
        return all;
    }

    private void Draw(NetworkShape shape, Xoshiro256 random)
    {
        if (Shape.Count == 1 && !Name.EndsWith(".query", StringComparison.Ordinal))
        {
            if (Name.StartsWith("lstm.", StringComparison.Ordinal)) Values.AsSpan(shape.Units, shape.Units).Fill(1);
            return;
        }
        // A gate is a matrix of its own: the four that stand one upon the other do not widen each other's fan-out.
        int outputs = Name.StartsWith("lstm.", StringComparison.Ordinal) ? shape.Units : Shape.Count == 1 ? 1 : Shape[0];
        int inputs = Shape.Count == 1 ? Shape[0] : Shape[1], width = Shape.Count == 3 ? Shape[2] : 1;
        double bound = Math.Sqrt(6.0 / ((inputs + outputs) * width));
        for (int i = 0; i < Values.Length; i++) Values[i] = (float)((2 * random.NextDouble() - 1) * bound);
    }

    private static int Size(IReadOnlyList<int> shape) => shape.Aggregate(1, (product, side) => checked(product * side));
}

/// <summary>Unrelated sequences of one seed. Batches are drawn from the streams 1, 2, …, one an epoch; those of a step are counted up from <see cref="Steps"/>.</summary>
internal static class Streams
{
    public const ulong Weights = 1UL << 40, Embedding = Weights + 1, Steps = 1UL << 41;
}
