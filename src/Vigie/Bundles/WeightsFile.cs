using System.Numerics.Tensors;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>
/// <c>weights.safetensors</c>: every number that training learnt. Arrays are stored in single precision where that loses nothing, and
/// coefficients as compressed sparse rows (scipy's <c>indptr, indices, data</c>) where most of them are zero.
/// </summary>
internal static class WeightsFile
{
    public const string Name = "weights.safetensors";

    public static void Write(Stream output, FittedVectorizer vectorizer, LinearModel model)
    {
        var tensors = new List<Tensor> { Tensor.Of("intercepts", model.Intercepts) };
        if (vectorizer.Vocabulary is Vocabulary vocabulary) tensors.Add(Tensor.Of("fingerprints", vocabulary.Fingerprints));
        if (vectorizer.Weights is double[] weights) tensors.Add(Real("feature_weights", weights));
        int nonZero = model.Coefficients.Sum(row => row.Count(IsNotZero));
        // A stored non-zero takes its column besides its value.
        if (nonZero < model.ScoreCount * (long)vectorizer.FeatureCount / 2) AddSparse(tensors, model.Coefficients);
        else tensors.Add(Real("coefficients", model.ScoreCount == 1 ? model.Coefficients[0] : [.. model.Coefficients.SelectMany(row => row)], model.ScoreCount, vectorizer.FeatureCount));
        SafetensorsWriter.Write(output, tensors);
    }

    /// <exception cref="InvalidInputException">The file is not well-formed or does not hold what a model of this size needs.</exception>
    public static (ulong[]? Fingerprints, double[]? FeatureWeights, LinearModel Model) Read(byte[] file, int? hashedFeatures, bool weighted, int scores, Link link)
    {
        var tensors = new SafetensorsFile(file);
        ulong[]? fingerprints = hashedFeatures is null ? tensors.ReadVector<ulong>("fingerprints") : null;
        int features = hashedFeatures ?? fingerprints!.Length;
        double[]? weights = weighted ? ReadReal(tensors, "feature_weights", features) : null;
        double[][] coefficients = tensors.Names.Contains("coefficients")
            ? Rows(ReadReal(tensors, "coefficients", scores, features), scores, features)
            : ReadSparse(tensors, scores, features);
        double[] intercepts = Finite("intercepts", tensors.Read<double>("intercepts", scores));
        int expected = 1 + (fingerprints is null ? 0 : 1) + (weights is null ? 0 : 1) + (tensors.Names.Contains("coefficients") ? 1 : 3);
        if (tensors.Names.Count != expected) throw new InvalidInputException($"{tensors.Names.Count} tensors, {string.Join(", ", tensors.Names)}: this model has {expected}");
        return (fingerprints, weights, new LinearModel(coefficients, intercepts, link));
    }

    // Minus zero is kept: what is read back is what was there, to the bit.
    private static bool IsNotZero(double value) => BitConverter.DoubleToInt64Bits(value) != 0;

    private static void AddSparse(List<Tensor> tensors, double[][] rows)
    {
        var start = new int[rows.Length + 1];
        var columns = new List<int>();
        var values = new List<double>();
        for (int r = 0; r < rows.Length; r++)
        {
            for (int column = 0; column < rows[r].Length; column++)
            {
                if (!IsNotZero(rows[r][column])) continue;
                columns.Add(column);
                values.Add(rows[r][column]);
            }
            start[r + 1] = columns.Count;
        }
        tensors.Add(Tensor.Of("coefficients.indptr", start));
        tensors.Add(Tensor.Of("coefficients.indices", columns.ToArray()));
        tensors.Add(Real("coefficients.data", values.ToArray()));
    }

    private static double[][] ReadSparse(SafetensorsFile tensors, int rows, int columns)
    {
        int[] start = tensors.Read<int>("coefficients.indptr", rows + 1), indices = tensors.ReadVector<int>("coefficients.indices");
        double[] values = ReadReal(tensors, "coefficients.data", indices.Length);
        bool rising = start[0] == 0 && start[^1] == indices.Length;
        for (int r = 0; r < rows; r++) rising &= start[r] <= start[r + 1];
        if (!rising) throw new InvalidInputException($"coefficients.indptr must rise from 0 to {indices.Length}");
        var coefficients = new double[rows][];
        for (int r = 0; r < rows; r++)
        {
            coefficients[r] = new double[columns];
            int before = -1;
            for (int k = start[r]; k < start[r + 1]; before = indices[k++])
            {
                if (indices[k] <= before || indices[k] >= columns) throw new InvalidInputException($"coefficients.indices must rise within each row and stay below {columns}, found {indices[k]} after {before}");
                coefficients[r][indices[k]] = values[k];
            }
        }
        return coefficients;
    }

    private static Tensor Real(string name, double[] values, params int[] shape)
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

    private static double[] ReadReal(SafetensorsFile tensors, string name, params ReadOnlySpan<long> shape)
    {
        if (!tensors.Has<float>(name)) return Finite(name, tensors.Read<double>(name, shape));
        float[] single = tensors.Read<float>(name, shape);
        var values = new double[single.Length];
        TensorPrimitives.ConvertTruncating<float, double>(single, values);
        return Finite(name, values);
    }

    private static double[] Finite(string name, double[] values) =>
        TensorPrimitives.IsFiniteAll<double>(values) ? values : throw new InvalidInputException($"{name} hold a number that is not finite");

    private static double[][] Rows(double[] matrix, int rows, int columns)
    {
        if (rows == 1) return [matrix];
        return [.. Enumerable.Range(0, rows).Select(r => matrix.AsSpan(r * columns, columns).ToArray())];
    }
}
