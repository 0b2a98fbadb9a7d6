using Vigie.Models;
using Vigie.Networks;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>Learns a network over word vectors. Validation rows, where there are any, choose the epoch that is kept.</summary>
public sealed record NetworkLearner : TextLearner
{
    /// <inheritdoc/>
    /// <remarks>Negated words are not marked: a network that reads steps in their order sees the negation itself.</remarks>
    public override TextPipeline Text { get; init; } = new() { NegationScope = 0 };

    /// <summary>The network and its training; <see cref="NetworkShape.Scores"/> follows from the classes, <see cref="NetworkShape.Dimension"/> from a vector file where one is given.</summary>
    public NetworkOptions Network { get; init; } = new();

    /// <summary>Where the vectors come from that the embedding table starts with.</summary>
    public FirstVectors Vectors { get; init; } = new();

    /// <summary>Words with a row of their own, the most frequent ones; from 1.</summary>
    public int VocabularySize { get; init; } = 30_000;

    /// <summary>Occurrences that a word with a row has at least; all others share one, which learns from the rare ones.</summary>
    public int MinCount { get; init; } = 2;

    /// <summary>Words that are read of a text, from 1.</summary>
    public int MaxLength { get; init; } = 40;

    /// <summary>Rows that pairs of neighbouring words share by their hash, from 0.</summary>
    public int BigramBuckets { get; init; }

    /// <inheritdoc/>
    public override bool LooksAtValidation => true;

    /// <inheritdoc/>
    public override bool TrainsNetwork => true;

    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        Check();
        INetworkTrainer trainer = context.Networks ?? throw new InvalidInputException("this recipe trains a network, and the training was started without Vigie.Torch, which does that");
        IReadOnlyList<string> words = TokenVocabulary.CountWords(rows.Texts, Text, VocabularySize, MinCount, context.Cancellation);
        if (words.Count == 0) throw new InvalidInputException($"no word occurs {MinCount} times in {rows.Texts.Count} texts; lower min_count");
        var vocabulary = new TokenVocabulary(Text, words, MaxLength, BigramBuckets);
        EmbeddingRows? table = Vectors.Fill(vocabulary, rows.Texts, Network.Shape.Dimension, context);
        NetworkOptions options = Network with { Shape = Network.Shape with { Dimension = table?.Dimension ?? Network.Shape.Dimension } };
        var encoded = new NetworkRows(
            vocabulary.Encode(rows.Texts, context.Cancellation), rows.Labels, vocabulary.Encode(rows.ValidationTexts, context.Cancellation), rows.ValidationLabels, rows.Classes.Count, vocabulary.Rows)
        {
            Embedding = table?.Values,
        };
        TrainedNetwork network = trainer.Fit(options, encoded, new NetworkFitContext
        {
            Seed = context.Seed,
            Progress = context.Progress is null ? null : new Epochs(context.Progress),
            Cancellation = context.Cancellation,
            Checkpoints = context.Checkpoints,
        });
        return new NetworkTextModel(vocabulary, network.Weights);
    }

    private void Check()
    {
        if (VocabularySize < 1) throw new InvalidInputException($"vocabulary_size {VocabularySize}: expected 1 or more words");
        if (MinCount < 1) throw new InvalidInputException($"min_count {MinCount}: expected 1 or more");
        if (MaxLength < 1) throw new InvalidInputException($"max_length {MaxLength}: expected 1 or more words");
        Network.Validated();
    }

    private sealed class Epochs(IProgress<TrainingProgress> progress) : IProgress<NetworkProgress>
    {
        public void Report(NetworkProgress value) =>
            progress.Report(new TrainingProgress("training the network", value.Share) { Step = value.Epoch?.Number, Loss = value.Epoch?.TrainLoss, Epoch = value.Epoch });
    }
}
