using Microsoft.ML.OnnxRuntime;
using Vigie.Networks;
using Vigie.Onnx;

namespace Vigie.Tests.Networks;

public sealed class OnnxNetworkTests
{
    public static IEnumerable<TheoryDataRow<int, int>> All => Enumerable.Range(0, SmallNetworks.Shapes.Count).SelectMany(shape => new[] { new TheoryDataRow<int, int>(shape, 1), new TheoryDataRow<int, int>(shape, 2) });

    [Theory, MemberData(nameof(All))]
    public void A_graph_computes_what_the_formulas_say(int shape, int columns)
    {
        NetworkWeights network = SmallNetworks.Draw(SmallNetworks.Shapes[shape], 30);
        var reference = new ReferenceNetwork(network);
        int[][] texts = Texts(25, columns);
        double[][] expected = [.. texts.Select(ids => reference.Scores(ids, columns))];
        float[][] found = Run(Open(network, columns), columns, texts, padding: 0);
        for (int i = 0; i < texts.Length; i++)
        {
            for (int s = 0; s < expected[i].Length; s++) Assert.Equal(expected[i][s], found[i][s], 1e-5);
        }
        Assert.True(expected.SelectMany(scores => scores).Distinct().Count() > texts.Length / 2, "the texts hardly differ");
    }

    [Theory, MemberData(nameof(All))]
    public void What_stands_behind_a_text_changes_nothing(int shape, int columns)
    {
        NetworkWeights network = SmallNetworks.Draw(SmallNetworks.Shapes[shape], 30);
        int[][] texts = Texts(25, columns);
        OnnxSession session = Open(network, columns);
        float[][] padded = Run(session, columns, texts, padding: 0), noisy = Run(session, columns, texts, padding: 29), alone = [.. texts.SelectMany(ids => Run(session, columns, [ids], 0))];
        for (int i = 0; i < texts.Length; i++)
        {
            for (int s = 0; s < padded[i].Length; s++)
            {
                Assert.Equal(padded[i][s], noisy[i][s], 1e-6f);
                Assert.Equal(padded[i][s], alone[i][s], 1e-6f);
            }
        }
    }

    [Fact]
    public void The_same_network_gives_the_same_bytes()
    {
        foreach (NetworkShape shape in SmallNetworks.Shapes) Assert.Equal(OnnxNetwork.Write(SmallNetworks.Draw(shape, 30), 1), OnnxNetwork.Write(SmallNetworks.Draw(shape, 30), 1));
    }

    [Fact]
    public void A_network_with_a_number_that_is_not_finite_is_refused()
    {
        NetworkWeights network = SmallNetworks.Draw(SmallNetworks.Shapes[0], 30);
        network["dense.1.bias"].Values[4] = float.NaN;
        Assert.Contains("dense.1.bias has the number NaN at 4", Assert.Throws<InvalidInputException>(() => OnnxNetwork.Write(network, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sides_and_version_are_declared()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(OnnxNetwork.Write(SmallNetworks.Draw(SmallNetworks.Shapes[2], 30), 2));
        Assert.Equal(("vigie", GraphBuilder.OperatorVersion), (model.ProducerName, (int)Assert.Single(model.OpsetImport).Version));
        Assert.Equal(["ids", "lengths"], model.Graph.Input.Select(input => input.Name));
        Assert.Equal(["texts", "steps", ""], model.Graph.Input[0].Type.TensorType.Shape.Dim.Select(side => side.DimParam));
        Assert.Equal([0, 3], model.Graph.Output[0].Type.TensorType.Shape.Dim.Select(side => side.DimValue));
        Assert.All(model.Graph.Node, node => Assert.Contains(node.OpType, OnnxNetwork.Rules.Operators!));
        // Each value is made once, and before it is used.
        HashSet<string> known = [.. model.Graph.Input.Select(input => input.Name), .. model.Graph.Initializer.Select(array => array.Name), ""];
        Assert.Equal(model.Graph.Input.Count + model.Graph.Initializer.Count + 1, known.Count);
        foreach (NodeProto node in model.Graph.Node)
        {
            Assert.All(node.Input, input => Assert.Contains(input, known));
            Assert.All(node.Output, output => Assert.True(known.Add(output), $"{output} is made twice"));
        }
    }

    private static int[][] Texts(int count, int columns)
    {
        var random = new Xoshiro256(9);
        return [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, (1 + random.Next(8)) * columns).Select(_ => 1 + random.Next(29)).ToArray())];
    }

    private static OnnxSession Open(NetworkWeights network, int columns) => OnnxSession.Open(OnnxNetwork.Write(network, columns), "network.onnx", OnnxNetwork.Rules);

    private static float[][] Run(OnnxSession session, int columns, int[][] texts, int padding)
    {
        int steps = texts.Max(ids => ids.Length) / columns;
        int[] ids = [.. texts.SelectMany(text => text.Concat(Enumerable.Repeat(padding, steps * columns - text.Length)))];
        long[] shape = columns == 1 ? [texts.Length, steps] : [texts.Length, steps, columns];
        using OrtValue given = OrtValue.CreateTensorValueFromMemory(ids, shape);
        using OrtValue lengths = OrtValue.CreateTensorValueFromMemory<int>([.. texts.Select(text => text.Length / columns)], [texts.Length]);
        using IDisposableReadOnlyCollection<OrtValue> results = session.Run(new Dictionary<string, OrtValue> { ["ids"] = given, ["lengths"] = lengths }, ["scores"]);
        return [.. results[0].GetTensorDataAsSpan<float>().ToArray().Chunk(session.Outputs[0].Shape[1])];
    }
}
