namespace Vigie.Monitoring;

/// <summary>
/// The two-sample Kolmogorov-Smirnov test: the greatest distance between two samples' distribution functions, and how often chance alone gives as much.
/// With ties the p-values are conservative.
/// </summary>
/// <param name="Statistic">Greatest distance, in [0, 1].</param>
/// <param name="FirstSize">Values in the first sample.</param>
/// <param name="SecondSize">Values in the second.</param>
public sealed record KolmogorovSmirnov(double Statistic, int FirstSize, int SecondSize)
{
    // The exact count walks a grid of sizes multiplied: past this, a tenth of a second and more.
    private const long ExactGrid = 10_000_000;

    // Greatest |i * second - j * first|: the statistic times both sizes, free of rounding.
    private readonly long _greatest = (long)Math.Round(Statistic * FirstSize * SecondSize);

    /// <summary>Compares two samples of finite numbers.</summary>
    /// <exception cref="InvalidInputException">A sample is empty or holds a value that is not finite.</exception>
    public static KolmogorovSmirnov Test(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        (double[] a, double[] b) = (Samples.Sorted(first), Samples.Sorted(second));
        long greatest = 0;
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            double value = j == b.Length || (i < a.Length && a[i] <= b[j]) ? a[i] : b[j];
            while (i < a.Length && a[i] == value) i++;
            while (j < b.Length && b[j] == value) j++;
            greatest = Math.Max(greatest, Math.Abs((long)i * b.Length - (long)j * a.Length));
        }
        return new KolmogorovSmirnov((double)greatest / ((double)a.Length * b.Length), a.Length, b.Length);
    }

    /// <summary>Two-sided p from the one-sample law at the effective size, first · second / (first + second), rounded to even, as scipy has it.</summary>
    public double AsymptoticP => KolmogorovDistribution.Survival(
        Math.Max(1, (int)Math.Round((double)FirstSize * SecondSize / ((double)FirstSize + SecondSize))), Statistic);

    /// <summary>
    /// Two-sided p from the exact law without ties (Hodges, Ark. Mat. 1958): the chance that a random order of the pooled values takes the distance this far.
    /// Time grows as the sizes multiplied.
    /// </summary>
    public double ExactP
    {
        get
        {
            if (_greatest == 0) return 1;
            // reach[j]: chance that the walk stands at (i, j) and has stayed within the band so far; what steps out is added up, all terms positive.
            var reach = new double[SecondSize + 1];
            double outside = 0;
            for (int i = 0; i <= FirstSize; i++)
            {
                for (int j = 0; j <= SecondSize; j++)
                {
                    double left = FirstSize + SecondSize - i - j;
                    double arriving = i == 0 && j == 0 ? 1 : 0;
                    if (i > 0) arriving += reach[j] * (FirstSize - i + 1) / (left + 1);
                    if (j > 0) arriving += reach[j - 1] * (SecondSize - j + 1) / (left + 1);
                    bool stepsOut = Math.Abs((long)i * SecondSize - (long)j * FirstSize) >= _greatest;
                    if (stepsOut) outside += arriving;
                    reach[j] = stepsOut ? 0 : arriving;
                }
            }
            return Math.Min(1, outside);
        }
    }

    /// <summary>The p to report: exact where the sizes allow, asymptotic beyond.</summary>
    public double P => (long)FirstSize * SecondSize <= ExactGrid ? ExactP : AsymptoticP;
}
