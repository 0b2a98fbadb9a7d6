using System.Numerics.Tensors;

namespace Vigie.Bundles;

/// <summary><c>weights.safetensors</c>: every number that training learnt, in single precision where that loses nothing.</summary>
internal static class WeightsFile
{
    public const string Name = "weights.safetensors";

    public static Tensor Real(string name, double[] values, params int[] shape)
    {
        if (!TensorPrimitives.IsFiniteAll<double>(values)) throw new InvalidInputException($"{name} hold a number that is not finite: the model is not fit for use");
        var single = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            single[i] = (float)values[i];
            if (single[i] != values[i]) return Tensor.Of(name, values, shape);
        }
        return Tensor.Of(name, single, shape);
    }

    public static double[] ReadReal(SafetensorsFile tensors, string name, params ReadOnlySpan<long> shape)
    {
        if (!tensors.Has<float>(name)) return Finite(name, tensors.Read<double>(name, shape));
        float[] single = tensors.Read<float>(name, shape);
        var values = new double[single.Length];
        TensorPrimitives.ConvertTruncating<float, double>(single, values);
        return Finite(name, values);
    }

    public static double[] Finite(string name, double[] values) =>
        TensorPrimitives.IsFiniteAll<double>(values) ? values : throw new InvalidInputException($"{name} hold a number that is not finite");
}
