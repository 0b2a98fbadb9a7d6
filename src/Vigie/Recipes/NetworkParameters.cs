using Vigie.Networks;
using static Vigie.Recipes.ParameterText;

namespace Vigie.Recipes;

/// <summary>What can be set of networks.</summary>
internal static class NetworkParameters
{
    public static IReadOnlyList<RecipeParameter> All { get; } =
    [
        Of("vectors", "word vectors to start from: random, word2vec, fasttext, file, sentence", learner => learner.Vectors.Origin, (learner, value) => learner with { Vectors = learner.Vectors with { Origin = value } }, Named),
        Of(
            "vectors_file", "word vectors: word2vec, GloVe or fastText, packed or not", learner => learner.Vectors.File,
            (learner, value) => learner with { Vectors = learner.Vectors with { File = value } }, Path, learner => learner.Vectors.Origin == VectorOrigin.File),
        Of("vector_epochs", "passes over the texts for word vectors", learner => learner.Vectors.Epochs, (learner, value) => learner with { Vectors = learner.Vectors with { Epochs = value } }, Whole, learner => learner.Vectors.AreLearnt),
        Of("window", "words on each side that tell a word's vector", learner => learner.Vectors.Window, (learner, value) => learner with { Vectors = learner.Vectors with { Window = value } }, Whole, learner => learner.Vectors.AreLearnt),
        Of("vocabulary_size", "words with a vector of their own", learner => learner.VocabularySize, (learner, value) => learner with { VocabularySize = value }, Whole),
        Of("min_count", "occurrences of such a word", learner => learner.MinCount, (learner, value) => learner with { MinCount = value }, Whole),
        Of("max_length", "words read of a text", learner => learner.MaxLength, (learner, value) => learner with { MaxLength = value }, Whole),
        Of("bigram_buckets", "vectors that pairs of neighbouring words share by their hash, 0 for none", learner => learner.BigramBuckets, (learner, value) => learner with { BigramBuckets = value }, Whole),
        Of("tune_embeddings", "learn word vectors on with the network: true, false", learner => learner.Network.TuneEmbeddings, (learner, value) => learner with { Network = learner.Network with { TuneEmbeddings = value } }, bool.TryParse),
        Shape("network", "dense, lstm, bilstm, cnn", shape => shape.Kind, (shape, value) => shape with { Kind = value }, Named),
        Shape("dimension", "length of a word vector", shape => shape.Dimension, (shape, value) => shape with { Dimension = value }, Whole, learner => learner.Vectors.Origin != VectorOrigin.File),
        Shape("units", "width of a layer", shape => shape.Units, (shape, value) => shape with { Units = value }, Whole),
        Shape("layers", "hidden or recurrent layers", shape => shape.Layers, (shape, value) => shape with { Layers = value }, Whole, learner => learner.Network.Shape.Kind != NetworkKind.Cnn),
        Shape("kernels", "sizes of convolutions in words, as in 2+3+4", shape => new KernelSizes(shape.Kernels), (shape, value) => shape with { Kernels = value.Sizes }, KernelSizes.TryParse, learner => learner.Network.Shape.Kind == NetworkKind.Cnn),
        Shape("pooling", "from words to text: last, max, mean, attention, or several joined by +", shape => new PoolingNames(shape.Pooling), (shape, value) => shape with { Pooling = value.Pooling }, PoolingNames.TryParse),
        Options("dropout", "share of values zeroed in training", options => options.Dropout, (options, value) => options with { Dropout = value }, Real),
        Options("recurrent_dropout", "share of weights between hidden states zeroed in training", options => options.RecurrentDropout, (options, value) => options with { RecurrentDropout = value }, Real, IsRecurrent),
        Options("batch_size", "texts a step", options => options.BatchSize, (options, value) => options with { BatchSize = value }, Whole),
        Options("learning_rate", "highest learning rate", options => options.LearningRate, (options, value) => options with { LearningRate = value }, Real),
        Options("embedding_rate", "learning rate of word vectors over that", options => options.EmbeddingRate, (options, value) => options with { EmbeddingRate = value }, Real, learner => learner.Network.TuneEmbeddings),
        Options("schedule", "how the learning rate goes on: constant, linear, cosine, plateau", options => options.Schedule, (options, value) => options with { Schedule = value }, Named),
        Options("warm_up", "share of the steps in which the learning rate rises", options => options.WarmUp, (options, value) => options with { WarmUp = value }, Real),
        Options("clip_norm", "longest gradient, 0 for any", options => options.ClipNorm, (options, value) => options with { ClipNorm = value }, Real),
        Options("weight_decay", "decay of weights, times the learning rate", options => options.WeightDecay, (options, value) => options with { WeightDecay = value }, Real),
        Options("label_smoothing", "part of a label spread over all classes", options => options.LabelSmoothing, (options, value) => options with { LabelSmoothing = value }, Real),
        Options("epochs", "most passes over the texts", options => options.Epochs, (options, value) => options with { Epochs = value }, Whole),
        Options("patience", "passes without a better validation loss before training ends", options => options.Patience, (options, value) => options with { Patience = value }, Whole),
        Options("precision", "matrix products in training: float32, bfloat16", options => options.Precision, (options, value) => options with { Precision = value }, Named),
        Options("device", "cpu, cuda", options => options.Device, (options, value) => options with { Device = value }, Named),
        Options("threads", "processors to train on", options => options.Threads, (options, value) => options with { Threads = value }, Whole),
    ];

    private static bool IsRecurrent(NetworkLearner learner) => learner.Network.Shape.Kind is NetworkKind.Lstm or NetworkKind.Bilstm;

    private static bool Path(string text, out string? value)
    {
        value = text;
        return text.Length > 0;
    }

    private static RecipeParameter Of<T>(
        string name, string help, Func<NetworkLearner, T> read, Func<NetworkLearner, T, NetworkLearner> write, Parser<T> parser, Func<NetworkLearner, bool>? matters = null) =>
        RecipeParameter.Of(name, help, read, write, parser, matters);

    private static RecipeParameter Options<T>(
        string name, string help, Func<NetworkOptions, T> read, Func<NetworkOptions, T, NetworkOptions> write, Parser<T> parser, Func<NetworkLearner, bool>? matters = null) =>
        Of(name, help, learner => read(learner.Network), (learner, value) => learner with { Network = write(learner.Network, value) }, parser, matters);

    private static RecipeParameter Shape<T>(
        string name, string help, Func<NetworkShape, T> read, Func<NetworkShape, T, NetworkShape> write, Parser<T> parser, Func<NetworkLearner, bool>? matters = null) =>
        Options(name, help, options => read(options.Shape), (options, value) => options with { Shape = write(options.Shape, value) }, parser, matters);

    private readonly record struct KernelSizes(IReadOnlyList<int> Sizes)
    {
        public static bool TryParse(string text, out KernelSizes value)
        {
            var sizes = new List<int>();
            foreach (string part in text.Split('+'))
            {
                if (!Whole(part, out int size)) break;
                sizes.Add(size);
            }
            value = new KernelSizes(sizes);
            return sizes.Count == text.Split('+').Length;
        }

        public override string ToString() => string.Join('+', Sizes);
    }

    private readonly record struct PoolingNames(Pooling Pooling)
    {
        private static readonly Pooling[] Each = [Pooling.Last, Pooling.Max, Pooling.Mean, Pooling.Attention];

        public static bool TryParse(string text, out PoolingNames value)
        {
            string[] parts = text.Split('+');
            Pooling[] known = [.. Each.Where(pooling => parts.Contains(Spell(pooling)))];
            value = new PoolingNames(known.Aggregate(Pooling.None, (sum, pooling) => sum | pooling));
            return known.Length == parts.Length;
        }

        public override string ToString()
        {
            Pooling own = Pooling;
            return string.Join('+', Each.Where(pooling => own.HasFlag(pooling)).Select(pooling => Spell(pooling)));
        }
    }
}
