using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vigie.Torch;

/// <summary>One step of Adam (Kingma &amp; Ba 2015) with decoupled weight decay (Loshchilov &amp; Hutter 2019), its bias corrections worked out for the step.</summary>
internal readonly struct Adam
{
    public const float FirstDecay = 0.9f, SecondDecay = 0.999f, Epsilon = 1e-8f;
    private readonly float rate, secondScale;

    /// <param name="learningRate">Of this step.</param>
    /// <param name="step">From 1.</param>
    public Adam(double learningRate, long step)
    {
        rate = (float)(learningRate / (1 - Math.Pow(FirstDecay, step)));
        secondScale = (float)(1 / (1 - Math.Pow(SecondDecay, step)));
    }

    /// <summary>Moves values against their gradient.</summary>
    /// <param name="values">The values; changed.</param>
    /// <param name="gradient">Their gradient.</param>
    /// <param name="first">Running mean of gradients; changed.</param>
    /// <param name="second">Running mean of squared gradients; changed.</param>
    /// <param name="scale">What the gradient is multiplied by beforehand.</param>
    /// <param name="decay">Part of the values that is taken away: learning rate × weight decay.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Step(Span<float> values, ReadOnlySpan<float> gradient, Span<float> first, Span<float> second, float scale, float decay)
    {
        int whole = values.Length - values.Length % Vector<float>.Count;
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(values[..whole]);
        ReadOnlySpan<Vector<float>> gradients = MemoryMarshal.Cast<float, Vector<float>>(gradient[..whole]);
        Span<Vector<float>> firsts = MemoryMarshal.Cast<float, Vector<float>>(first[..whole]), seconds = MemoryMarshal.Cast<float, Vector<float>>(second[..whole]);
        var scales = new Vector<float>(scale);
        for (int i = 0; i < vectors.Length; i++)
        {
            Vector<float> g = gradients[i] * scales;
            Vector<float> m = firsts[i] = firsts[i] * FirstDecay + g * (1 - FirstDecay);
            Vector<float> v = seconds[i] = seconds[i] * SecondDecay + g * g * (1 - SecondDecay);
            vectors[i] = vectors[i] * (1 - decay) - m * rate / (Vector.SquareRoot(v * secondScale) + new Vector<float>(Epsilon));
        }
        for (int i = whole; i < values.Length; i++)
        {
            float g = gradient[i] * scale;
            float m = first[i] = first[i] * FirstDecay + g * (1 - FirstDecay);
            float v = second[i] = second[i] * SecondDecay + g * g * (1 - SecondDecay);
            values[i] = values[i] * (1 - decay) - m * rate / (MathF.Sqrt(v * secondScale) + Epsilon);
        }
    }
}
