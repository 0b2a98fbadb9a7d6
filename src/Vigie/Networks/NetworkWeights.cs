namespace Vigie.Networks;

/// <summary>A named array.</summary>
/// <param name="Name">As <see cref="NetworkWeights"/> lists them.</param>
/// <param name="Shape">Its sides; the last one varies fastest.</param>
/// <param name="Values">As many numbers as the sides' product.</param>
public sealed record NetworkArray(string Name, IReadOnlyList<int> Shape, float[] Values);

/// <summary>
/// A trained network as plain arrays, row by row (the last side varies fastest), in this order and under these names. D is the shape's dimension, U its units,
/// H the width of a step after the middle part (<see cref="NetworkShape.StepWidth"/>), S the number of scores.
/// <list type="table">
/// <item><term><c>embedding</c></term><description>(rows, D). A step's vector is the sum of the rows that its columns name. Row 0 is padding and zero.</description></item>
/// <item><term><c>lstm.L.input</c></term><description>(4U, D for L = 0, else H): of layer L, from the step's input x to the gates, in libtorch's order
/// i, f, g, o (input, forget, cell, output), U rows each.</description></item>
/// <item><term><c>lstm.L.hidden</c></term><description>(4U, U): from the hidden state h to the same gates.</description></item>
/// <item><term><c>lstm.L.bias</c></term><description>(4U). gates = input · x + hidden · h + bias; c = σ(f) c + σ(i) tanh(g); h = σ(o) tanh(c); both start at 0.</description></item>
/// <item><term><c>lstm.L.reverse.input</c>, <c>.hidden</c>, <c>.bias</c></term><description>The same of the memory that runs from the last real step to the first. A step's
/// output is its forward state, then its backward state (2U).</description></item>
/// <item><term><c>cnn.K.weight</c></term><description>(U, D, K) of kernel size K, and <c>cnn.K.bias</c> (U): output t is relu(bias + Σ weight[·, ·, k] · x[t + k − (K − 1)/2]), steps
/// beyond the text being zero. The kernel sizes' outputs stand side by side.</description></item>
/// <item><term><c>attention.weight</c></term><description>(U, H), with <c>attention.bias</c> (U) and <c>attention.query</c> (U): the weight of step t is the softmax over real
/// steps of query · tanh(weight · h + bias).</description></item>
/// <item><term><c>dense.L.weight</c></term><description>(U, pooled width for L = 0, else U) and <c>dense.L.bias</c> (U), each followed by relu.</description></item>
/// <item><term><c>head.weight</c></term><description>(S, <see cref="NetworkShape.HeadWidth"/>) and <c>head.bias</c> (S): the scores, log-odds or softmax's logits.</description></item>
/// </list>
/// A network has those of its kind and pooling only. Pooled vectors stand side by side in the order of <see cref="Pooling"/>.
/// </summary>
public sealed class NetworkWeights
{
    /// <summary>Takes a network's arrays.</summary>
    /// <param name="shape">The network's shape.</param>
    /// <param name="embeddingRows">Rows of the embedding table.</param>
    /// <param name="arrays">All arrays, in any order; kept, not copied.</param>
    /// <exception cref="InvalidInputException">An array is missing, is not of this network, or has another shape.</exception>
    public NetworkWeights(NetworkShape shape, int embeddingRows, IEnumerable<NetworkArray> arrays)
    {
        (Shape, EmbeddingRows) = (shape.Validated(), embeddingRows);
        Dictionary<string, NetworkArray> given = [];
        foreach (NetworkArray array in arrays)
        {
            if (!given.TryAdd(array.Name, array)) throw new InvalidInputException($"the network has two arrays {array.Name}");
        }
        Arrays = [.. Layout(shape, embeddingRows).Select(expected => Take(given, expected))];
        if (given.Count > 0) throw new InvalidInputException($"the network has an array {given.Keys.First()}, which a {shape.Kind.ToString().ToLowerInvariant()} of this shape has not");
    }

    /// <summary>The network's shape.</summary>
    public NetworkShape Shape { get; }

    /// <summary>Rows of the embedding table.</summary>
    public int EmbeddingRows { get; }

    /// <summary>All arrays, in the order of <see cref="Layout"/>.</summary>
    public IReadOnlyList<NetworkArray> Arrays { get; }

    /// <summary>The embedding table, rows × dimension, row by row.</summary>
    public ReadOnlySpan<float> Embedding => Arrays[0].Values;

    /// <summary>An array by its name.</summary>
    /// <exception cref="InvalidInputException">The network has no such array.</exception>
    public NetworkArray this[string name] => Arrays.FirstOrDefault(array => array.Name == name) ?? throw new InvalidInputException($"the network has no array {name}");

    /// <summary>Names and shapes of a network's arrays, in their order; the embedding table first.</summary>
    public static IEnumerable<(string Name, IReadOnlyList<int> Shape)> Layout(NetworkShape shape, int embeddingRows)
    {
        yield return ("embedding", [embeddingRows, shape.Dimension]);
        IEnumerable<(string, IReadOnlyList<int>)> middle = shape.Kind switch
        {
            NetworkKind.Lstm or NetworkKind.Bilstm => Memories(shape),
            NetworkKind.Cnn => shape.Kernels.SelectMany(size => Weighted($"cnn.{size}", shape.Units, shape.Dimension, size)),
            _ => [],
        };
        foreach ((string, IReadOnlyList<int>) array in middle) yield return array;
        if (shape.Pooling.HasFlag(Pooling.Attention))
        {
            foreach ((string, IReadOnlyList<int>) array in Weighted("attention", shape.Units, shape.StepWidth)) yield return array;
            yield return ("attention.query", [shape.Units]);
        }
        if (shape.Kind == NetworkKind.Dense)
        {
            for (int l = 0; l < shape.Layers; l++)
            {
                foreach ((string, IReadOnlyList<int>) array in Weighted($"dense.{l}", shape.Units, l == 0 ? shape.PooledWidth : shape.Units)) yield return array;
            }
        }
        foreach ((string, IReadOnlyList<int>) array in Weighted("head", shape.Scores, shape.HeadWidth)) yield return array;
    }

    private static IEnumerable<(string, IReadOnlyList<int>)> Memories(NetworkShape shape)
    {
        string[] directions = shape.Kind == NetworkKind.Bilstm ? ["", ".reverse"] : [""];
        for (int l = 0; l < shape.Layers; l++)
        {
            foreach (string direction in directions)
            {
                yield return ($"lstm.{l}{direction}.input", [4 * shape.Units, l == 0 ? shape.Dimension : shape.StepWidth]);
                yield return ($"lstm.{l}{direction}.hidden", [4 * shape.Units, shape.Units]);
                yield return ($"lstm.{l}{direction}.bias", [4 * shape.Units]);
            }
        }
    }

    private static IEnumerable<(string, IReadOnlyList<int>)> Weighted(string name, int outputs, params int[] inputs) =>
        [($"{name}.weight", [outputs, .. inputs]), ($"{name}.bias", [outputs])];

    private static NetworkArray Take(Dictionary<string, NetworkArray> given, (string Name, IReadOnlyList<int> Shape) expected)
    {
        if (!given.Remove(expected.Name, out NetworkArray? array)) throw new InvalidInputException($"the network lacks the array {expected.Name}");
        if (!array.Shape.SequenceEqual(expected.Shape) || array.Values.LongLength != expected.Shape.Aggregate(1L, (product, side) => product * side))
            throw new InvalidInputException($"the array {array.Name} is {string.Join(" × ", array.Shape)} with {array.Values.LongLength} numbers; expected {string.Join(" × ", expected.Shape)}");
        return array;
    }
}
