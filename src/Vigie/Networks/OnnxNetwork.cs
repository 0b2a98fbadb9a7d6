using Vigie.Onnx;

namespace Vigie.Networks;

/// <summary>
/// A trained network as a graph of the ONNX format. Inputs are <c>ids</c>, (texts, steps), or (texts, steps, columns) where a step has several, and
/// <c>lengths</c>, (texts), the steps of each text that count, from 1; both are 32-bit whole numbers. The output is <c>scores</c>, (texts, scores).
/// What stands behind a text's length changes nothing, so texts of different lengths may be run together.
/// </summary>
public static class OnnxNetwork
{
    /// <summary>The input of embedding rows.</summary>
    public const string Ids = "ids";

    /// <summary>The input of lengths.</summary>
    public const string Lengths = "lengths";

    /// <summary>The output.</summary>
    public const string Scores = "scores";

    /// <summary>The name of the stored embedding table.</summary>
    public const string Embedding = "embedding";

    /// <summary>What a network's graph may hold: the operators that <see cref="Write"/> uses, and arrays that are all there.</summary>
    public static OnnxRules Rules { get; } = new()
    {
        Operators = new HashSet<string>(StringComparer.Ordinal)
        {
            "Add", "Cast", "Concat", "Conv", "Div", "Gather", "Gemm", "Less", "LSTM", "MatMul", "Mul", "Range", "ReduceMax", "ReduceSum", "Relu", "Reshape",
            "Shape", "Softmax", "Tanh", "Transpose", "Unsqueeze", "Where",
        },
        MostNodes = 1_000,
        RawArraysOnly = true,
    };

    /// <summary>Writes a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="columns">Ids per step, from 1: those of <see cref="TokenVocabulary.Columns"/>.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidInputException">The file would be larger than the format allows, or a number is not finite.</exception>
    public static byte[] Write(NetworkWeights network, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        foreach (NetworkArray array in network.Arrays)
        {
            int at = Array.FindIndex(array.Values, value => !float.IsFinite(value));
            if (at >= 0) throw new InvalidInputException($"the network's array {array.Name} has the number {array.Values[at]} at {at}: it was trained to nothing; try a lower learning rate");
        }
        var graph = new GraphBuilder("network");
        NetworkShape shape = network.Shape;
        object[] sides = columns == 1 ? ["texts", "steps"] : ["texts", "steps", columns];
        graph.Input(Ids, GraphBuilder.Numbers.Int32, sides);
        graph.Input(Lengths, GraphBuilder.Numbers.Int32, "texts");
        var steps = new OnnxNetworkSteps(graph, network, columns);
        string pooled = shape.Kind is NetworkKind.Lstm or NetworkKind.Bilstm ? steps.Recurrent() : shape.Kind == NetworkKind.Cnn ? steps.Convolved() : steps.Averaged();
        for (int l = 0; shape.Kind == NetworkKind.Dense && l < shape.Layers; l++) pooled = graph.Node("Relu", $"dense.{l}", [Layer($"dense.{l}", pooled, $"dense.{l}.sum")]);
        Layer("head", pooled, Scores);
        graph.Output(Scores, GraphBuilder.Numbers.Single, "texts", shape.Scores);
        return graph.Build();

        string Layer(string name, string input, string output) => graph.Node("Gemm", output, [input, Store($"{name}.weight"), Store($"{name}.bias")], ("transB", 1));

        string Store(string name) => graph.Array(name, network[name].Shape, network[name].Values);
    }

    /// <summary>Opens a network's graph to be run by one thread at a time and text, and checks that it goes with a vocabulary.</summary>
    internal static OnnxSession Open(byte[] file, TokenVocabulary vocabulary, string name)
    {
        ModelProto model = OnnxFile.Read(file, name, Rules);
        TensorProto? table = model.Graph.Initializer.FirstOrDefault(array => array.Name == Embedding);
        if (table is not { Dims.Count: 2 } || table.Dims[0] != vocabulary.Rows)
            throw new InvalidInputException($"{name}: its embedding table is {(table is null ? "missing" : string.Join(" × ", table.Dims))}, and the vocabulary has {vocabulary.Rows:N0} rows");
        OnnxSession session = OnnxSession.OpenRead(file, name, threads: 1);
        Port(session.Inputs, Ids, typeof(int), vocabulary.Columns == 1 ? [-1, -1] : [-1, -1, vocabulary.Columns], name);
        Port(session.Inputs, Lengths, typeof(int), [-1], name);
        Port(session.Outputs, Scores, typeof(float), [-1, Math.Max(1, session.Outputs[0].Shape[^1])], name);
        if (session.Inputs.Count != 2 || session.Outputs.Count != 1) throw new InvalidInputException($"{name}: {session.Inputs.Count} inputs and {session.Outputs.Count} outputs; expected {Ids} and {Lengths}, and {Scores}");
        return session;
    }

    private static void Port(IReadOnlyList<OnnxPort> ports, string port, Type type, IReadOnlyList<int> shape, string name)
    {
        OnnxPort? found = ports.FirstOrDefault(one => one.Name == port);
        if (found is null || found.Type != type || !found.Shape.SequenceEqual(shape))
            throw new InvalidInputException($"{name}: {port} is {(found is null ? "missing" : $"{found.Type.Name} ({string.Join(", ", found.Shape)})")}; expected {type.Name} ({string.Join(", ", shape)})");
    }
}
