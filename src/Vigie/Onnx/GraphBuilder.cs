using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Vigie.Onnx;

/// <summary>Writes a graph operator by operator. Values are known by their names; the same calls give the same bytes.</summary>
internal sealed class GraphBuilder(string name)
{
    /// <summary>The version of the standard operators that graphs are written in: ONNX 1.12 of 2022, which every runtime in use reads.</summary>
    public const int OperatorVersion = 17;

    private const int FormatVersion = 8; // the one that came with operator version 17
    private readonly GraphProto graph = new() { Name = name };

    /// <summary>Element types of the format.</summary>
    public enum Numbers
    {
        /// <summary>32-bit floating point.</summary>
        Single = 1,

        /// <summary>32-bit whole numbers.</summary>
        Int32 = 6,

        /// <summary>64-bit whole numbers.</summary>
        Int64 = 7,
    }

    /// <summary>Declares an input; a side is a number, or a name where it may differ from run to run.</summary>
    public string Input(string input, Numbers type, params ReadOnlySpan<object> shape)
    {
        graph.Input.Add(Port(input, type, shape));
        return input;
    }

    /// <summary>Declares an output.</summary>
    public void Output(string output, Numbers type, params ReadOnlySpan<object> shape) => graph.Output.Add(Port(output, type, shape));

    /// <summary>Stores an array.</summary>
    public string Array(string array, IEnumerable<int> shape, ReadOnlySpan<float> values) => Array(array, Numbers.Single, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Stores whole numbers: one where <paramref name="values"/> is alone, with a shape of no sides, else a row of them.</summary>
    public string Constant(string constant, bool scalar, params ReadOnlySpan<long> values) => Array(constant, Numbers.Int64, scalar ? [] : [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Adds an operator with one output, which gets its name.</summary>
    public string Node(string type, string output, ReadOnlySpan<string> inputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        Node(type, inputs, [output], attributes);
        return output;
    }

    /// <summary>Adds an operator; an empty name stands for an input or output that is left out.</summary>
    public void Node(string type, ReadOnlySpan<string> inputs, ReadOnlySpan<string> outputs, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = type, Name = $"{type}:{outputs[^1]}" };
        foreach (string input in inputs) node.Input.Add(input);
        foreach (string output in outputs) node.Output.Add(output);
        foreach ((string attribute, object value) in attributes) node.Attribute.Add(Attribute(attribute, value));
        graph.Node.Add(node);
    }

    /// <summary>The file.</summary>
    /// <exception cref="InvalidInputException">It would be larger than the format allows.</exception>
    public byte[] Build()
    {
        long numbers = graph.Initializer.Sum(array => (long)array.RawData.Length);
        if (numbers > int.MaxValue - (1 << 20)) throw new InvalidInputException($"{graph.Name}: {numbers / 1e9:0.0} GB of numbers, and one ONNX file holds 2.1; take fewer words or a smaller dimension");
        var model = new ModelProto { IrVersion = FormatVersion, ProducerName = "vigie", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = OperatorVersion });
        return model.ToByteArray();
    }

    private string Array(string array, Numbers type, IEnumerable<int> shape, ReadOnlySpan<byte> bytes)
    {
        var stored = new TensorProto { Name = array, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        foreach (int side in shape) stored.Dims.Add(side);
        graph.Initializer.Add(stored);
        return array;
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int number:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case int[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                foreach (int number in numbers) attribute.Ints.Add(number);
                break;
            default:
                throw new ArgumentException($"an attribute of type {value.GetType().Name}", nameof(value));
        }
        return attribute;
    }

    private static ValueInfoProto Port(string name, Numbers type, ReadOnlySpan<object> shape)
    {
        var sides = new TensorShapeProto();
        foreach (object side in shape) sides.Dim.Add(side is int number ? new TensorShapeProto.Types.Dimension { DimValue = number } : new TensorShapeProto.Types.Dimension { DimParam = (string)side });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = sides } } };
    }
}
