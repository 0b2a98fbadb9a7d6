using MathNet.Numerics;

namespace Vigie.Monitoring;

/// <summary>A test's statistic and how often chance alone gives as much.</summary>
/// <param name="Statistic">The statistic.</param>
/// <param name="P">In [0, 1].</param>
/// <param name="DegreesOfFreedom">Degrees of freedom of its law.</param>
public sealed record ChiSquareResult(double Statistic, double P, int DegreesOfFreedom);

/// <summary>Tests on counts. The binomial test and Wilson's interval are in <see cref="Evaluation.Binomial"/>.</summary>
public static class CountTests
{
    /// <summary>
    /// Pearson's chi-square test that the rows of a table of counts are drawn from one distribution, such as classes predicted last week and this week.
    /// Without Yates' correction. Rough where an expected count falls below 5.
    /// </summary>
    /// <param name="counts">Rows of equal length, two by two or more; every row and every column holds something.</param>
    /// <exception cref="InvalidInputException">The table is too small, ragged, or has an empty row or column.</exception>
    public static ChiSquareResult ChiSquare(IReadOnlyList<IReadOnlyList<long>> counts)
    {
        int rows = counts.Count, columns = rows == 0 ? 0 : counts[0].Count;
        if (rows < 2 || columns < 2 || counts.Any(row => row.Count != columns || row.Any(count => count < 0)))
        {
            throw new InvalidInputException($"a chi-square test takes a full table of counts, two by two or more, got {rows} rows of {string.Join(", ", counts.Select(row => row.Count))}");
        }
        double[] ofRow = [.. counts.Select(row => (double)row.Sum())];
        double[] ofColumn = [.. Enumerable.Range(0, columns).Select(column => counts.Sum(row => (double)row[column]))];
        if (ofRow.Contains(0) || ofColumn.Contains(0)) throw new InvalidInputException("a chi-square test takes a table without empty rows or columns; leave those out");
        double total = ofRow.Sum(), statistic = 0;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                double expected = ofRow[row] * ofColumn[column] / total, excess = counts[row][column] - expected;
                statistic += excess * excess / expected;
            }
        }
        int freedom = (rows - 1) * (columns - 1);
        return new ChiSquareResult(statistic, SpecialFunctions.GammaUpperRegularized(freedom / 2.0, statistic / 2), freedom);
    }

    /// <summary>P(X ≥ <paramref name="count"/>) where X is Poisson: how surprising is a burst of so many in a window that has <paramref name="rate"/> on average?</summary>
    /// <param name="count">Seen, 0 or more.</param>
    /// <param name="rate">Expected, above 0.</param>
    public static double PoissonAtLeast(long count, double rate)
    {
        if (count < 0 || rate is not (> 0 and < double.PositiveInfinity)) throw new InvalidInputException($"a Poisson tail takes a count of 0 or more and a rate above 0, got {count} and {rate}");
        return count == 0 ? 1 : SpecialFunctions.GammaLowerRegularized(count, rate);
    }
}
