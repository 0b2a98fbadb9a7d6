using Vigie.Features;
using Vigie.Models;
using Vigie.Text;

namespace Vigie.Tests.Models;

/// <summary>Converged weights and probabilities against scikit-learn's linear models and naive Bayes.</summary>
public sealed class GoldenModelTests
{
    private static readonly string[] Texts = Golden.Section("texts").Strings("");

    private static (SparseMatrix Matrix, int[] Column) Features(string section, NgramVectorizer options)
    {
        Golden golden = Golden.Section(section);
        (FittedVectorizer vectorizer, NgramMatrix matrix) = options.Fit(Texts, []);
        return (vectorizer.Weigh(matrix), [.. vectorizer.Vocabulary!.Names.Select(name => golden.At("vocabulary").GetProperty(name).GetInt32())]);
    }

    private static (SparseMatrix Matrix, int[] Column) Tfidf => Features("tfidf_1gram", new NgramVectorizer { Text = TextPipeline.ScikitLearn });

    private static (SparseMatrix Matrix, int[] Column) Counts =>
        Features("counts_1gram", new NgramVectorizer { Text = TextPipeline.ScikitLearn, Weighting = Weighting.Count, L2 = false });

    private static byte[] Labels => Golden.Section("labels").Bytes("");

    private static double[] InTheirOrder(double[] coefficients, int[] column)
    {
        var ordered = new double[coefficients.Length];
        for (int j = 0; j < column.Length; j++) ordered[column[j]] = coefficients[j];
        return ordered;
    }

    private static double[] Positive(LinearModel model, SparseMatrix matrix) => Array.ConvertAll(model.Decide(matrix), score => 1 / (1 + Math.Exp(-score)));

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(10)]
    public void Logistic_regression_finds_the_same_optimum(double c)
    {
        Golden golden = Golden.Section(FormattableString.Invariant($"lr_l2_C{c:0.0}"));
        (SparseMatrix matrix, int[] column) = Tfidf;
        LinearModel model = new LogisticRegression { C = c }.Fit(matrix, Labels, 2);
        Golden.Near(golden.Numbers("coef"), InTheirOrder(model.Coefficients[0], column), 1e-4);
        Golden.Near(golden.Numbers("intercept"), model.Intercepts, 1e-4);
        Golden.Near(golden.Numbers("proba_positive"), Positive(model, matrix), 1e-4);
    }

    [Fact]
    public void An_L1_penalty_keeps_the_same_features()
    {
        Golden golden = Golden.Section("lr_l1_C10.0");
        (SparseMatrix matrix, int[] column) = Tfidf;
        LinearModel model = new LogisticRegression { C = 10, Penalty = Penalty.L1, Tolerance = 1e-9, MaxIterations = 100_000 }.Fit(matrix, Labels, 2);
        Golden.Near(golden.Numbers("coef"), InTheirOrder(model.Coefficients[0], column), 1e-3);
        Golden.Near(golden.Numbers("intercept"), model.Intercepts, 1e-3);
        Assert.Equal(golden.At("nonzero").GetInt32(), model.Coefficients[0].Count(w => w != 0));
    }

    [Fact]
    public void Multinomial_logistic_regression_finds_the_same_optimum()
    {
        Golden golden = Golden.Section("lr_multinomial_C1.0");
        (SparseMatrix matrix, int[] column) = Tfidf;
        LinearModel model = new LogisticRegression().Fit(matrix, golden.Bytes("labels3"), 3);
        double[][] coefficients = golden.Rows("coef");
        for (int c = 0; c < 3; c++) Golden.Near(coefficients[c], InTheirOrder(model.Coefficients[c], column), 1e-4);
        Golden.Near(golden.Numbers("intercept"), model.Intercepts, 1e-4);
        double[] scores = model.Decide(matrix), probabilities = new double[3];
        double[][] proba = golden.Rows("proba");
        for (int row = 0; row < proba.Length; row++)
        {
            model.Link.Probabilities(scores.AsSpan(3 * row, 3), [], probabilities);
            Golden.Near(proba[row], probabilities, 1e-4);
        }
    }

    [Fact]
    public void The_support_vector_machine_finds_the_same_optimum()
    {
        Golden golden = Golden.Section("linear_svc_squared_hinge_C1.0");
        (SparseMatrix matrix, int[] column) = Tfidf;
        LinearModel model = new LinearSvc().Fit(matrix, Labels, 2);
        Golden.Near(golden.Numbers("coef"), InTheirOrder(model.Coefficients[0], column), 1e-4);
        Golden.Near(golden.Numbers("intercept"), model.Intercepts, 1e-4);
        Golden.Near(golden.Numbers("decision"), model.Decide(matrix), 1e-4);
    }

    [Theory]
    [InlineData("multinomial_nb", NaiveBayesKind.Multinomial)]
    [InlineData("complement_nb", NaiveBayesKind.Complement)]
    [InlineData("bernoulli_nb", NaiveBayesKind.Bernoulli)]
    public void Naive_Bayes_gives_the_same_probabilities(string section, NaiveBayesKind kind)
    {
        Golden golden = Golden.Section(section);
        (SparseMatrix matrix, int[] column) = Counts;
        if (kind == NaiveBayesKind.Bernoulli) matrix = matrix with { Values = Array.ConvertAll(matrix.Values, value => Math.Min(value, 1)) };
        LinearModel model = new NaiveBayes { Kind = kind }.Fit(matrix, Labels, 2);
        Golden.Near(golden.Numbers("proba_positive"), Positive(model, matrix));
        if (kind == NaiveBayesKind.Bernoulli) return; // its log probabilities are folded into the intercept
        double[][] theirs = golden.Rows("feature_log_prob");
        Golden.Near([.. theirs[1].Zip(theirs[0], (positive, negative) => positive - negative)], InTheirOrder(model.Coefficients[0], column));
    }
}
