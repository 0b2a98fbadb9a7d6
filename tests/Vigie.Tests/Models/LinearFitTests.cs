using Vigie.Features;
using Vigie.Models;

namespace Vigie.Tests.Models;

public sealed class LinearFitTests
{
    private static readonly SparseMatrix Matrix = new([0, 1, 2, 3, 4], [0, 1, 0, 1], [1, 1, 1, 1], 2);

    [Fact]
    public void Numbers_that_run_away_are_an_error_and_no_model() =>
        Assert.Throws<InvalidInputException>(() => new LogisticRegression { Penalty = Penalty.L1, C = 1e308, Tolerance = 1e-320 }.Fit(Matrix, [0, 1, 0, 1], 2));

    [Fact]
    public void A_balanced_weight_gives_the_rare_class_its_say()
    {
        // One feature everywhere, three texts against one: unweighted, the model leans to the many.
        var same = new SparseMatrix([0, 1, 2, 3, 4], [0, 0, 0, 0], [1, 1, 1, 1], 1);
        double[] plain = new LogisticRegression().Fit(same, [0, 0, 0, 1], 2).Decide(same);
        double[] balanced = new LogisticRegression { ClassWeight = ClassWeight.Balanced }.Fit(same, [0, 0, 0, 1], 2).Decide(same);
        Assert.True(plain[0] < -1);
        Assert.Equal(0, balanced[0], 4);
    }

    [Theory]
    [InlineData(ClassWeight.None)]
    [InlineData(ClassWeight.Balanced)]
    public void Dual_descent_reaches_the_optimum_of_the_primal(ClassWeight classWeight)
    {
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => (i % 3 == 0 ? "late again " : "lovely crew ") + $"w{i % 7} w{i % 11}")];
        byte[] labels = [.. Enumerable.Range(0, 60).Select(i => (byte)(i % 3 == 0 && i % 5 != 0 ? 0 : 1))];
        (FittedVectorizer vectorizer, NgramMatrix matrix) = new NgramVectorizer { Binary = true, Weighting = Weighting.Count }.Fit(texts, labels);
        SparseMatrix weighed = vectorizer.Weigh(matrix);
        LinearModel dual = new DualLogisticRegression { C = 1, Epochs = 400, ClassWeight = classWeight }.Fit(vectorizer, matrix, labels, 2);

        // The dual solver's intercept is one more feature of value 1, and so is penalised like the others.
        var loss = new MarginLoss(weighed, labels, 1, SampleWeights.Of(classWeight, labels, 2), MarginLossKind.Logistic, penalisedIntercept: true);
        double[] primal = new TrustRegionNewton(loss) { Tolerance = 1e-9 }.Minimize(CancellationToken.None);
        for (int j = 0; j < weighed.ColumnCount; j++) Assert.Equal(primal[j], dual.Coefficients[0][j], 1e-3);
        Assert.Equal(primal[^1], dual.Intercepts[0], 1e-3);
    }
}
