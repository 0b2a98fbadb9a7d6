namespace Vigie.Networks;

/// <summary>What stands between the embedded steps of a text and its scores.</summary>
public enum NetworkKind
{
    /// <summary>Dense layers over the pooled embeddings; blind to word order.</summary>
    Dense,

    /// <summary>Long short-term memory (Hochreiter &amp; Schmidhuber 1997) from the first step to the last.</summary>
    Lstm,

    /// <summary>One memory from the first step to the last and one from the last to the first (Graves &amp; Schmidhuber 2005).</summary>
    Bilstm,

    /// <summary>Convolutions over neighbouring steps (Kim 2014).</summary>
    Cnn,
}

/// <summary>How the steps of a text become one vector. Several together stand side by side, in the order of this list.</summary>
[Flags]
public enum Pooling
{
    /// <summary>Nothing; not to be used alone.</summary>
    None = 0,

    /// <summary>The state at the end: of the forward memory at the last step, of the backward memory at the first.</summary>
    Last = 1,

    /// <summary>The largest value of each feature over the steps.</summary>
    Max = 2,

    /// <summary>The mean of each feature over the steps.</summary>
    Mean = 4,

    /// <summary>A weighted mean whose weights are learnt: softmax over steps of v · tanh(W h + b) (Yang et al. 2016).</summary>
    Attention = 8,
}

/// <summary>How the learning rate goes on after warm-up.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>A straight line down to 0 at the end of the last epoch.</summary>
    Linear,

    /// <summary>Half a cosine wave down to 0 at the end of the last epoch (Loshchilov &amp; Hutter 2017).</summary>
    Cosine,

    /// <summary>Halved whenever an epoch does not better the validation loss.</summary>
    Plateau,
}

/// <summary>Where the network is trained.</summary>
public enum NetworkDevice
{
    /// <summary>On this machine's processors.</summary>
    Cpu,

    /// <summary>On an NVIDIA graphics card.</summary>
    Cuda,
}

/// <summary>The numbers that matrix products are computed in; weights, sums and the optimiser are 32-bit in either case.</summary>
public enum NetworkPrecision
{
    /// <summary>32-bit.</summary>
    Float32,

    /// <summary>16-bit with the exponent of 32-bit numbers, while training: two to three times as fast where the processor has AVX512-BF16 or AMX, and slower where not.</summary>
    Bfloat16,
}

/// <summary>The shape of a network: all that is needed, besides its weights, to carry it out.</summary>
public sealed record NetworkShape
{
    /// <summary>What stands between the steps and the scores.</summary>
    public NetworkKind Kind { get; init; } = NetworkKind.Bilstm;

    /// <summary>Length of the vector of a step, from 1.</summary>
    public int Dimension { get; init; } = 100;

    /// <summary>Width of a layer (for <see cref="NetworkKind.Bilstm"/> of each direction, for <see cref="NetworkKind.Cnn"/> of each kernel size), from 1.</summary>
    public int Units { get; init; } = 128;

    /// <summary>Hidden layers of <see cref="NetworkKind.Dense"/>, stacked memories of the recurrent kinds; from 1. A <see cref="NetworkKind.Cnn"/> has one.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Distinct kernel sizes of <see cref="NetworkKind.Cnn"/>, in steps; from 1 each.</summary>
    public IReadOnlyList<int> Kernels { get; init; } = [2, 3, 4];

    /// <summary>How the steps become one vector; <see cref="NetworkKind.Dense"/> pools the embeddings themselves.</summary>
    public Pooling Pooling { get; init; } = Pooling.Max;

    /// <summary>Scores per text: 1 for two classes, else the number of classes.</summary>
    public int Scores { get; init; } = 1;

    /// <summary>Length of a step's vector before pooling.</summary>
    public int StepWidth => Kind switch
    {
        NetworkKind.Dense => Dimension,
        NetworkKind.Lstm => Units,
        NetworkKind.Bilstm => 2 * Units,
        _ => Units * Kernels.Count,
    };

    /// <summary>Length of a text's vector after pooling.</summary>
    public int PooledWidth => StepWidth * int.PopCount((int)Pooling);

    /// <summary>Length of the vector that the scores are computed from.</summary>
    public int HeadWidth => Kind == NetworkKind.Dense ? Units : PooledWidth;

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or two do not go together.</exception>
    public NetworkShape Validated()
    {
        Positive(Dimension, "dimension");
        Positive(Units, "units");
        Positive(Layers, "layers");
        Positive(Scores, "scores");
        if (Pooling == Pooling.None || (Pooling & ~(Pooling.Last | Pooling.Max | Pooling.Mean | Pooling.Attention)) != 0)
            throw new InvalidInputException($"pooling {Pooling}: expected last, max, mean, attention or several of them joined by +");
        if (Pooling.HasFlag(Pooling.Last) && Kind is NetworkKind.Dense or NetworkKind.Cnn)
            throw new InvalidInputException($"pooling last goes with lstm and bilstm, which carry a state along; {Kind.ToString().ToLowerInvariant()} has max, mean and attention");
        if (Kind != NetworkKind.Cnn) return this;
        if (Layers != 1) throw new InvalidInputException($"layers {Layers}: a cnn has 1");
        if (Kernels.Count == 0 || Kernels.Any(size => size is < 1 or > 64) || Kernels.Distinct().Count() < Kernels.Count)
            throw new InvalidInputException($"kernels {string.Join(',', Kernels)}: expected one or more distinct sizes from 1 to 64 steps");
        return this;
    }

    /// <summary>Equal values, kernel by kernel.</summary>
    public bool Equals(NetworkShape? other) =>
        other is not null && (Kind, Dimension, Units, Layers, Pooling, Scores) == (other.Kind, other.Dimension, other.Units, other.Layers, other.Pooling, other.Scores) && Kernels.SequenceEqual(other.Kernels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Dimension, Units, Layers, Pooling, Scores, Kernels.Count);

    private static void Positive(int value, string name)
    {
        if (value < 1) throw new InvalidInputException($"{name} {value}: expected 1 or more");
    }
}

/// <summary>How a network is trained: hyperparameters only.</summary>
public sealed record NetworkOptions
{
    /// <summary>The network's shape; its scores follow from the classes of the rows.</summary>
    public NetworkShape Shape { get; init; } = new();

    /// <summary>Whether the embedding table is learnt on; else it stays as it was given.</summary>
    public bool TuneEmbeddings { get; init; } = true;

    /// <summary>Chance that a value of an embedded step, of a layer's output or of the pooled text is zeroed in training (Srivastava et al. 2014), in [0, 1).</summary>
    public double Dropout { get; init; } = 0.3;

    /// <summary>Chance that a weight from hidden state to hidden state is zeroed for one batch (DropConnect as in Merity et al. 2018), in [0, 1). Recurrent kinds only.</summary>
    public double RecurrentDropout { get; init; }

    /// <summary>Rows per step of the optimiser, from 1.</summary>
    public int BatchSize { get; init; } = 256;

    /// <summary>Highest learning rate of Adam (Kingma &amp; Ba 2015), above 0.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Learning rate of the embedding table over <see cref="LearningRate"/>, above 0.</summary>
    public double EmbeddingRate { get; init; } = 1;

    /// <summary>How the learning rate goes on after warm-up.</summary>
    public LearningRateSchedule Schedule { get; init; } = LearningRateSchedule.Constant;

    /// <summary>Share of all steps during which the learning rate rises from 0, in [0, 1).</summary>
    public double WarmUp { get; init; }

    /// <summary>Longest gradient: a longer one is scaled down to it (Pascanu et al. 2013); 0 for any.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Decay of all weights but biases and embeddings, times the learning rate (AdamW, Loshchilov &amp; Hutter 2019), from 0.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Part of a row's label that is spread evenly over the classes (Szegedy et al. 2016), in [0, 1).</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Most passes over the training rows, from 1.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Passes without a better validation loss after which training ends, from 1; without validation rows all epochs are run and the last is kept.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>Where the network is trained.</summary>
    public NetworkDevice Device { get; init; } = NetworkDevice.Cpu;

    /// <summary>The numbers that matrix products are computed in.</summary>
    public NetworkPrecision Precision { get; init; } = NetworkPrecision.Float32;

    /// <summary>Processors to use; one is the most thrifty.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Checks every value.</summary>
    /// <exception cref="InvalidInputException">A value is out of range, or two do not go together.</exception>
    public NetworkOptions Validated()
    {
        Shape.Validated();
        Share(Dropout, "dropout");
        Share(RecurrentDropout, "recurrent_dropout");
        if (RecurrentDropout > 0 && Shape.Kind is NetworkKind.Dense or NetworkKind.Cnn) throw new InvalidInputException($"recurrent_dropout {RecurrentDropout} goes with lstm and bilstm, and the network is {Shape.Kind.ToString().ToLowerInvariant()}");
        Share(WarmUp, "warm_up");
        Share(LabelSmoothing, "label_smoothing");
        AtLeast(BatchSize, 1, "batch_size");
        AtLeast(Epochs, 1, "epochs");
        AtLeast(Patience, 1, "patience");
        AtLeast(Threads, 1, "threads");
        Above(LearningRate, "learning_rate");
        Above(EmbeddingRate, "embedding_rate");
        if (!(ClipNorm >= 0)) throw new InvalidInputException($"clip_norm {ClipNorm}: expected 0 for any gradient, or the longest that is kept");
        if (!(WeightDecay >= 0)) throw new InvalidInputException($"weight_decay {WeightDecay}: expected 0 or more");
        return this;
    }

    private static void Share(double value, string name)
    {
        if (!(value is >= 0 and < 1)) throw new InvalidInputException($"{name} {value}: expected 0 ≤ {name} < 1");
    }

    private static void AtLeast(int value, int least, string name)
    {
        if (value < least) throw new InvalidInputException($"{name} {value}: expected {least} or more");
    }

    private static void Above(double value, string name)
    {
        if (!(value > 0) || !double.IsFinite(value)) throw new InvalidInputException($"{name} {value}: expected a number above 0");
    }
}
