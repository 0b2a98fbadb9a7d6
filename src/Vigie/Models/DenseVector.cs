namespace Vigie.Models;

/// <summary>
/// Sums over dense vectors in an order that does not depend on how wide the processor's registers are: a fit is then the same on all of them.
/// </summary>
internal static class DenseVector
{
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        double a = 0, b = 0, c = 0, d = 0;
        int j = 0;
        for (; j + 4 <= x.Length; j += 4)
        {
            a += x[j] * y[j];
            b += x[j + 1] * y[j + 1];
            c += x[j + 2] * y[j + 2];
            d += x[j + 3] * y[j + 3];
        }
        for (; j < x.Length; j++) a += x[j] * y[j];
        return (a + b) + (c + d);
    }
}
