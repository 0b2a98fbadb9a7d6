using Vigie.Networks;
using static TorchSharp.torch;

namespace Vigie.Torch;

/// <summary>A network as libtorch computes it: from embedded steps to scores. Its values are those of the parameters at the last <see cref="Load"/>.</summary>
internal sealed class NetworkGraph : IDisposable
{
    private readonly NetworkShape shape;
    private readonly Precise precise;
    private readonly Memories? memories;
    private readonly Binding[] bindings;
    private readonly Dictionary<string, Tensor> leaves = [];

    /// <param name="shape">The network's shape.</param>
    /// <param name="parameters">Keep its values and receive their gradients.</param>
    /// <param name="precise">Where and in which numbers to compute.</param>
    /// <param name="forceLibtorch">Take libtorch's own memories even on a processor.</param>
    public NetworkGraph(NetworkShape shape, Parameter[] parameters, Precise precise, bool forceLibtorch = false)
    {
        (this.shape, this.precise) = (shape, precise);
        if (shape.Kind is NetworkKind.Lstm or NetworkKind.Bilstm)
            memories = precise.Device.type == TorchSharp.DeviceType.CPU && !forceLibtorch ? new ProcessorMemories(shape, precise) : new LibtorchMemories(shape, precise);
        Dictionary<string, Parameter> named = parameters.ToDictionary(parameter => parameter.Name);
        List<Binding> all = [.. memories?.Bind(named) ?? []];
        foreach (Parameter parameter in parameters.Where(parameter => !parameter.Name.StartsWith("lstm.", StringComparison.Ordinal)))
        {
            ScalarType type = parameter.Name.StartsWith("cnn.", StringComparison.Ordinal) ? precise.Type : ScalarType.Float32;
            all.Add(new Binding(parameter, zeros([.. parameter.Shape.Select(side => (long)side)], type, precise.Device, requires_grad: true)));
            leaves[parameter.Name] = all[^1].Leaf;
        }
        bindings = [.. all];
    }

    /// <summary>Takes over the parameters' values; weights from hidden state to hidden state under dropout.</summary>
    public void Load(Dropout? dropout)
    {
        foreach (Binding binding in bindings)
            binding.Load(binding.Parameter.IsRecurrent ? dropout?.Recurrent(binding.Parameter.Values.Length) : null);
    }

    /// <summary>Carries the gradient of the scores back, as far as steps and parameters.</summary>
    public void Return(Tensor scores, Tensor gradient)
    {
        scores.backward([gradient]);
        memories?.Return();
        foreach (Binding binding in bindings) binding.TakeGradient();
    }

    /// <summary>Computes scores.</summary>
    /// <param name="steps">(batch, time, dimension), zero behind a text's end.</param>
    /// <param name="lengths">Real steps of each text, on the processor; null where all are.</param>
    /// <param name="dropout">In training; null for none.</param>
    /// <returns>(batch, scores).</returns>
    public Tensor Scores(Tensor steps, Tensor? lengths, Dropout? dropout)
    {
        if (dropout is not null) steps = dropout.Apply(steps);
        Tensor states = memories is not null ? memories.Run(steps, lengths, dropout) : shape.Kind == NetworkKind.Cnn ? Convolve(steps) : steps;
        Tensor vector = Pool(states, lengths?.to(precise.Device));
        if (dropout is not null) vector = dropout.Apply(vector);
        for (int l = 0; shape.Kind == NetworkKind.Dense && l < shape.Layers; l++)
        {
            vector = Linear(vector, $"dense.{l}").relu();
            if (dropout is not null) vector = dropout.Apply(vector);
        }
        return Linear(vector, "head");
    }

    /// <summary>Real steps of each text of a batch; null where all are.</summary>
    public static Tensor? Lengths(EncodedTexts texts, TextBatch batch)
    {
        if (batch.IsEven) return null;
        var lengths = new long[batch.Texts.Length];
        for (int i = 0; i < lengths.Length; i++) lengths[i] = texts.Steps(batch.Texts.Span[i]);
        return tensor(lengths);
    }

    private Tensor Linear(Tensor inputs, string name) => nn.functional.linear(inputs, leaves[name + ".weight"], leaves[name + ".bias"]);

    private Tensor Convolve(Tensor steps)
    {
        Tensor channels = precise.Lower(steps.transpose(1, 2)); // (batch, dimension, time)
        Tensor[] maps =
        [
            .. shape.Kernels.Select(size =>
            {
                Tensor padded = nn.functional.pad(channels, [(size - 1) / 2, size / 2]);
                return nn.functional.conv1d(padded, leaves[$"cnn.{size}.weight"], leaves[$"cnn.{size}.bias"]).relu();
            }),
        ];
        return Precise.Raise(cat(maps, 1)).transpose(1, 2); // (batch, time, kernels × units)
    }

    private Tensor Pool(Tensor states, Tensor? lengths)
    {
        // (batch, time, 1): true behind a text's end.
        Tensor? beyond = lengths is null ? null : arange(states.shape[1], device: states.device).unsqueeze(0).ge(lengths.unsqueeze(1)).unsqueeze(2);
        List<Tensor> vectors = [];
        if (shape.Pooling.HasFlag(Pooling.Last)) vectors.Add(Last(states, lengths));
        if (shape.Pooling.HasFlag(Pooling.Max)) vectors.Add((beyond is null ? states : states.masked_fill(beyond, float.NegativeInfinity)).amax([1L]));
        if (shape.Pooling.HasFlag(Pooling.Mean)) vectors.Add(beyond is null ? states.mean([1L]) : states.masked_fill(beyond, 0).sum([1L]) / lengths!.to(ScalarType.Float32).unsqueeze(1));
        if (shape.Pooling.HasFlag(Pooling.Attention)) vectors.Add(Attend(states, beyond));
        return vectors.Count == 1 ? vectors[0] : cat(vectors, 1);
    }

    private Tensor Last(Tensor states, Tensor? lengths)
    {
        int units = shape.Units;
        Tensor ends = lengths is null
            ? states.select(1, -1)
            : states.gather(1, (lengths - 1).view(-1, 1, 1).expand(-1, 1, states.shape[2])).squeeze(1);
        return shape.Kind == NetworkKind.Lstm ? ends : cat([ends.narrow(1, 0, units), states.select(1, 0).narrow(1, units, units)], 1);
    }

    private Tensor Attend(Tensor states, Tensor? beyond)
    {
        Tensor relevance = Linear(states, "attention").tanh().matmul(leaves["attention.query"].unsqueeze(1)); // (batch, time, 1)
        if (beyond is not null) relevance = relevance.masked_fill(beyond, float.NegativeInfinity);
        return relevance.softmax(1).transpose(1, 2).bmm(states).squeeze(1);
    }

    public void Dispose()
    {
        foreach (Binding binding in bindings) binding.Dispose();
        memories?.Dispose();
    }
}
