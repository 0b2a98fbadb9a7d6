using Vigie.Networks;

namespace Vigie.Torch;

/// <summary>Everything that the rest of a training depends on: what a checkpoint holds.</summary>
internal sealed class TrainingState
{
    public TrainingState(NetworkOptions options, NetworkRows rows, int seed)
    {
        Parameters = Parameter.Draw(options.Shape, seed);
        Embedding = new EmbeddingTable(rows, options.Shape.Dimension, options.TuneEmbeddings, seed);
    }

    public Parameter[] Parameters { get; }

    public EmbeddingTable Embedding { get; }

    /// <summary>Epochs that are over.</summary>
    public List<NetworkEpoch> Epochs { get; } = [];

    /// <summary>Batches of the current epoch that are over.</summary>
    public int Batch { get; set; }

    /// <summary>Steps of the optimiser so far.</summary>
    public long Step { get; set; }

    /// <summary>Losses of the current epoch so far.</summary>
    public LossSum Train { get; set; }

    /// <summary>Time spent in the current epoch before the training was interrupted.</summary>
    public double CpuSeconds { get; set; }

    /// <inheritdoc cref="CpuSeconds"/>
    public double Seconds { get; set; }

    /// <summary>Number of the best epoch so far, from 1; 0 for none.</summary>
    public int BestEpoch { get; set; }

    /// <summary>Epochs so far that did not better the validation loss.</summary>
    public int Failures { get; set; }

    /// <summary>Values after the best epoch: one array a parameter, and, where it is learnt on, the embedding table last.</summary>
    public float[][] Best { get; private set; } = [];

    /// <summary>All arrays that change from step to step: values first, in the order of <see cref="Best"/>, then the optimiser's.</summary>
    public IEnumerable<float[]> Arrays =>
        [.. Values, .. Parameters.SelectMany(parameter => new[] { parameter.FirstMoment, parameter.SecondMoment }), .. Embedding.Tuned ? new[] { Embedding.FirstMoment, Embedding.SecondMoment } : []];

    private IEnumerable<float[]> Values => [.. Parameters.Select(parameter => parameter.Values), .. Embedding.Tuned ? new[] { Embedding.Values } : []];

    /// <summary>Remembers the present values as the best.</summary>
    public void KeepAsBest()
    {
        BestEpoch = Epochs.Count;
        MakeRoomForBest();
        foreach ((float[] best, float[] values) in Best.Zip(Values)) values.CopyTo(best, 0);
    }

    /// <summary>Gives <see cref="Best"/> its arrays.</summary>
    public void MakeRoomForBest()
    {
        if (Best.Length == 0) Best = [.. Values.Select(values => new float[values.Length])];
    }

    /// <summary>The network after the best epoch.</summary>
    public NetworkWeights BestWeights(NetworkShape shape, int embeddingRows) => new(
        shape, embeddingRows,
        [
            new NetworkArray("embedding", [embeddingRows, shape.Dimension], Embedding.Tuned ? Best[^1] : Embedding.Values),
            .. Parameters.Zip(Best, (parameter, best) => new NetworkArray(parameter.Name, parameter.Shape, best)),
        ]);
}
