using System.Numerics.Tensors;

namespace Vigie.Models;

/// <summary>
/// Newton's method with a trust region, its steps by preconditioned conjugate gradients (C.-J. Lin, R. C. Weng and S. S. Keerthi,
/// JMLR 9, 2008; the mixed diagonal preconditioner of C.-Y. Hsia, W.-L. Chiang and C.-J. Lin, ACML 2018). A handful of steps of a
/// handful of products each reach the optimum of a sparse linear model. Deterministic.
/// </summary>
internal sealed class TrustRegionNewton(MarginLoss loss)
{
    private const double Sufficient = 1e-4, Poor = 0.25, Good = 0.75;

    /// <summary>Largest absolute gradient at which the search ends.</summary>
    public required double Tolerance { get; init; }

    public int MaxIterations { get; init; } = 1000;

    /// <summary>Steps tried.</summary>
    public int Iterations { get; private set; }

    /// <summary>Products of the Hessian with a vector: what the search costs.</summary>
    public int Products { get; private set; }

    /// <summary>True where the gradient fell below the tolerance, or rounding leaves nothing to gain.</summary>
    public bool Converged { get; private set; }

    /// <summary>Told each step and the value there.</summary>
    public Action<int, double>? Report { get; init; }

    public double[] Minimize(CancellationToken cancellation)
    {
        int n = loss.Size;
        double[] x = new double[n], gradient = new double[n], step = new double[n], residual = new double[n], scale = new double[n];
        double[] next = new double[n], nextGradient = new double[n];
        double value = loss.Evaluate(x, gradient), radius = 0;
        for (Iterations = 0; Iterations < MaxIterations && !Converged; Iterations++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Largest(gradient) <= Tolerance) break;
            loss.CurvatureDiagonal(scale);
            for (int j = 0; j < n; j++) scale[j] = 0.99 + 0.01 * scale[j];
            if (Iterations == 0) radius = Math.Sqrt(ScaledSquare(gradient, scale, inverse: true));
            bool atBorder = Step(gradient, scale, radius, step, residual, cancellation);
            TensorPrimitives.Add<double>(x, step, next);
            double nextValue = loss.Evaluate(next, nextGradient);
            double slope = DenseVector.Dot(gradient, step);
            double predicted = -0.5 * (slope - DenseVector.Dot(step, residual)), actual = value - nextValue;
            double length = Math.Sqrt(ScaledSquare(step, scale, inverse: false));
            if (Iterations == 0) radius = Math.Min(radius, length);
            radius = NextRadius(radius, length, actual, predicted, nextValue - value - slope, slope, atBorder);
            if (actual > Sufficient * predicted)
            {
                (x, next) = (next, x);
                (gradient, nextGradient) = (nextGradient, gradient);
                value = nextValue;
            }
            else
            {
                loss.Evaluate(x, gradient);
            }
            Report?.Invoke(Iterations + 1, value);
            Converged = Math.Abs(actual) <= 1e-12 * Math.Abs(value) && Math.Abs(predicted) <= 1e-12 * Math.Abs(value);
        }
        Converged |= Largest(gradient) <= Tolerance;
        return x;
    }

    private static double Largest(double[] vector) => Math.Abs(TensorPrimitives.MaxMagnitude<double>(vector));

    private static double NextRadius(double radius, double length, double actual, double predicted, double excess, double slope, bool atBorder)
    {
        double alpha = excess <= 0 ? 4 : Math.Max(0.25, -0.5 * slope / excess);
        if (actual < Sufficient * predicted) return Math.Min(alpha * length, 0.5 * radius);
        if (actual < Poor * predicted) return Math.Max(0.25 * radius, Math.Min(alpha * length, 0.5 * radius));
        if (actual < Good * predicted) return Math.Max(0.25 * radius, Math.Min(alpha * length, 4 * radius));
        return atBorder ? 4 * radius : Math.Max(radius, Math.Min(alpha * length, 4 * radius));
    }

    // Conjugate gradients for H·step = −gradient inside the region; answers whether the region's border ended them.
    private bool Step(double[] gradient, double[] scale, double radius, double[] step, double[] residual, CancellationToken cancellation)
    {
        int n = gradient.Length;
        double[] direction = new double[n], preconditioned = new double[n], product = new double[n];
        Array.Clear(step);
        TensorPrimitives.Negate<double>(gradient, residual);
        TensorPrimitives.Divide<double>(residual, scale, preconditioned);
        preconditioned.CopyTo(direction, 0);
        double square = DenseVector.Dot(preconditioned, residual);
        // Exact steps pay only near the optimum, where the gradient is small.
        double enough = Math.Min(0.1, Math.Sqrt(Math.Sqrt(square))) * Math.Sqrt(square), model = 0;
        for (int k = 0; k < Math.Max(n, 5); k++)
        {
            if (Math.Sqrt(square) <= enough) return false;
            cancellation.ThrowIfCancellationRequested();
            loss.Curvature(direction, product);
            Products++;
            double alpha = square / DenseVector.Dot(direction, product);
            TensorPrimitives.MultiplyAdd<double>(direction, alpha, step, step);
            if (Math.Sqrt(ScaledSquare(step, scale, inverse: false)) >= radius)
            {
                TensorPrimitives.MultiplyAdd<double>(direction, -alpha, step, step);
                double back = ToBorder(step, direction, scale, radius);
                TensorPrimitives.MultiplyAdd<double>(direction, back, step, step);
                TensorPrimitives.MultiplyAdd<double>(product, -back, residual, residual);
                return true;
            }
            TensorPrimitives.MultiplyAdd<double>(product, -alpha, residual, residual);
            double nextModel = -0.5 * (DenseVector.Dot(step, residual) - DenseVector.Dot(step, gradient));
            if (nextModel >= model && k > 0) return false;
            model = nextModel;
            TensorPrimitives.Divide<double>(residual, scale, preconditioned);
            double nextSquare = DenseVector.Dot(preconditioned, residual);
            TensorPrimitives.MultiplyAdd<double>(direction, nextSquare / square, preconditioned, direction);
            square = nextSquare;
        }
        return false;
    }

    // The positive root t of ‖step + t·direction‖ = radius in the scaled norm.
    private static double ToBorder(double[] step, double[] direction, double[] scale, double radius)
    {
        double cross = 0;
        for (int j = 0; j < step.Length; j++) cross += scale[j] * step[j] * direction[j];
        double steps = ScaledSquare(step, scale, inverse: false), directions = ScaledSquare(direction, scale, inverse: false);
        double gap = radius * radius - steps, root = Math.Sqrt(cross * cross + directions * gap);
        return cross >= 0 ? gap / (cross + root) : (root - cross) / directions;
    }

    private static double ScaledSquare(double[] vector, double[] scale, bool inverse)
    {
        double sum = 0;
        for (int j = 0; j < vector.Length; j++) sum += inverse ? vector[j] * vector[j] / scale[j] : vector[j] * vector[j] * scale[j];
        return sum;
    }
}
