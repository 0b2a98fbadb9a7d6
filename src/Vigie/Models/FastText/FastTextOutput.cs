namespace Vigie.Models;

/// <summary>The output layer that a training starts from.</summary>
internal static class FastTextOutput
{
    /// <summary>
    /// One vector of length 1 for each class, each as far from every other: the corners of a regular simplex, turned at random so that every number
    /// of an embedding has a part.
    /// </summary>
    /// <param name="classes">Number of vectors.</param>
    /// <param name="dim">Their length, <paramref name="classes"/> − 1 or more.</param>
    /// <param name="stride">Distance from one to the next; zeros stand between.</param>
    /// <param name="random">Turns them.</param>
    public static float[] Simplex(int classes, int dim, int stride, Xoshiro256 random)
    {
        double[][] axes = Axes(classes - 1, dim, random);
        var output = new float[classes * stride];
        double scale = Math.Sqrt(classes / (classes - 1.0));
        for (int c = 0; c < classes; c++)
        {
            for (int i = 0; i < axes.Length; i++)
            {
                // Helmert's contrasts: orthonormal, and each sums to zero over the classes.
                double corner = scale * (c <= i ? 1 : c == i + 1 ? -(i + 1) : 0) / Math.Sqrt((i + 1.0) * (i + 2));
                for (int d = 0; d < dim; d++) output[c * stride + d] += (float)(corner * axes[i][d]);
            }
        }
        return output;
    }

    // Gram and Schmidt's orthonormal vectors, of numbers drawn evenly.
    private static double[][] Axes(int count, int dim, Xoshiro256 random)
    {
        var axes = new double[count][];
        for (int i = 0; i < count; i++)
        {
            double length;
            do
            {
                axes[i] = new double[dim];
                for (int d = 0; d < dim; d++) axes[i][d] = random.NextDouble() - 0.5;
                for (int other = 0; other < i; other++)
                {
                    double shared = Dot(axes[i], axes[other]);
                    for (int d = 0; d < dim; d++) axes[i][d] -= shared * axes[other][d];
                }
                length = Math.Sqrt(Dot(axes[i], axes[i]));
            }
            while (length < 1e-3); // nothing left to point anywhere: draw again
            for (int d = 0; d < dim; d++) axes[i][d] /= length;
        }
        return axes;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int d = 0; d < a.Length; d++) sum += a[d] * b[d];
        return sum;
    }
}
