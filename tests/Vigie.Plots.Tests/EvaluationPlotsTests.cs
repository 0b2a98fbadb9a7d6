using System.Buffers.Binary;
using System.Xml.Linq;
using Vigie.Evaluation;
using Vigie.Models;

namespace Vigie.Plots.Tests;

/// <summary>Each figure is drawn from a plausible evaluation, and its files are read back. Set VIGIE_PLOTS to a folder to keep them for the eye.</summary>
public sealed class EvaluationPlotsTests : IDisposable
{
    private readonly string _folder = Environment.GetEnvironmentVariable("VIGIE_PLOTS") ?? Directory.CreateTempSubdirectory("vigie-plots-").FullName;

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("VIGIE_PLOTS") is null) Directory.Delete(_folder, recursive: true);
    }

    // Scores of two bumps, the second model's closer together; overconfident, so that the calibration curve bends.
    private static (byte[] Truth, double[] Scores) Sample(double distance, int rows = 4_000)
    {
        var random = new Random(11);
        var truth = new byte[rows];
        var scores = new double[rows];
        for (int row = 0; row < rows; row++)
        {
            truth[row] = (byte)random.Next(2);
            double noise = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            scores[row] = 1 / (1 + Math.Exp(-2.2 * (noise + distance * (truth[row] - 0.5))));
        }
        return (truth, scores);
    }

    private static double[] Matrix(double[] positive) => [.. positive.SelectMany(p => new[] { 1 - p, p })];

    private static ScoredModel Scored(string name, double distance, double? threshold = null)
    {
        (byte[] truth, double[] scores) = Sample(distance);
        return new ScoredModel(name, RankedScores.Of(scores, truth), threshold);
    }

    private XDocument Check(Figure figure, string name)
    {
        IReadOnlyList<string> paths = figure.Save(_folder, name);
        Assert.Equal([Path.Combine(_folder, name + ".png"), Path.Combine(_folder, name + ".svg")], paths);
        byte[] png = File.ReadAllBytes(paths[0]);
        Assert.Equal<byte>([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], png[..8]);
        Assert.Equal(figure.Width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
        Assert.Equal(figure.Height, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        Assert.Equal(figure.ToSvg(), File.ReadAllText(paths[1]));
        Assert.Empty(Directory.GetFiles(_folder, "*.part"));
        return XDocument.Load(paths[1]);
    }

    private static List<string> Labels(XDocument svg) => [.. svg.Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim())];

    [Fact]
    public void Confusion_matrix_shows_counts_and_shares()
    {
        (byte[] truth, double[] scores) = Sample(2);
        var report = EvaluationReport.Measure(truth, Matrix(scores), ["negative", "positive"], bootstrap: new Bootstrap(2));
        List<string> labels = Labels(Check(EvaluationPlots.ConfusionMatrix(report, "Confusion matrix – tfidf-lr"), "confusion"));
        Assert.Contains("Confusion matrix – tfidf-lr", labels);
        Assert.Contains("Predicted class", labels);
        Assert.Contains("negative", labels);
        foreach (long count in report.ConfusionMatrix.SelectMany(row => row)) Assert.Contains(labels, label => label.Replace("\u00A0", "", StringComparison.Ordinal) == count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(4, labels.Count(label => label.EndsWith('%')));
    }

    [Fact]
    public void Three_classes_have_nine_cells()
    {
        var random = new Random(2);
        byte[] truth = [.. Enumerable.Range(0, 900).Select(_ => (byte)random.Next(3))];
        double[] probabilities = [.. truth.SelectMany(label => { double sure = random.NextDouble(); return Enumerable.Range(0, 3).Select(c => c == label ? sure : (1 - sure) / 2); })];
        var report = EvaluationReport.Measure(truth, probabilities, ["negative", "neutral", "positive"], bootstrap: new Bootstrap(2));
        Assert.Equal(9, Labels(Check(EvaluationPlots.ConfusionMatrix(report), "confusion3")).Count(label => label.EndsWith('%')));
    }

    [Fact]
    public void Roc_overlays_two_models()
    {
        ScoredModel[] models = [Scored("linear-best", 2, 0.7), Scored("tfidf-lr", 1.4)];
        XDocument svg = Check(EvaluationPlots.Roc(models), "roc");
        List<string> labels = Labels(svg);
        Assert.Contains("ROC curve", labels);
        Assert.Contains(FormattableString.Invariant($"linear-best – AUC {models[0].Scores.RocAuc:0.000}"), labels);
        Assert.Contains(FormattableString.Invariant($"tfidf-lr – AUC {models[1].Scores.RocAuc:0.000}"), labels);
        Assert.Contains("threshold 0.70", labels);
        // A curve's own points are there, no more than the eye can tell apart: between 100 and 2,001 for 4,000 rows.
        int longest = svg.Descendants().Where(element => element.Name.LocalName == "path").Max(path => ((string?)path.Attribute("d"))!.Count(sign => sign is 'L' or 'H' or 'V'));
        Assert.InRange(longest, 100, 2_001);
    }

    [Fact]
    public void Precision_recall_shows_what_guessing_gives()
    {
        ScoredModel[] models = [Scored("linear-best", 2, 0.7), Scored("tfidf-lr", 1.4)];
        List<string> labels = Labels(Check(EvaluationPlots.PrecisionRecall(models), "precision-recall"));
        Assert.Contains("chance", labels);
        Assert.Contains(FormattableString.Invariant($"linear-best – AP {models[0].Scores.AveragePrecision:0.000}"), labels);
    }

    [Fact]
    public void Calibration_shows_curves_and_rows()
    {
        (byte[] truth, double[] scores) = Sample(1.4);
        double[] logits = [.. scores.Select(p => Math.Log(p / (1 - p)))];
        var fitted = PlattScaling.Fit(logits, truth);
        double[] calibrated = [.. logits.Select(fitted.Apply)];
        IReadOnlyList<ReliabilityBin> raw = Reliability.EqualWidth(scores, truth), cured = Reliability.EqualWidth(calibrated, truth);
        double before = Reliability.CalibrationError(raw), after = Reliability.CalibrationError(cured);
        Assert.True(after < before / 2);
        List<string> labels = Labels(Check(EvaluationPlots.Calibration(new CalibratedModel("calibrated", cured, after), new CalibratedModel("raw", raw, before)), "calibration"));
        Assert.Contains(FormattableString.Invariant($"raw – ECE {before:0.000}"), labels);
        Assert.Contains(labels, label => label.EndsWith("rows", StringComparison.Ordinal));
    }

    [Fact]
    public void Learning_curve_shows_the_gap()
    {
        LearningCurvePoint[] points = [new(200_000, 0.861, 0.818), new(50_000, 0.902, 0.798), new(100_000, 0.884, 0.809), new(1_230_000, 0.852, 0.838)];
        List<string> labels = Labels(Check(EvaluationPlots.LearningCurve(points), "learning-curve"));
        Assert.Contains("50k", labels);
        Assert.Contains("1.23M", labels);
        Assert.Contains("gap 0.014", labels);
        Assert.Throws<InvalidInputException>(() => EvaluationPlots.LearningCurve([]));
        Check(EvaluationPlots.LearningCurve([new(50_000, 0.9, 0.8)]), "learning-curve-one-point");
    }

    [Fact]
    public void Top_coefficients_show_words_accents_and_emoji()
    {
        string[] good = ["merci", "great", "génial", "not_bad", ":)", "thank you", "love", "😀", "awesome", "à l'heure", "smooth flight", "parfait", "😍", "#bravo", "best", "cœur"];
        string[] bad = ["cancelled", "retard", "😡", "worst", "lost", "annulé", "hours late", ":(", "déçu", "never_again", "rude", "no answer", "a_very_long_feature_name_that_nobody_wants_to_read_whole", "broken", "🧳", "\u0B95\u0BA3"];
        TermWeight[] weights = [.. good.Select((term, i) => new TermWeight(term, 4.1 / (1 + 0.15 * i))), .. bad.Select((term, i) => new TermWeight(term, -4.6 / (1 + 0.15 * i))), new TermWeight("the", 0)];
        Figure figure = EvaluationPlots.TopCoefficients(weights);
        List<string> labels = Labels(Check(figure, "coefficients"));
        Assert.Contains("génial", labels);
        Assert.Contains("annulé", labels);
        Assert.Contains("a_very_long_feature_name_th…", labels);
        Assert.Contains(labels, label => label.Contains("😡", StringComparison.Ordinal) || label == "U+1F621"); // as the machine's fonts allow
        Assert.DoesNotContain("cœur", labels); // the sixteenth
        Assert.DoesNotContain("the", labels);
        Assert.Throws<InvalidInputException>(() => EvaluationPlots.TopCoefficients([new TermWeight("the", 0)]));
    }

    [Fact]
    public void The_same_evaluation_gives_the_same_bytes()
    {
        Assert.Equal(EvaluationPlots.Roc(Scored("m", 2)).ToSvg(), EvaluationPlots.Roc(Scored("m", 2)).ToSvg());
        Assert.Equal(EvaluationPlots.Roc(Scored("m", 2)).ToPng(), EvaluationPlots.Roc(Scored("m", 2)).ToPng());
    }

    [Fact]
    public void A_curve_that_is_undefined_is_said_to_be_so()
    {
        var oneClass = new ScoredModel("m", RankedScores.Of([0.1, 0.9], [1, 1]), 0.5);
        Assert.Contains("m – AUC undefined", Labels(Check(EvaluationPlots.Roc(oneClass), "undefined")));
    }

    [Fact]
    public void A_sign_that_no_font_has_is_spelled() => Assert.Equal("aU+10FFFFb", PlotFont.Spell("a\U0010FFFFb", PlotFont.Family));

    [Fact]
    public void Terms_that_could_break_the_file_do_not()
    {
        TermWeight[] weights = [new("<b>&amp;\"'", 1), new("a\u0001b\nc", 2), new("cl_1", 3), new("url(#cl_1)", -1), new("\uD800", -2), new("مرحبا", -3)];
        List<string> labels = Labels(Check(EvaluationPlots.TopCoefficients(weights), "odd-terms"));
        Assert.Contains("<b>&amp;\"'", labels);
        Assert.Contains("aU+0001bU+000Ac", labels);
        Assert.Contains("\uFFFD", labels);
        Assert.Contains("cl_1", labels);
        Assert.Contains("url(#cl_1)", labels);
        string svg = File.ReadAllText(Path.Combine(_folder, "odd-terms.svg"));
        Assert.DoesNotContain("<clipPath id=\"cl_", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("clip-path=\"url(#cl_", svg, StringComparison.Ordinal);
    }
}
