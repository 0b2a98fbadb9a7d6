namespace Vigie.Networks;

/// <summary>
/// Trains networks. The one implementation stands in an assembly of its own, which is loaded when a network is to be trained: it brings a native
/// library of 600 MB along, which nothing else needs.
/// </summary>
public interface INetworkTrainer
{
    /// <summary>Trains a network.</summary>
    /// <param name="options">How.</param>
    /// <param name="rows">What there is to learn from.</param>
    /// <param name="context">Seed, progress, checkpoints.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, the rows do not suffice, there is no such device, or the checkpoint is of another training.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped; where it has a checkpoint, the same call goes on from there, to the same result.</exception>
    TrainedNetwork Fit(NetworkOptions options, NetworkRows rows, NetworkFitContext context);
}

/// <summary>Rows to learn from, encoded.</summary>
/// <param name="Train">Training texts.</param>
/// <param name="Labels">Class of each of them.</param>
/// <param name="Validation">Texts to stop by; may be empty.</param>
/// <param name="ValidationLabels">Class of each of them.</param>
/// <param name="Classes">Number of classes, from 2.</param>
/// <param name="EmbeddingRows">Rows of the embedding table; every id is below.</param>
public sealed record NetworkRows(EncodedTexts Train, byte[] Labels, EncodedTexts Validation, byte[] ValidationLabels, int Classes, int EmbeddingRows)
{
    /// <summary>The table to start from, <see cref="EmbeddingRows"/> × dimension, row by row, which is copied; null where it is drawn at random.</summary>
    public ReadOnlyMemory<float>? Embedding { get; init; }

    /// <summary>Scores per text: 1 for two classes, else one per class.</summary>
    public int Scores => Classes == 2 ? 1 : Classes;

    /// <summary>Checks that rows, labels and table fit together.</summary>
    /// <param name="dimension">Length of a step's vector.</param>
    /// <exception cref="InvalidInputException">They do not; the message says where.</exception>
    public NetworkRows Validated(int dimension)
    {
        if (Classes is < 2 or > 256) throw new InvalidInputException($"{Classes} classes: expected 2 to 256");
        if (Train.Count == 0) throw new InvalidInputException("no training rows");
        Check(Train, Labels, "training");
        Check(Validation, ValidationLabels, "validation");
        if (Embedding is { } table && table.Length != (long)EmbeddingRows * dimension) throw new InvalidInputException($"an embedding table of {table.Length} numbers: expected {EmbeddingRows} rows × {dimension}");
        return this;
    }

    private void Check(EncodedTexts texts, byte[] labels, string name)
    {
        if (texts.Count != labels.Length) throw new InvalidInputException($"{texts.Count} {name} texts with {labels.Length} labels");
        if (texts.Columns != Train.Columns) throw new InvalidInputException($"{name} texts of {texts.Columns} columns: the training texts have {Train.Columns}");
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] >= Classes) throw new InvalidInputException($"{name} row {i} has class {labels[i]} of {Classes}");
            foreach (int id in texts[i])
            {
                if (id < 0 || id >= EmbeddingRows) throw new InvalidInputException($"{name} row {i} names embedding row {id} of {EmbeddingRows}");
            }
        }
    }
}

/// <summary>What a training brings along besides rows.</summary>
public sealed record NetworkFitContext
{
    /// <summary>Seeds the first weights, the order of the batches and dropout.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Told how far the training is, about once a second and at the end of each epoch.</summary>
    public IProgress<NetworkProgress>? Progress { get; init; }

    /// <summary>Ends the training between two batches.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>A folder where the training keeps what it needs to go on after a stop; null for none. The caller removes it once it has the result.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Time between two checkpoints within an epoch; one is written at the end of every epoch besides.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Measures the time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>How far a training is.</summary>
/// <param name="Share">From 0 to 1, were all epochs to be run.</param>
public readonly record struct NetworkProgress(double Share)
{
    /// <summary>The epoch that has just ended; null within one.</summary>
    public NetworkEpoch? Epoch { get; init; }
}

/// <summary>One pass over the training rows, and what it came to.</summary>
public sealed record NetworkEpoch
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>Mean logistic loss of the training rows, in nats, each as it was learnt from: dropout on, before its batch's step, labels not smoothed.</summary>
    public required double TrainLoss { get; init; }

    /// <summary>Share of the training rows that were right at that moment.</summary>
    public required double TrainAccuracy { get; init; }

    /// <summary>Mean logistic loss of the validation rows after the epoch, in nats; null without such rows.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>Share of the validation rows that are right after the epoch.</summary>
    public double? ValidationAccuracy { get; init; }

    /// <summary>Learning rate of the epoch's last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Processor time of the process, validation included; of the parts of an interrupted epoch together.</summary>
    public required double CpuSeconds { get; init; }

    /// <summary>Time on the clock, likewise.</summary>
    public required double Seconds { get; init; }

    /// <summary>Most memory that the process has held so far, in bytes.</summary>
    public required long PeakMemory { get; init; }

    /// <summary>Share of the computed steps that were padding.</summary>
    public required double PaddedShare { get; init; }
}

/// <summary>A network, and how it came about.</summary>
/// <param name="Weights">Those after <see cref="BestEpoch"/>.</param>
/// <param name="Epochs">All epochs that were run.</param>
/// <param name="BestEpoch">Number of the epoch with the lowest validation loss; of the last one without validation rows.</param>
public sealed record TrainedNetwork(NetworkWeights Weights, IReadOnlyList<NetworkEpoch> Epochs, int BestEpoch);
