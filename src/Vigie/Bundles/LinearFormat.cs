using System.Globalization;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>A linear model over n-grams: vectoriser, vocabulary, and coefficients, as compressed sparse rows (scipy's <c>indptr, indices, data</c>) where most are zero.</summary>
internal sealed class LinearFormat : ModelFormat
{
    public override string Classifier => "linear";

    public override string Noun => "A linear model";

    public override IReadOnlyList<string> Required { get; } = [VectorizerFile.Name, WeightsFile.Name];

    public override IReadOnlyList<string> Optional { get; } = [VectorizerFile.Vocabulary];

    public override IReadOnlyList<string> Large { get; } = [VectorizerFile.Vocabulary, WeightsFile.Name];

    public override bool Fits(TextModel model) => model is LinearTextModel;

    public override void Write(BundleWriter to, TextModel model)
    {
        (FittedVectorizer vectorizer, LinearModel linear) = (((LinearTextModel)model).Vectorizer, ((LinearTextModel)model).Linear);
        var tensors = new List<Tensor> { Tensor.Of("intercepts", linear.Intercepts) };
        VectorizerFile.Write(to, vectorizer, tensors);
        int nonZero = linear.Coefficients.Sum(row => row.Count(IsNotZero));
        // A stored non-zero takes its column besides its value.
        if (nonZero < linear.ScoreCount * (long)vectorizer.FeatureCount / 2) AddSparse(tensors, linear.Coefficients);
        else tensors.Add(WeightsFile.Real("coefficients", linear.ScoreCount == 1 ? linear.Coefficients[0] : [.. linear.Coefficients.SelectMany(row => row)], linear.ScoreCount, vectorizer.FeatureCount));
        to.Tensors(WeightsFile.Name, tensors);
    }

    public override TextModel Read(VerifiedFiles files, ModelFile file) => VectorizerFile.Read(files, file, (vectorizer, tensors) =>
    {
        (int scores, int features) = (file.ScoreCount, vectorizer.FeatureCount);
        double[][] coefficients = tensors.Names.Contains("coefficients")
            ? Rows(WeightsFile.ReadReal(tensors, "coefficients", scores, features), scores, features)
            : ReadSparse(tensors, scores, features);
        double[] intercepts = WeightsFile.Finite("intercepts", tensors.Read<double>("intercepts", scores));
        int own = 1 + (tensors.Names.Contains("coefficients") ? 1 : 3);
        return (new LinearTextModel(vectorizer, new LinearModel(coefficients, intercepts, file.Link)), own);
    });

    public override string TextProbe(TextModel model) => VectorizerFile.Probe(((LinearTextModel)model).Vectorizer.Options);

    public override IEnumerable<string> Describe(TextModel model) =>
        [string.Create(CultureInfo.InvariantCulture, $"{model.FeatureCount:N0} features: {VectorizerFile.Describe(((LinearTextModel)model).Vectorizer.Options)}.")];

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
        tensors.Add(WeightsFile.Real("coefficients.data", values.ToArray()));
    }

    private static double[][] ReadSparse(SafetensorsFile tensors, int rows, int columns)
    {
        int[] start = tensors.Read<int>("coefficients.indptr", rows + 1), indices = tensors.ReadVector<int>("coefficients.indices");
        double[] values = WeightsFile.ReadReal(tensors, "coefficients.data", indices.Length);
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

    private static double[][] Rows(double[] matrix, int rows, int columns)
    {
        if (rows == 1) return [matrix];
        return [.. Enumerable.Range(0, rows).Select(r => matrix.AsSpan(r * columns, columns).ToArray())];
    }
}
