using Google.Protobuf;
using Vigie.Networks;
using Vigie.Onnx;
using Vigie.Tests.Networks;

namespace Vigie.Tests.Onnx;

/// <summary>What a file from elsewhere could do beyond computing scores is refused before native code reads it.</summary>
public sealed class OnnxSessionTests
{
    private static readonly byte[] Whole = OnnxNetwork.Write(SmallNetworks.Draw(SmallNetworks.Shapes[0], 20), 1);

    [Fact]
    public void An_array_in_another_file_is_refused()
    {
        string message = Refusal(model =>
        {
            TensorProto array = model.Graph.Initializer[0];
            array.RawData = ByteString.Empty;
            array.DataLocation = TensorProto.Types.DataLocation.External;
            array.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "/etc/passwd" });
        });
        Assert.Contains("the array embedding is kept in another file", message, StringComparison.Ordinal);
        Assert.Contains("kept in another file", Refusal(model => model.Graph.Initializer[1].ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "x" }), OnnxRules.Encoder), StringComparison.Ordinal);
    }

    [Fact]
    public void An_operator_of_someones_own_is_refused()
    {
        Assert.Contains("needs operators of 'mine'", Refusal(model => model.Graph.Node[0].Domain = "mine", OnnxRules.Encoder), StringComparison.Ordinal);
        Assert.Contains("needs operators of 'mine'", Refusal(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "mine", Version = 1 })), StringComparison.Ordinal);
        Assert.Contains("the operator Tile is not one of those accepted here (Add, Cast,", Refusal(model => model.Graph.Node[0].OpType = "Tile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Graphs_within_operators_functions_and_graphs_for_training_are_refused()
    {
        Assert.Contains("holds a graph of its own", Refusal(model => model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "body", G = new GraphProto() })), StringComparison.Ordinal);
        Assert.Contains("functions of its own", Refusal(model => model.Functions.Add(ByteString.CopyFrom(1))), StringComparison.Ordinal);
        Assert.Contains("a graph for training", Refusal(model => model.TrainingInfo.Add(ByteString.CopyFrom(1))), StringComparison.Ordinal);
        Assert.Contains("sparse arrays", Refusal(model => model.Graph.SparseInitializer.Add(ByteString.CopyFrom(1))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(21L)]
    [InlineData(long.MaxValue)]
    public void An_array_that_does_not_fill_its_shape_is_refused(long side) =>
        Assert.Contains("the array embedding of type 1 and shape", Refusal(model => model.Graph.Initializer[0].Dims[0] = side), StringComparison.Ordinal);

    [Fact]
    public void What_the_rules_do_not_see_ONNX_Runtime_refuses()
    {
        Assert.Contains("network.onnx: ONNX Runtime cannot carry it out", Refusal(model => model.Graph.Node[0].Input[0] = "nothing"), StringComparison.Ordinal);
        Assert.Contains("network.onnx: ONNX Runtime cannot carry it out", Refusal(model => model.OpsetImport[0].Version = 1_000), StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_with_too_much_is_refused()
    {
        Assert.Contains("more than 3 operators", Refusal(_ => { }, OnnxNetwork.Rules with { MostNodes = 3 }), StringComparison.Ordinal);
        Assert.Contains("more than the 100 that are accepted", Refusal(_ => { }, OnnxNetwork.Rules with { MostBytes = 100 }), StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_and_outputs_are_told()
    {
        OnnxSession session = OnnxSession.Open(Whole, "network.onnx", OnnxRules.Encoder);
        Assert.Equal(["ids", "lengths"], session.Inputs.Select(port => port.Name));
        Assert.Equal((typeof(int), 2), (session.Inputs[0].Type, session.Inputs[0].Shape.Count));
        Assert.Equal([-1, 1], session.Outputs[0].Shape);
    }

    private static string Refusal(Action<ModelProto> change, OnnxRules? rules = null)
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Whole);
        change(model);
        return Assert.Throws<InvalidInputException>(() => OnnxSession.Open(model.ToByteArray(), "network.onnx", rules ?? OnnxNetwork.Rules)).Message;
    }
}
