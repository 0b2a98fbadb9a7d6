using TorchSharp.Modules;
using Vigie.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.utils.rnn;

namespace Vigie.Torch;

/// <summary>
/// Memories as libtorch has them, one module a layer: on a graphics card one kernel computes all steps. On a processor its training is a chain of small operations,
/// and takes two to three times as long as <see cref="ProcessorMemories"/>.
/// </summary>
internal sealed class LibtorchMemories : Memories
{
    private readonly LSTM[] layers;
    private readonly Precise precise;

    public LibtorchMemories(NetworkShape shape, Precise precise)
    {
        this.precise = precise;
        layers = new LSTM[shape.Layers];
        for (int l = 0; l < layers.Length; l++)
        {
            layers[l] = nn.LSTM(l == 0 ? shape.Dimension : shape.StepWidth, shape.Units, 1, bias: true, batchFirst: true, dropout: 0, bidirectional: shape.Kind == NetworkKind.Bilstm,
                device: precise.Device, dtype: precise.Type);
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Binding> Bind(IReadOnlyDictionary<string, Parameter> parameters)
    {
        for (int l = 0; l < layers.Length; l++)
        {
            foreach ((string name, TorchSharp.Modules.Parameter leaf) in layers[l].named_parameters())
            {
                string direction = name.EndsWith("_reverse", StringComparison.Ordinal) ? ".reverse" : "";
                if (name.StartsWith("bias_hh", StringComparison.Ordinal))
                {
                    // libtorch adds two biases; one says it all, so the other stays zero.
                    using IDisposable untracked = no_grad();
                    leaf.zero_();
                    continue;
                }
                string role = name.StartsWith("weight_ih", StringComparison.Ordinal) ? "input" : name.StartsWith("weight_hh", StringComparison.Ordinal) ? "hidden" : "bias";
                yield return new Binding(parameters[$"lstm.{l}{direction}.{role}"], leaf);
            }
        }
    }

    /// <inheritdoc/>
    public override Tensor Run(Tensor steps, Tensor? lengths, Dropout? dropout)
    {
        steps = precise.Lower(steps);
        for (int l = 0; l < layers.Length; l++)
        {
            if (l > 0 && dropout is not null) steps = dropout.Apply(steps);
            if (lengths is null) (steps, _, _) = layers[l].call(steps, null);
            else
            {
                using PackedSequence packed = pack_padded_sequence(steps, lengths, batch_first: true, enforce_sorted: false);
                using PackedSequence states = layers[l].call(packed, null).Item1;
                (steps, _) = pad_packed_sequence(states, batch_first: true, padding_value: 0, total_length: steps.shape[1]);
            }
        }
        return Precise.Raise(steps);
    }

    public override void Dispose()
    {
        foreach (LSTM layer in layers) layer.Dispose();
    }
}
