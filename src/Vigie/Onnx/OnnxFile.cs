using Google.Protobuf;

namespace Vigie.Onnx;

/// <summary>Reads a file of the ONNX format and refuses what the rules do not accept, before ONNX Runtime, which is native code, sees it.</summary>
internal static class OnnxFile
{
    // Bytes of a number of each element type of the format; 0 where the size is not fixed.
    private static ReadOnlySpan<byte> ElementBytes => [0, 4, 1, 1, 2, 2, 4, 8, 0, 1, 2, 8, 4, 8, 8, 16, 2];

    /// <summary>Reads and checks.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="rules">What is accepted.</param>
    /// <exception cref="InvalidInputException">The bytes are no ONNX file, are cut off, or hold what the rules do not accept.</exception>
    public static ModelProto Read(ReadOnlySpan<byte> bytes, string name, OnnxRules rules)
    {
        if (bytes.Length > rules.MostBytes) throw new InvalidInputException($"{name}: {bytes.Length:N0} bytes, more than the {rules.MostBytes:N0} that are accepted");
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException fault)
        {
            throw new InvalidInputException($"{name}: no ONNX file, or cut off ({fault.Message.TrimEnd('.')})", fault);
        }
        if (model.Graph is null || model.Graph.Node.Count == 0 || model.Graph.Output.Count == 0) throw new InvalidInputException($"{name}: holds no ONNX graph");
        if (model.TrainingInfo.Count > 0) throw new InvalidInputException($"{name}: holds a graph for training; export it for inference");
        if (model.Functions.Count > 0) throw new InvalidInputException($"{name}: holds functions of its own; export it with functions inlined");
        foreach (OperatorSetIdProto set in model.OpsetImport) CheckDomain(set.Domain, name, rules);
        int nodes = 0;
        Check(model.Graph, name, rules, ref nodes);
        return model;
    }

    private static void Check(GraphProto graph, string name, OnnxRules rules, ref int nodes)
    {
        if (graph.SparseInitializer.Count > 0) throw new InvalidInputException($"{name}: holds sparse arrays, which are not accepted");
        foreach (TensorProto array in graph.Initializer) Check(array, name, rules);
        foreach (NodeProto node in graph.Node)
        {
            if (++nodes > rules.MostNodes) throw new InvalidInputException($"{name}: more than {rules.MostNodes:N0} operators");
            CheckDomain(node.Domain, name, rules);
            if (rules.Operators is { } accepted && !accepted.Contains(node.OpType)) throw new InvalidInputException($"{name}: the operator {node.OpType} is not one of those accepted here ({string.Join(", ", accepted.Order(StringComparer.Ordinal))})");
            foreach (AttributeProto attribute in node.Attribute) Check(attribute, node, name, rules, ref nodes);
        }
    }

    private static void Check(AttributeProto attribute, NodeProto node, string name, OnnxRules rules, ref int nodes)
    {
        if (attribute.SparseTensor.Length > 0 || attribute.SparseTensors.Count > 0) throw new InvalidInputException($"{name}: the operator {node.OpType} holds a sparse array, which is not accepted");
        if (attribute.T is { } array) Check(array, name, rules);
        foreach (TensorProto one in attribute.Tensors) Check(one, name, rules);
        if (attribute.G is null && attribute.Graphs.Count == 0) return;
        if (!rules.Subgraphs) throw new InvalidInputException($"{name}: the operator {node.OpType} holds a graph of its own, which is not accepted");
        if (attribute.G is { } graph) Check(graph, name, rules, ref nodes);
        foreach (GraphProto inner in attribute.Graphs) Check(inner, name, rules, ref nodes);
    }

    private static void Check(TensorProto array, string name, OnnxRules rules)
    {
        // ONNX Runtime would read any file that the array names.
        if (array.DataLocation != TensorProto.Types.DataLocation.Default || array.ExternalData.Count > 0)
            throw new InvalidInputException($"{name}: the array {array.Name} is kept in another file, which is not accepted; save the model as one file");
        if (!rules.RawArraysOnly) return;
        int width = (uint)array.DataType < (uint)ElementBytes.Length ? ElementBytes[array.DataType] : 0;
        long expected = width;
        foreach (long side in array.Dims) expected = side >= 0 && side <= int.MaxValue && expected is >= 0 and <= int.MaxValue ? expected * side : -1;
        if (width == 0 || expected != array.RawData.Length)
            throw new InvalidInputException($"{name}: the array {array.Name} of type {array.DataType} and shape {string.Join(" × ", array.Dims)} has {array.RawData.Length} bytes of numbers");
    }

    private static void CheckDomain(string domain, string name, OnnxRules rules)
    {
        if (!rules.Domains.Contains(domain)) throw new InvalidInputException($"{name}: needs operators of '{domain}', and only those of {string.Join(", ", rules.Domains.Select(known => known.Length == 0 ? "the standard" : known))} are accepted");
    }
}
