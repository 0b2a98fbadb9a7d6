using System.Runtime.InteropServices;
using Vigie.Networks;
using static TorchSharp.torch;

namespace Vigie.Torch.Tests;

public class MemoriesTests
{
    private static readonly Precise Exact = new(CPU, ScalarType.Float32);

    [Theory]
    [InlineData(NetworkKind.Lstm, 1, false)]
    [InlineData(NetworkKind.Lstm, 1, true)]
    [InlineData(NetworkKind.Bilstm, 1, false)]
    [InlineData(NetworkKind.Bilstm, 1, true)]
    [InlineData(NetworkKind.Bilstm, 2, true)]
    public void States_and_gradients_are_those_of_libtorch(NetworkKind kind, int layers, bool uneven)
    {
        var shape = new NetworkShape { Kind = kind, Dimension = 5, Units = 19, Layers = layers, Pooling = Pooling.Last | Pooling.Max };
        (float[] ownScores, float[][] own) = Learnt(shape, uneven, Exact, libtorch: false);
        (float[] theirScores, float[][] theirs) = Learnt(shape, uneven, Exact, libtorch: true);
        Near(theirScores, ownScores, 1e-5);
        for (int i = 0; i < own.Length; i++) Near(theirs[i], own[i], 1e-5);
        Assert.All(own, gradient => Assert.Contains(gradient, value => value != 0));
    }

    [Fact]
    public void Sixteen_bits_come_near_it()
    {
        var shape = new NetworkShape { Kind = NetworkKind.Bilstm, Dimension = 5, Units = 19, Pooling = Pooling.Last | Pooling.Max };
        (float[] lowered, float[][] gradients) = Learnt(shape, true, new Precise(CPU, ScalarType.BFloat16), libtorch: false);
        (float[] exact, float[][] exactGradients) = Learnt(shape, true, Exact, libtorch: false);
        Near(exact, lowered, 0.03);
        for (int i = 0; i < gradients.Length; i++) Near(exactGradients[i], gradients[i], 0.05);
    }

    // Scores of a batch and, behind the gradients of all parameters, that of its steps.
    private static (float[] Scores, float[][] Gradients) Learnt(NetworkShape shape, bool uneven, Precise precise, bool libtorch)
    {
        using var scope = NewDisposeScope();
        Parameter[] parameters = Parameter.Draw(shape, 3);
        using var graph = new NetworkGraph(shape, parameters, precise, libtorch);
        graph.Load(null);
        int[] ends = uneven ? [2, 4, 7, 7] : [7, 7, 7, 7];
        Tensor steps = zeros(4, 7, shape.Dimension);
        Span<float> values = MemoryMarshal.Cast<byte, float>(steps.bytes);
        var random = new Xoshiro256(8);
        for (int i = 0; i < values.Length; i++) values[i] = i / shape.Dimension % 7 < ends[i / shape.Dimension / 7] ? (float)(random.NextDouble() - 0.5) : 0;
        steps.requires_grad = true;
        Tensor scores = graph.Scores(steps, uneven ? tensor([.. ends.Select(end => (long)end)]) : null, new Dropout(1, 1, 0, 0));
        graph.Return(scores, tensor([1f, -0.5f, 0.25f, 2f], 4, 1));
        return (Binding.Floats(scores).ToArray(), [.. parameters.Select(parameter => parameter.Gradient), Binding.Floats(steps.grad!).ToArray()]);
    }

    private static void Near(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
