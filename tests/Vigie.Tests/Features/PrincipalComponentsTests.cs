using Vigie.Features;

namespace Vigie.Tests.Features;

public sealed class PrincipalComponentsTests
{
    [Fact]
    public void Agrees_with_scikit_learn_up_to_sign()
    {
        Golden golden = Golden.Section("pca");
        double[][] rows = golden.Rows("matrix"), components = golden.Rows("components_up_to_sign");
        var fitted = PrincipalComponents.Fit([.. rows.SelectMany(row => row)], rows[0].Length, components.Length);
        Golden.Near(golden.Numbers("mean"), fitted.Mean);
        Golden.Near(golden.Numbers("explained_variance"), fitted.ExplainedVariance);
        Golden.Near(golden.Numbers("explained_variance_ratio"), fitted.ExplainedVarianceRatio);
        for (int i = 0; i < components.Length; i++)
        {
            double sign = Math.Sign(components[i].Zip(fitted.Components[i], (a, b) => a * b).Sum());
            Golden.Near([.. components[i].Select(value => sign * value)], fitted.Components[i]);
        }
    }

    [Fact]
    public void Variance_of_the_coordinates_is_the_explained_variance()
    {
        var random = new Random(3);
        double[] matrix = [.. Enumerable.Range(0, 50 * 6).Select(i => random.NextDouble() * (i % 6 + 1))];
        var fitted = PrincipalComponents.Fit(matrix, 6, 6);
        double[][] coordinates = [.. Enumerable.Range(0, 50).Select(row => fitted.Transform(matrix.AsSpan(row * 6, 6)))];
        for (int i = 0; i < 6; i++) Golden.Near(fitted.ExplainedVariance[i], coordinates.Sum(row => row[i] * row[i]) / 49);
        Golden.Near(1, fitted.ExplainedVarianceRatio.Sum());
    }

    [Fact]
    public void Equal_rows_have_no_variance_to_explain()
    {
        var fitted = PrincipalComponents.Fit([1, 2, 1, 2, 1, 2], 2, 1);
        Assert.Equal([0.0], fitted.ExplainedVariance);
        Assert.Equal([0.0], fitted.ExplainedVarianceRatio);
    }

    [Theory]
    [InlineData(4, 2, 3), InlineData(4, 2, 0), InlineData(5, 2, 1), InlineData(2, 2, 1), InlineData(4, 0, 1)]
    public void Sizes_that_do_not_fit_are_refused(int values, int columns, int components) =>
        Assert.Throws<InvalidInputException>(() => PrincipalComponents.Fit(new double[values], columns, components));

    // Variances fall by a quarter from column to column, then everything is turned: 40 directions, of which the first few are asked for.
    private static float[] Turned(int rows, int columns)
    {
        var random = new Xoshiro256(6);
        double[,] turn = new double[columns, columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++) turn[i, j] = random.NextDouble() - 0.5;
        }

        var matrix = new float[rows * columns];
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < columns; i++)
            {
                double reach = (random.NextDouble() - 0.5) * Math.Pow(0.8, i);
                for (int j = 0; j < columns; j++) matrix[row * columns + j] += (float)(reach * turn[i, j] + (i == 0 ? 3 : 0));
            }
        }

        return matrix;
    }

    [Theory]
    [InlineData(2_000, 40, 3)]
    [InlineData(3_000, 40, 12)]
    [InlineData(30, 40, 5)]
    [InlineData(2, 40, 1)]
    [InlineData(500, 4, 4)]
    public void The_randomised_directions_are_the_exact_ones(int rows, int columns, int components)
    {
        float[] matrix = Turned(rows, columns);
        var exact = PrincipalComponents.Fit(Array.ConvertAll(matrix, value => (double)value), columns, components);
        var found = PrincipalComponents.FitRandomized(matrix, columns, components);
        Golden.Near(exact.Mean, found.Mean);
        for (int i = 0; i < components; i++)
        {
            Assert.Equal(exact.ExplainedVariance[i], found.ExplainedVariance[i], exact.ExplainedVariance[0] * 1e-8);
            Assert.Equal(exact.ExplainedVarianceRatio[i], found.ExplainedVarianceRatio[i], 1e-8);
            Assert.Equal(1, exact.Components[i].Zip(found.Components[i], (a, b) => a * b).Sum(), 1e-6); // the same direction, sign and all
        }

        var coordinates = new float[rows * components];
        found.Transform(matrix, coordinates);
        double[] first = exact.Transform(Array.ConvertAll(matrix[..columns], value => (double)value));
        for (int i = 0; i < components; i++) Assert.Equal(first[i], coordinates[i], 1e-4 * (1 + Math.Abs(first[i])));
    }

    [Fact]
    public void Randomised_directions_depend_on_nothing_but_the_rows()
    {
        float[] matrix = Turned(5_000, 40);
        var first = PrincipalComponents.FitRandomized(matrix, 40, 3, seed: 1);
        var again = PrincipalComponents.FitRandomized(matrix, 40, 3, seed: 1);
        var other = PrincipalComponents.FitRandomized(matrix, 40, 3, seed: 99);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(first.Components[i], again.Components[i]); // to the bit, on however many threads
            Assert.Equal(1, first.Components[i].Zip(other.Components[i], (a, b) => a * b).Sum(), 1e-6);
        }

        Assert.NotEqual(first.Components[0], other.Components[0]);
    }

    [Fact]
    public void Equal_rows_and_odd_sizes_are_treated_alike()
    {
        var fitted = PrincipalComponents.FitRandomized(new float[] { 1, 2, 1, 2, 1, 2 }, 2, 1);
        Assert.Equal([0.0], fitted.ExplainedVarianceRatio);
        foreach ((int values, int columns, int components) in new[] { (4, 2, 3), (4, 2, 0), (5, 2, 1), (2, 2, 1), (4, 0, 1) })
            Assert.Throws<InvalidInputException>(() => PrincipalComponents.FitRandomized(new float[values], columns, components));
        Assert.Throws<InvalidInputException>(() => PrincipalComponents.FitRandomized(new[] { 1, float.NaN, 1, 2 }, 2, 1));
        Assert.Throws<InvalidInputException>(() => fitted.Transform(new float[3], new float[1]));
    }
}
