using System.Runtime.CompilerServices;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>What a margin costs.</summary>
internal enum MarginLossKind
{
    /// <summary>ln(1 + e^−m).</summary>
    Logistic,

    /// <summary>max(0, 1 − m)².</summary>
    SquaredHinge,
}

/// <summary>
/// ½ ‖w‖² + Σ weight · loss(margin) of a two-class model over sparse features, one class against the rest; the last variable is
/// the intercept.
/// </summary>
internal sealed class MarginLoss(SparseMatrix features, byte[] labels, byte positive, double[] weightOf, MarginLossKind kind, bool penalisedIntercept)
{
    private readonly int width = features.ColumnCount;
    private readonly double[] curvature = new double[labels.Length];

    /// <summary>Number of variables.</summary>
    public int Size => width + 1;

    /// <summary>Value at a point; writes the gradient there, and keeps what <see cref="Curvature"/> needs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double Evaluate(ReadOnlySpan<double> point, Span<double> gradient)
    {
        ReadOnlySpan<double> w = point[..width];
        Span<double> into = gradient[..width];
        point.CopyTo(gradient);
        if (!penalisedIntercept) gradient[width] = 0;
        double loss = 0.5 * DenseVector.Dot(point, gradient), intercept = point[width], interceptGradient = gradient[width];
        for (int i = 0; i < labels.Length; i++)
        {
            double sign = labels[i] == positive ? 1 : -1, weight = weightOf[labels[i]];
            double margin = sign * (features.Dot(i, w) + intercept), slope;
            if (kind == MarginLossKind.Logistic)
            {
                // Written so that neither end overflows.
                double small = Math.Exp(-Math.Abs(margin)), miss = (margin > 0 ? small : 1) / (1 + small);
                loss += weight * (Math.Log(1 + small) + Math.Max(0, -margin));
                slope = -weight * sign * miss;
                curvature[i] = weight * miss * (1 - miss);
            }
            else
            {
                double gap = Math.Max(0, 1 - margin);
                loss += weight * gap * gap;
                slope = -2 * weight * sign * gap;
                curvature[i] = gap > 0 ? 2 * weight : 0;
            }
            if (slope == 0) continue;
            features.AddRow(i, slope, into);
            interceptGradient += slope;
        }
        gradient[width] = interceptGradient;
        return loss;
    }

    /// <summary>The Hessian <c>I + XᵀDX</c> at the point of the last evaluation, times a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Curvature(ReadOnlySpan<double> vector, Span<double> product)
    {
        ReadOnlySpan<double> v = vector[..width];
        Span<double> into = product[..width];
        vector.CopyTo(product);
        double intercept = vector[width], sum = penalisedIntercept ? intercept : 0;
        for (int i = 0; i < curvature.Length; i++)
        {
            if (curvature[i] == 0) continue;
            double along = curvature[i] * (features.Dot(i, v) + intercept);
            features.AddRow(i, along, into);
            sum += along;
        }
        product[width] = sum;
    }

    /// <summary>The diagonal of that Hessian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CurvatureDiagonal(Span<double> diagonal)
    {
        diagonal.Fill(1);
        if (!penalisedIntercept) diagonal[width] = 0;
        for (int i = 0; i < curvature.Length; i++)
        {
            for (int k = features.RowStart[i]; k < features.RowStart[i + 1]; k++) diagonal[features.Columns[k]] += curvature[i] * features.Values[k] * features.Values[k];
            diagonal[width] += curvature[i];
        }
    }
}
