using System.Numerics.Tensors;

namespace Vigie.Models;

/// <summary>Value of a function at <paramref name="point"/>; writes its gradient.</summary>
internal delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

/// <summary>
/// Limited-memory BFGS (Nocedal and Wright, <i>Numerical Optimization</i>, algorithm 7.5) and, with an L1 term, its orthant-wise
/// form OWL-QN (G. Andrew and J. Gao, ICML 2007). Deterministic.
/// </summary>
internal sealed class Lbfgs(int size, Objective objective, double[]? l1 = null)
{
    private const int Memory = 10;
    private readonly List<(double[] Step, double[] Change, double Rho)> history = [];

    /// <summary>Largest absolute (pseudo-)gradient at which the search ends.</summary>
    public double Tolerance { get; init; } = 1e-4;

    public int MaxIterations { get; init; } = 1000;

    /// <summary>Iterations done.</summary>
    public int Iterations { get; private set; }

    /// <summary>True where the gradient fell below the tolerance, or rounding leaves nothing to gain.</summary>
    public bool Converged { get; private set; }

    /// <summary>Told each iteration and the value after it.</summary>
    public Action<int, double>? Report { get; init; }

    public double[] Minimize(double[] start, CancellationToken cancellation)
    {
        double[] x = start, gradient = new double[size], pseudo = new double[size], direction = new double[size];
        double[] nextX = new double[size], nextGradient = new double[size];
        double value = objective(x, gradient) + L1(x);
        for (Iterations = 0; Iterations < MaxIterations; Iterations++)
        {
            cancellation.ThrowIfCancellationRequested();
            PseudoGradient(x, gradient, pseudo);
            if (TensorPrimitives.MaxMagnitude<double>(pseudo) is double largest && Math.Abs(largest) <= Tolerance)
            {
                Converged = true;
                return x;
            }
            Direction(pseudo, direction);
            double slope = DenseVector.Dot(pseudo, direction);
            if (slope >= 0)
            {
                history.Clear();
                TensorPrimitives.Negate<double>(pseudo, direction);
                slope = -DenseVector.Dot(pseudo, pseudo);
            }
            double step = history.Count == 0 ? Math.Min(1, 1 / Math.Sqrt(DenseVector.Dot(pseudo, pseudo))) : 1;
            double next = Search(x, pseudo, direction, value, slope, step, nextX, nextGradient);
            if (!(next < value))
            {
                // No step improves on it: rounding is all that is left, unless the numbers have run away.
                Converged = double.IsFinite(value) && double.IsFinite(next);
                return x;
            }
            Remember(x, nextX, gradient, nextGradient);
            value = next;
            (x, nextX) = (nextX, x);
            (gradient, nextGradient) = (nextGradient, gradient);
            Report?.Invoke(Iterations + 1, value);
        }
        return x;
    }

    // Backtracking to the Armijo condition; a step that L-BFGS proposes nearly always passes at once.
    private double Search(double[] x, double[] pseudo, double[] direction, double value, double slope, double step, double[] nextX, double[] nextGradient)
    {
        while (true)
        {
            TensorPrimitives.MultiplyAdd<double>(direction, step, x, nextX);
            if (l1 is not null) StayInOrthant(x, pseudo, nextX);
            double next = objective(nextX, nextGradient) + L1(nextX);
            if (next <= value + 1e-4 * step * slope || step < 1e-12) return next;
            step *= 0.5;
        }
    }

    private void Direction(double[] pseudo, double[] direction)
    {
        TensorPrimitives.Negate<double>(pseudo, direction);
        Span<double> alpha = stackalloc double[Memory];
        for (int i = history.Count - 1; i >= 0; i--)
        {
            (double[] step, double[] change, double rho) = history[i];
            alpha[i] = rho * DenseVector.Dot(step, direction);
            TensorPrimitives.MultiplyAdd<double>(change, -alpha[i], direction, direction);
        }
        if (history.Count > 0)
        {
            (double[] _, double[] change, double rho) = history[^1];
            TensorPrimitives.Multiply<double>(direction, 1 / (rho * DenseVector.Dot(change, change)), direction);
        }
        for (int i = 0; i < history.Count; i++)
        {
            (double[] step, double[] change, double rho) = history[i];
            double beta = rho * DenseVector.Dot(change, direction);
            TensorPrimitives.MultiplyAdd<double>(step, alpha[i] - beta, direction, direction);
        }
        if (l1 is null) return;
        // OWL-QN: a direction that disagrees with the pseudo-gradient's sign is not followed.
        for (int j = 0; j < size; j++)
        {
            if (l1[j] > 0 && direction[j] * pseudo[j] >= 0) direction[j] = 0;
        }
    }

    private void Remember(double[] x, double[] nextX, double[] gradient, double[] nextGradient)
    {
        (double[] step, double[] change) = history.Count == Memory ? (history[0].Step, history[0].Change) : (new double[size], new double[size]);
        if (history.Count == Memory) history.RemoveAt(0);
        TensorPrimitives.Subtract<double>(nextX, x, step);
        TensorPrimitives.Subtract<double>(nextGradient, gradient, change);
        double curvature = DenseVector.Dot(step, change);
        if (curvature > 1e-16 * DenseVector.Dot(change, change)) history.Add((step, change, 1 / curvature));
    }

    private void PseudoGradient(double[] x, double[] gradient, double[] pseudo)
    {
        if (l1 is null)
        {
            gradient.CopyTo(pseudo, 0);
            return;
        }
        for (int j = 0; j < size; j++)
        {
            pseudo[j] = x[j] != 0 ? gradient[j] + Math.Sign(x[j]) * l1[j]
                : gradient[j] + l1[j] < 0 ? gradient[j] + l1[j]
                : gradient[j] - l1[j] > 0 ? gradient[j] - l1[j] : 0;
        }
    }

    private void StayInOrthant(double[] x, double[] pseudo, double[] nextX)
    {
        for (int j = 0; j < size; j++)
        {
            if (l1![j] == 0) continue;
            double sign = x[j] != 0 ? Math.Sign(x[j]) : -Math.Sign(pseudo[j]);
            if (nextX[j] * sign <= 0) nextX[j] = 0;
        }
    }

    private double L1(ReadOnlySpan<double> x)
    {
        if (l1 is null) return 0;
        double sum = 0;
        for (int j = 0; j < size; j++) sum += l1[j] * Math.Abs(x[j]);
        return sum;
    }
}
