using TorchSharp;
using Vigie.Networks;
using static TorchSharp.torch;

namespace Vigie.Torch;

/// <summary>Carries out a trained network with libtorch, on the processor and in 32 bits: what an exported network is compared with. Not for several threads at once.</summary>
public sealed class TorchNetworkScorer : IDisposable
{
    private readonly NetworkWeights weights;
    private readonly EmbeddingTable embedding;
    private readonly NetworkGraph graph;

    /// <summary>Takes a network.</summary>
    public TorchNetworkScorer(NetworkWeights weights)
    {
        this.weights = weights;
        embedding = new EmbeddingTable(weights["embedding"].Values, weights.Shape.Dimension);
        Parameter[] parameters = [.. weights.Arrays.Skip(1).Select(array => new Parameter(array.Name, array.Shape))];
        foreach (Parameter parameter in parameters) weights[parameter.Name].Values.CopyTo(parameter.Values, 0);
        graph = new NetworkGraph(weights.Shape, parameters, new Precise(CPU, ScalarType.Float32));
        graph.Load(null);
    }

    /// <summary>Scores texts.</summary>
    /// <param name="texts">Encoded as those that the network was trained on.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>Texts × scores, row by row.</returns>
    public float[] Score(EncodedTexts texts, CancellationToken cancellation = default)
    {
        int width = weights.Shape.Scores;
        var scores = new float[checked(texts.Count * width)];
        foreach (TextBatch batch in new LengthBuckets(texts, 128).InOrder())
        {
            cancellation.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            using IDisposable untracked = no_grad();
            ReadOnlySpan<float> own = Binding.Floats(graph.Scores(embedding.Embed(texts, batch, CPU), NetworkGraph.Lengths(texts, batch), null));
            for (int i = 0; i < batch.Texts.Length; i++) own.Slice(i * width, width).CopyTo(scores.AsSpan(batch.Texts.Span[i] * width));
        }
        return scores;
    }

    /// <inheritdoc/>
    public void Dispose() => graph.Dispose();
}
