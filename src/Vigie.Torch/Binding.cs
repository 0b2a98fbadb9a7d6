using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Vigie.Torch;

/// <summary>A parameter and the tensor that libtorch computes with in its place, on whatever device and in whatever precision.</summary>
internal sealed class Binding : IDisposable
{
    private readonly Tensor staging;
    private float[]? mask;
    private bool given;

    /// <param name="parameter">Keeps the values.</param>
    /// <param name="leaf">Receives them; of the same number of values.</param>
    public Binding(Parameter parameter, Tensor leaf)
    {
        (Parameter, Leaf) = (parameter, leaf.DetachFromDisposeScope());
        staging = empty(leaf.shape, ScalarType.Float32).DetachFromDisposeScope();
    }

    public Parameter Parameter { get; }

    public Tensor Leaf { get; }

    /// <summary>Copies the values into the tensor, under a mask where there is one.</summary>
    public void Load(float[]? under = null)
    {
        mask = under;
        Span<float> values = MemoryMarshal.Cast<byte, float>(staging.bytes);
        if (mask is null) Parameter.Values.CopyTo(values);
        else TensorPrimitives.Multiply(Parameter.Values, mask, values);
        using IDisposable untracked = no_grad();
        Leaf.copy_(staging);
    }

    /// <summary>Adds a gradient that was not computed by libtorch to the parameter's, under the same mask as the values.</summary>
    public void Give(Tensor gradient)
    {
        given = true;
        ReadOnlySpan<float> values = Floats(gradient);
        if (mask is null) TensorPrimitives.Add(Parameter.Gradient, values, Parameter.Gradient);
        else TensorPrimitives.MultiplyAdd(values, mask, Parameter.Gradient, Parameter.Gradient);
    }

    /// <summary>Adds the tensor's gradient to the parameter's, where none was given, and clears it there.</summary>
    public void TakeGradient()
    {
        if (given) return;
        Tensor gradient = Leaf.grad ?? throw new InvalidOperationException($"{Parameter.Name} has no gradient");
        Give(gradient);
        given = false;
        gradient.zero_();
    }

    public void Dispose()
    {
        Leaf.Dispose();
        staging.Dispose();
    }

    /// <summary>A tensor's values, row by row. Valid within the current dispose scope.</summary>
    public static ReadOnlySpan<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.to(ScalarType.Float32).cpu().contiguous().bytes);
}
