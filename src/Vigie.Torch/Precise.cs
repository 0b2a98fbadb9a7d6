using static TorchSharp.torch;

namespace Vigie.Torch;

/// <summary>Where and in which numbers the heavy products are computed.</summary>
internal readonly record struct Precise(Device Device, ScalarType Type)
{
    public Tensor Lower(Tensor values) => values.to(Type);

    public static Tensor Raise(Tensor values) => values.to(ScalarType.Float32);
}
