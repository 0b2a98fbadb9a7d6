using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Vigie.Torch;

/// <summary>
/// What is zeroed in one step of the optimiser. It follows from seed and number of the step alone, so that a training which goes on from a checkpoint draws
/// what an uninterrupted one would have drawn.
/// </summary>
internal sealed class Dropout(int seed, long step, double rate, double recurrentRate)
{
    private readonly Xoshiro256 random = new((ulong)seed, Streams.Steps + (ulong)step);

    /// <summary>Zeroes values and scales up the rest so that their expectation stays.</summary>
    public Tensor Apply(Tensor values)
    {
        if (rate == 0) return values;
        Tensor mask = empty(values.shape, ScalarType.Float32);
        Fill(MemoryMarshal.Cast<byte, float>(mask.bytes), rate);
        return values * mask.to(values.dtype).to(values.device);
    }

    /// <summary>A mask for weights from hidden state to hidden state; null for none.</summary>
    public float[]? Recurrent(int size)
    {
        if (recurrentRate == 0) return null;
        var mask = new float[size];
        Fill(mask, recurrentRate);
        return mask;
    }

    // Four draws of 16 bits from each number: the rate is kept to within one in 65,536.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Fill(Span<float> mask, double rate)
    {
        uint threshold = (uint)Math.Round(rate * 65536);
        float kept = (float)(65536.0 / (65536 - threshold));
        for (int i = 0; i < mask.Length; i += 4)
        {
            ulong bits = random.NextUInt64();
            for (int j = i; j < mask.Length && j < i + 4; j++, bits >>= 16) mask[j] = (bits & 0xFFFF) < threshold ? 0 : kept;
        }
    }
}
