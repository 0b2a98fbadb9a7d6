using Vigie.Features;

namespace Vigie.Models;

/// <summary>
/// Linear support vector machine with squared hinge loss: minimises ½ ‖(w, b)‖² + C · Σ max(0, 1 − y·score)², one class against
/// the rest where there are more than two. The same optimum as scikit-learn's LinearSVC, whose intercept is penalised too.
/// Its scores are margins, not log-odds: calibrate them before reading them as probabilities.
/// </summary>
public sealed record LinearSvc : ILinearEstimator
{
    /// <summary>Inverse strength of the penalty; above 0.</summary>
    public double C { get; init; } = 1;

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
        byte[] y = labels.ToArray();
        int iterations = 0;
        void Report(int iteration, double value) => progress?.Report(new FitProgress(null) { Iteration = ++iterations, Loss = value / (C * y.Length) });
        if (classes == 2) return LogisticRegression.Unpack(FitOne(features, y, 1, weightOf, Report, cancellation), 1, features.ColumnCount);
        var points = new double[classes][];
        for (int c = 0; c < classes; c++) points[c] = FitOne(features, y, (byte)c, weightOf, Report, cancellation);
        return new LinearModel(
            Array.ConvertAll(points, point => point.AsSpan(0, features.ColumnCount).ToArray()),
            Array.ConvertAll(points, point => point[features.ColumnCount]), Link.OneVersusRest);
    }

    private double[] FitOne(SparseMatrix features, byte[] y, byte positive, double[] weightOf, Action<int, double> report, CancellationToken cancellation)
    {
        var search = new TrustRegionNewton(new MarginLoss(features, y, positive, weightOf, MarginLossKind.SquaredHinge, penalisedIntercept: true))
        {
            Tolerance = Tolerance * C * y.Length,
            MaxIterations = MaxIterations,
            Report = report,
        };
        double[] best = search.Minimize(cancellation);
        return search.Converged ? best : throw new InvalidInputException($"linear SVM with C {C} has not converged after {MaxIterations} iterations: lower C or raise max_iterations");
    }
}
