using MathNet.Numerics;

namespace Vigie.Monitoring;

/// <summary>
/// The distribution of the two-sided Kolmogorov-Smirnov statistic of one sample of a given size. Exact for small samples
/// (Marsaglia, Tsang and Wang, J. Stat. Softw. 2003) and in the upper tail (Miller's doubling of the one-sided law),
/// Pelz and Good's expansion in the body of large ones, as Simard and L'Ecuyer advise (J. Stat. Softw. 2011).
/// </summary>
internal static class KolmogorovDistribution
{
    private const int ExactUpTo = 140;

    /// <summary>P(D ≥ <paramref name="distance"/>) for a sample of <paramref name="size"/>.</summary>
    public static double Survival(int size, double distance)
    {
        double scaled = size * distance;
        if (distance >= 1) return 0;
        if (scaled <= 0.5) return 1;
        double square = scaled * distance;
        if (distance >= 0.5 || square > (size <= ExactUpTo ? 4 : 2.2)) return Math.Min(1, 2 * OneSided(size, distance));
        return Math.Clamp(1 - (size <= ExactUpTo ? ByMatrix(size, distance) : PelzGood(size, distance)), 0, 1);
    }

    /// <summary>P(D⁺ ≥ d), Smirnov's exact sum.</summary>
    internal static double OneSided(int size, double distance)
    {
        double sum = 0;
        int last = (int)Math.Floor(size * (1 - distance));
        for (int j = 0; j <= last; j++)
        {
            double below = distance + (double)j / size, above = 1 - below;
            if (above <= 0) continue; // the last term, 0 to the power 0 only at distance 1
            double choices = SpecialFunctions.GammaLn(size + 1.0) - SpecialFunctions.GammaLn(j + 1.0) - SpecialFunctions.GammaLn(size - j + 1.0);
            sum += Math.Exp(choices + (j - 1) * Math.Log(below) + (size - j) * Math.Log(above));
        }
        return Math.Min(1, distance * sum);
    }

    /// <summary>P(D &lt; d) from a power of Durbin's matrix.</summary>
    internal static double ByMatrix(int size, double distance)
    {
        int k = (int)(size * distance) + 1, m = 2 * k - 1;
        double h = k - size * distance;
        var step = new double[m * m];
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++) step[i * m + j] = i - j + 1 < 0 ? 0 : 1;
        }
        for (int i = 0; i < m; i++)
        {
            step[i * m] -= Math.Pow(h, i + 1);
            step[(m - 1) * m + i] -= Math.Pow(h, m - i);
        }
        step[(m - 1) * m] += 2 * h - 1 > 0 ? Math.Pow(2 * h - 1, m) : 0;
        for (int i = 0; i < m; i++)
        {
            for (int j = 0; j < m; j++)
            {
                for (int g = 1; g <= i - j + 1; g++) step[i * m + j] /= g;
            }
        }
        // Each step is divided by e, so that no power overflows: n! / n^n is about sqrt(2 pi n) e^-n.
        for (int i = 0; i < step.Length; i++) step[i] /= Math.E;
        double[] power = Power(step, m, size);
        double logScale = SpecialFunctions.GammaLn(size + 1.0) - size * Math.Log(size) + size;
        return Math.Clamp(power[(k - 1) * m + k - 1] * Math.Exp(logScale), 0, 1);
    }

    /// <summary>P(D &lt; d) by Pelz and Good's four terms (J. R. Stat. Soc. B 1976).</summary>
    internal static double PelzGood(int size, double distance)
    {
        double root = Math.Sqrt(size), z = root * distance;
        double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, pi2 = Math.PI * Math.PI, pi4 = pi2 * pi2, pi6 = pi4 * pi2;
        double k0 = 0, k1 = 0, k2 = 0, k3 = 0, k2Even = 0, k3Even = 0;
        // Sums over all integers, the halves of which are equal: doubled below.
        for (int k = 0; k < 200; k++)
        {
            double u = k + 0.5, u2 = u * u, weight = Math.Exp(-pi2 * u2 / (2 * z2));
            double even2 = (double)(k + 1) * (k + 1), evenWeight = Math.Exp(-pi2 * even2 / (2 * z2));
            k0 += weight;
            k1 += (pi2 * u2 - z2) * weight;
            k2 += (6 * z6 + 2 * z4 + pi2 * (2 * z4 - 5 * z2) * u2 + pi4 * (1 - 2 * z2) * u2 * u2) * weight;
            k3 += (pi6 * u2 * u2 * u2 * (5 - 30 * z2) + pi4 * u2 * u2 * (-60 * z2 + 212 * z4) + pi2 * u2 * (135 * z4 - 96 * z6) - 30 * z6 - 90 * z6 * z2) * weight;
            k2Even += pi2 * even2 * evenWeight;
            k3Even += (3 * pi2 * even2 * z2 - pi4 * even2 * even2) * evenWeight;
            if (weight < 1e-30) break;
        }
        double half = Math.Sqrt(Math.PI / 2);
        k0 *= 2 * half / z;
        k1 *= 2 * half / (6 * z4);
        k2 = 2 * half * (k2 / (72 * z6 * z) - k2Even / (36 * z2 * z));
        k3 = 2 * half * (k3 / (6480 * z6 * z4) + k3Even / (216 * z6));
        return Math.Clamp(k0 + k1 / root + k2 / size + k3 / (size * root), 0, 1);
    }

    private static double[] Power(double[] matrix, int m, int exponent)
    {
        double[] result = new double[m * m], square = matrix;
        for (int i = 0; i < m; i++) result[i * m + i] = 1;
        for (int left = exponent; left > 0; left >>= 1)
        {
            if ((left & 1) == 1) result = Multiply(result, square, m);
            if (left > 1) square = Multiply(square, square, m);
        }
        return result;
    }

    private static double[] Multiply(double[] a, double[] b, int m)
    {
        var product = new double[m * m];
        for (int i = 0; i < m; i++)
        {
            for (int k = 0; k < m; k++)
            {
                double factor = a[i * m + k];
                if (factor == 0) continue;
                for (int j = 0; j < m; j++) product[i * m + j] += factor * b[k * m + j];
            }
        }
        return product;
    }
}
