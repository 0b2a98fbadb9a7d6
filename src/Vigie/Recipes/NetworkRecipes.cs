using Vigie.Networks;

namespace Vigie.Recipes;

/// <summary>The networks that come with Vigie.</summary>
internal static class NetworkRecipes
{
    private static readonly NetworkLearner Dense = new()
    {
        Network = new NetworkOptions
        {
            Shape = new NetworkShape { Kind = NetworkKind.Dense, Layers = 3, Pooling = Pooling.Mean },
            Schedule = LearningRateSchedule.Linear,
            BatchSize = 128,
            Epochs = 6,
        },
    };

    private static readonly NetworkLearner BiLstm = new()
    {
        Network = new NetworkOptions
        {
            Shape = new NetworkShape { Kind = NetworkKind.Bilstm, Pooling = Pooling.Max | Pooling.Mean },
            Dropout = 0.4,
            BatchSize = 128,
            LearningRate = 2e-3,
            EmbeddingRate = 0.5, // word vectors know more than a few epochs of labels teach them; at the full rate they learn rare words by heart
            Schedule = LearningRateSchedule.Linear,
            Epochs = 5,
            Precision = NetworkPrecision.Bfloat16,
        },
    };

    /// <summary>The network of <c>word2vec-lstm</c>, and of <c>best-neural</c> beside n-grams.</summary>
    public static NetworkLearner Word2vecLstm { get; } = BiLstm with { Vectors = From(VectorOrigin.Word2vec) };

    public static IReadOnlyList<Recipe> All { get; } =
    [
        new("word2vec-dense", "Word2Vec over the training texts, three dense layers over their mean", Dense with { Vectors = From(VectorOrigin.Word2vec) }),
        new("word2vec-lstm", "Word2Vec over the training texts, bidirectional LSTM of 128 units, tuned together", Word2vecLstm),
        new("fasttext-dense", "fastText vectors over the training texts, three dense layers over their mean", Dense with { Vectors = From(VectorOrigin.Fasttext) }),
        new("fasttext-lstm", "fastText vectors over the training texts, bidirectional LSTM of 128 units, tuned together", BiLstm with { Vectors = From(VectorOrigin.Fasttext) }),
        new("glove-lstm", "published word vectors (vectors_file=PATH), bidirectional LSTM of 128 units, tuned together", BiLstm with { Vectors = From(VectorOrigin.File) }),
        new("sentence-dense", "sentence vectors (Word2Vec weighed by smooth inverse frequency), three dense layers", Dense with
        {
            Vectors = From(VectorOrigin.Sentence),
            Network = Dense.Network with { TuneEmbeddings = false },
        }),
    ];

    private static FirstVectors From(VectorOrigin origin) => new() { Origin = origin };
}
