using Vigie.Onnx;

namespace Vigie.Networks;

/// <summary>
/// The part of a network's graph from ids to one vector a text: (texts, pooled width). H is the width of a step. Time comes first: ONNX Runtime knows no other
/// order of memories, and sums over the first side alike however many texts there are, so that a text scores the same alone and among others.
/// </summary>
internal sealed class OnnxNetworkSteps(GraphBuilder graph, NetworkWeights network, int columns)
{
    private readonly NetworkShape shape = network.Shape;
    private string? mask, zero;

    /// <summary>Embeddings, pooled.</summary>
    public string Averaged() => Pooled(Embedded());

    /// <summary>Convolutions, pooled.</summary>
    public string Convolved()
    {
        string real = graph.Node("Where", "embedded.real", [Mask(), Embedded(), Zero()]); // whatever stands behind the text is zero
        string channels = graph.Node("Transpose", "channels", [real], ("perm", new[] { 1, 2, 0 })); // (texts, D, steps)
        var bySize = shape.Kernels.Distinct().ToDictionary(size => size, size => Convolution(channels, size));
        string[] outputs = [.. shape.Kernels.Select(size => bySize[size])];
        string side = outputs.Length == 1 ? outputs[0] : graph.Node("Concat", "kernels", outputs, ("axis", 1)); // (texts, H, steps)
        return Pooled(graph.Node("Transpose", "steps", [side], ("perm", new[] { 2, 0, 1 })));
    }

    /// <summary>Memories, pooled.</summary>
    public string Recurrent()
    {
        string steps = Embedded(), states = "";
        string pair = graph.Constant("pair", false, 0, 0, -1); // joins the directions: (…, …, 2, U) to (…, …, 2U)
        for (int l = 0; l < shape.Layers; l++)
        {
            bool last = l == shape.Layers - 1;
            bool everyStep = !last || shape.Pooling != Pooling.Last;
            states = last && shape.Pooling.HasFlag(Pooling.Last) ? "states" : "";
            string outputs = everyStep ? $"lstm.{l}.directions" : "";
            graph.Node(
                "LSTM",
                [steps, Gates(l, "input"), Gates(l, "hidden"), Biases(l), OnnxNetwork.Lengths],
                states.Length > 0 ? [outputs, states] : [outputs],
                ("hidden_size", shape.Units), ("direction", shape.Kind == NetworkKind.Bilstm ? "bidirectional" : "forward"));
            if (!everyStep) break;
            string sides = graph.Node("Transpose", $"lstm.{l}.sides", [outputs], ("perm", new[] { 0, 2, 1, 3 })); // (steps, texts, directions, U)
            steps = graph.Node("Reshape", $"lstm.{l}", [sides, pair]);
        }
        if (states.Length == 0) return Pooled(steps);
        string ends = graph.Node("Transpose", "ends.sides", [states], ("perm", new[] { 1, 0, 2 })); // (texts, directions, U)
        string end = graph.Node("Reshape", "end", [ends, graph.Constant("flat", false, 0, -1)]);
        return Pooled(steps, end);
    }

    // (steps, texts, D)
    private string Embedded()
    {
        string ids = graph.Node("Transpose", "ids.by_time", [OnnxNetwork.Ids], ("perm", columns == 1 ? [1, 0] : new[] { 1, 0, 2 }));
        string table = graph.Array(OnnxNetwork.Embedding, network["embedding"].Shape, network["embedding"].Values);
        string rows = graph.Node("Gather", columns == 1 ? "embedded" : "embedded.columns", [table, ids]);
        return columns == 1 ? rows : graph.Node("ReduceSum", "embedded", [rows, graph.Constant("columns", false, 2)], ("keepdims", 0));
    }

    private string Convolution(string channels, int size)
    {
        string sums = graph.Node(
            "Conv",
            $"cnn.{size}.sum",
            [channels, Store($"cnn.{size}.weight"), Store($"cnn.{size}.bias")],
            ("kernel_shape", new[] { size }), ("pads", new[] { (size - 1) / 2, size - 1 - (size - 1) / 2 }));
        return graph.Node("Relu", $"cnn.{size}", [sums]);
    }

    // (steps, texts, H) to (texts, pooled width)
    private string Pooled(string steps, string? end = null)
    {
        List<string> parts = end is null ? [] : [end];
        if (shape.Pooling.HasFlag(Pooling.Max))
        {
            string real = graph.Node("Where", "max.real", [Mask(), steps, graph.Array("lowest", [], [float.MinValue])]);
            parts.Add(graph.Node("ReduceMax", "max", [real], ("axes", new[] { 0 }), ("keepdims", 0)));
        }
        if (shape.Pooling.HasFlag(Pooling.Mean))
        {
            string counts = graph.Node("Unsqueeze", "counts", [graph.Node("Cast", "counts.flat", [OnnxNetwork.Lengths], ("to", (int)GraphBuilder.Numbers.Single)), graph.Constant("counts.axis", false, 1)]);
            string real = graph.Node("Where", "mean.real", [Mask(), steps, Zero()]);
            parts.Add(graph.Node("Div", "mean", [Sum("mean.sum", real), counts]));
        }
        if (shape.Pooling.HasFlag(Pooling.Attention)) parts.Add(Attended(steps));
        return parts.Count == 1 ? parts[0] : graph.Node("Concat", "pooled", [.. parts], ("axis", 1));
    }

    private string Attended(string steps)
    {
        NetworkArray weight = network["attention.weight"], query = network["attention.query"];
        int units = weight.Shape[0], width = weight.Shape[1];
        var turned = new float[weight.Values.Length];
        for (int u = 0; u < units; u++)
        {
            for (int h = 0; h < width; h++) turned[h * units + u] = weight.Values[u * width + h];
        }
        string sums = graph.Node("MatMul", "attention.products", [steps, graph.Array("attention.weight", [width, units], turned)]);
        string tanh = graph.Node("Tanh", "attention.tanh", [graph.Node("Add", "attention.sums", [sums, Store("attention.bias")])]);
        string logits = graph.Node("MatMul", "attention.logits", [tanh, graph.Array("attention.query", [units, 1], query.Values)]); // (steps, texts, 1)
        string real = graph.Node("Where", "attention.real", [Mask(), logits, graph.Array("impossible", [], [float.MinValue])]);
        string shares = graph.Node("Softmax", "attention.shares", [real], ("axis", 0));
        return Sum("attention", graph.Node("Mul", "attention.parts", [steps, shares]));
    }

    private string Sum(string name, string steps) => graph.Node("ReduceSum", name, [steps, graph.Constant($"{name}.axis", false, 0)], ("keepdims", 0));

    // True where a step counts: (steps, texts, 1).
    private string Mask()
    {
        if (mask is not null) return mask;
        string steps = graph.Node("Gather", "steps.count", [graph.Node("Shape", "ids.shape", [OnnxNetwork.Ids]), graph.Constant("steps.side", true, 1)]);
        string numbers = graph.Node("Range", "steps.numbers", [graph.Constant("steps.first", true, 0), steps, graph.Constant("steps.next", true, 1)]);
        string lengths = graph.Node("Cast", "lengths.long", [OnnxNetwork.Lengths], ("to", (int)GraphBuilder.Numbers.Int64));
        string column = graph.Node("Unsqueeze", "steps.column", [numbers, graph.Constant("mask.texts", false, 1)]);
        return mask = graph.Node("Unsqueeze", "mask", [graph.Node("Less", "mask.flat", [column, lengths]), graph.Constant("mask.features", false, 2)]);
    }

    private string Zero() => zero ??= graph.Array("zero", [], [0f]);

    // Of all directions, (directions, 4U, inputs): the format's gates are input, output, forget, cell, libtorch's input, forget, cell, output.
    private string Gates(int layer, string name)
    {
        NetworkArray first = network[$"lstm.{layer}.{name}"];
        int gate = first.Values.Length / 4;
        float[] values = new float[Directions.Length * first.Values.Length];
        for (int d = 0; d < Directions.Length; d++) Reorder(network[$"lstm.{layer}{Directions[d]}.{name}"].Values, values.AsSpan(d * first.Values.Length), gate);
        return graph.Array($"lstm.{layer}.{name}", [Directions.Length, .. first.Shape], values);
    }

    // (directions, 8U): the format adds a bias of the input and one of the hidden state; the second is zero.
    private string Biases(int layer)
    {
        float[] values = new float[Directions.Length * 8 * shape.Units];
        for (int d = 0; d < Directions.Length; d++) Reorder(network[$"lstm.{layer}{Directions[d]}.bias"].Values, values.AsSpan(d * 8 * shape.Units), shape.Units);
        return graph.Array($"lstm.{layer}.bias", [Directions.Length, 8 * shape.Units], values);
    }

    private static void Reorder(ReadOnlySpan<float> gates, Span<float> into, int gate)
    {
        ReadOnlySpan<int> order = [0, 3, 1, 2];
        for (int g = 0; g < 4; g++) gates.Slice(order[g] * gate, gate).CopyTo(into[(g * gate)..]);
    }

    private string[] Directions => shape.Kind == NetworkKind.Bilstm ? ["", ".reverse"] : [""];

    private string Store(string name) => graph.Array(name, network[name].Shape, network[name].Values);
}
