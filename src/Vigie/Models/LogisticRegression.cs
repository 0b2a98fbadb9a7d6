using System.Numerics.Tensors;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>The term that keeps weights small.</summary>
public enum Penalty
{
    /// <summary>½ ‖w‖².</summary>
    L2,

    /// <summary>‖w‖₁: most weights are exactly zero.</summary>
    L1,
}

/// <summary>
/// Logistic regression, multinomial for more than two classes: minimises penalty(w) + C · Σ log-loss, the intercept free of
/// penalty. The same optimum as scikit-learn's LogisticRegression.
/// </summary>
public sealed record LogisticRegression : ILinearEstimator
{
    /// <summary>Inverse strength of the penalty; above 0.</summary>
    public double C { get; init; } = 1;

    /// <summary>The penalty.</summary>
    public Penalty Penalty { get; init; } = Penalty.L2;

    /// <summary>How much the texts of each class count.</summary>
    public ClassWeight ClassWeight { get; init; } = ClassWeight.None;

    /// <summary>Largest absolute gradient, relative to C · n, at which the fit ends.</summary>
    public double Tolerance { get; init; } = 1e-6;

    /// <summary>Most iterations of the optimiser.</summary>
    public int MaxIterations { get; init; } = 1000;

    /// <inheritdoc/>
    /// <exception cref="InvalidInputException">C is not above 0, or the fit has not converged after <see cref="MaxIterations"/>.</exception>
    public LinearModel Fit(
        FittedVectorizer vectorizer, NgramMatrix counts, ReadOnlySpan<byte> labels, int classes,
        IProgress<FitProgress>? progress = null, CancellationToken cancellation = default) =>
        Fit(vectorizer.Weigh(counts), labels, classes, progress, cancellation);

    /// <summary>Fits the model to a matrix of features.</summary>
    /// <param name="features">Texts × features.</param>
    /// <param name="labels">Class index of each text, from 0 to <paramref name="classes"/> − 1; every class occurs.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="progress">Told the loss after each iteration.</param>
    /// <param name="cancellation">Ends the fit with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidInputException">C is not above 0, or the fit has not converged after <see cref="MaxIterations"/>.</exception>
    public LinearModel Fit(SparseMatrix features, ReadOnlySpan<byte> labels, int classes, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        if (!(C > 0)) throw new InvalidInputException($"C {C}: expected a number above 0");
        double[] weightOf = Array.ConvertAll(SampleWeights.Of(ClassWeight, labels, classes), weight => C * weight);
        double tolerance = Tolerance * C * labels.Length;
        int scores = classes == 2 ? 1 : classes;
        double texts = C * labels.Length;
        void Report(int iteration, double value) => progress?.Report(new FitProgress(null) { Iteration = iteration, Loss = value / texts });
        double[] best;
        bool converged;
        if (scores == 1 && Penalty == Penalty.L2)
        {
            var newton = new TrustRegionNewton(new MarginLoss(features, labels.ToArray(), 1, weightOf, MarginLossKind.Logistic, penalisedIntercept: false))
            {
                Tolerance = tolerance,
                MaxIterations = MaxIterations,
                Report = Report,
            };
            (best, converged) = (newton.Minimize(cancellation), newton.Converged);
        }
        else
        {
            int coefficients = scores * features.ColumnCount;
            var search = new Lbfgs(coefficients + scores, Smooth(features, labels.ToArray(), weightOf, scores), Penalty == Penalty.L1 ? Ones(coefficients, scores) : null)
            {
                Tolerance = tolerance,
                MaxIterations = MaxIterations,
                Report = Report,
            };
            (best, converged) = (search.Minimize(new double[coefficients + scores], cancellation), search.Converged);
        }
        return converged ? Unpack(best, scores, features.ColumnCount)
            : throw new InvalidInputException($"logistic regression with C {C} has not converged after {MaxIterations} iterations: lower C or raise max_iterations");
    }

    internal static LinearModel Unpack(double[] point, int scores, int width) =>
        new([.. Enumerable.Range(0, scores).Select(s => point.AsSpan(s * width, width).ToArray())], point.AsSpan(scores * width).ToArray());

    private static double[] Ones(int penalised, int free)
    {
        var ones = new double[penalised + free];
        ones.AsSpan(0, penalised).Fill(1);
        return ones;
    }

    // What the L-BFGS search sees. Layout: scores × features coefficients, then the intercepts. An L1 penalty belongs to the search.
    private Objective Smooth(SparseMatrix features, byte[] y, double[] weightOf, int scores)
    {
        if (scores > 1) return (point, gradient) => Multinomial(features, y, weightOf, scores, point, gradient);
        var loss = new MarginLoss(features, y, 1, weightOf, MarginLossKind.Logistic, penalisedIntercept: false);
        return (point, gradient) =>
        {
            double value = loss.Evaluate(point, gradient);
            int width = features.ColumnCount;
            TensorPrimitives.Subtract(gradient[..width], point[..width], gradient[..width]);
            return value - 0.5 * DenseVector.Dot(point[..width], point[..width]);
        };
    }

    private double Multinomial(SparseMatrix features, byte[] y, double[] weightOf, int scores, ReadOnlySpan<double> point, Span<double> gradient)
    {
        int width = features.ColumnCount;
        double loss = StartWithPenalty(point, gradient, scores * width);
        Span<double> score = stackalloc double[scores];
        for (int i = 0; i < y.Length; i++)
        {
            double weight = weightOf[y[i]];
            for (int s = 0; s < scores; s++) score[s] = features.Dot(i, point.Slice(s * width, width)) + point[scores * width + s];
            double target = score[y[i]], largest = TensorPrimitives.Max<double>(score);
            double sum = 0;
            for (int s = 0; s < scores; s++) sum += score[s] = Math.Exp(score[s] - largest);
            loss += weight * (Math.Log(sum) + largest - target);
            for (int s = 0; s < scores; s++)
            {
                double slope = weight * (score[s] / sum - (s == y[i] ? 1 : 0));
                features.AddRow(i, slope, gradient.Slice(s * width, width));
                gradient[scores * width + s] += slope;
            }
        }
        return loss;
    }

    // The L1 part belongs to the optimiser; here is the smooth part alone.
    private double StartWithPenalty(ReadOnlySpan<double> point, Span<double> gradient, int penalised)
    {
        gradient.Clear();
        if (Penalty == Penalty.L1) return 0;
        point[..penalised].CopyTo(gradient);
        return 0.5 * DenseVector.Dot(point[..penalised], point[..penalised]);
    }
}
