using Vigie.Evaluation;

namespace Vigie.Tests.Evaluation;

/// <summary>Every figure on 400 scores with ties, as scikit-learn 1.2.1 has it.</summary>
public sealed class GoldenMetricsTests
{
    private readonly Golden _golden = Golden.Section("metrics");

    private EvaluationReport Report() => EvaluationReport.Measure(_golden.Bytes("truth"), BinaryMatrix(_golden.Numbers("scores")), ["negative", "positive"], bootstrap: new Bootstrap(50));

    internal static double[] BinaryMatrix(double[] positive) => [.. positive.SelectMany(p => new[] { 1 - p, p })];

    [Theory]
    [InlineData("accuracy"), InlineData("f1_macro"), InlineData("f1_weighted"), InlineData("roc_auc"), InlineData("average_precision")]
    [InlineData("brier"), InlineData("mcc"), InlineData("macro_recall"), InlineData("ece_10_equal_width"), InlineData("log_loss_clipped_1e-15")]
    public void Figures_agree(string name)
    {
        EvaluationReport report = Report();
        double? actual = name switch
        {
            "accuracy" => report.Accuracy,
            "f1_macro" => report.F1Macro,
            "f1_weighted" => report.F1Weighted,
            "roc_auc" => report.RocAuc,
            "average_precision" => report.AveragePrecision,
            "brier" => report.Brier,
            "mcc" => report.Mcc,
            "macro_recall" => report.RecallMacro,
            "ece_10_equal_width" => report.Ece,
            _ => report.LogLoss,
        };
        Golden.Near(_golden.Number(name), actual);
    }

    [Fact]
    public void Classes_agree()
    {
        EvaluationReport report = Report();
        ClassReport[] classes = [report.PerClass["negative"], report.PerClass["positive"]];
        Golden.Near(_golden.Numbers("precision"), [.. classes.Select(label => label.Precision!.Value)]);
        Golden.Near(_golden.Numbers("recall"), [.. classes.Select(label => label.Recall!.Value)]);
        Golden.Near(_golden.Numbers("f1"), [.. classes.Select(label => label.F1!.Value)]);
        Assert.Equal([193L, 207L], classes.Select(label => label.Support));
        Golden.Near(_golden.Numbers("f1")[1], report.F1);
        Golden.Near(_golden.Numbers("precision")[1], report.PrecisionPositive);
        Golden.Near(_golden.Numbers("recall")[1], report.RecallPositive);
        double[][] confusion = _golden.Rows("confusion");
        for (int row = 0; row < 2; row++) Assert.Equal(confusion[row], report.ConfusionMatrix[row].Select(count => (double)count));
    }

    [Fact]
    public void Roc_curve_agrees_point_by_point()
    {
        IReadOnlyList<RocPoint> curve = RankedScores.Of(_golden.Numbers("scores"), _golden.Bytes("truth")).Roc();
        Golden.Near(_golden.Numbers("roc/fpr"), [.. curve.Select(point => point.FalsePositiveRate)]);
        Golden.Near(_golden.Numbers("roc/tpr"), [.. curve.Select(point => point.TruePositiveRate)]);
    }

    [Fact]
    public void Two_models_compare()
    {
        byte[] truth = _golden.Bytes("truth"), second = _golden.Bytes("predictions2");
        byte[] first = DecisionRule.Half.DecideAll(BinaryMatrix(_golden.Numbers("scores")), 2);
        var test = McNemarTest.Of(truth, first, second);
        Assert.Equal(_golden.Numbers("mcnemar_b_c"), new double[] { test.OnlyFirstRight, test.OnlySecondRight });
        Golden.Near(_golden.Number("mcnemar_exact_p"), test.ExactP);
        Assert.Equal(test.ExactP, test.P);
        Golden.Near(_golden.Number("kappa"), ConfusionMatrix.Of(first, second, 2).Kappa);
    }
}
