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
}
