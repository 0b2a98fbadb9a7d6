using System.Text.Json;
using Vigie.Evaluation;
using Vigie.Models;
using Vigie.Plots;

namespace Vigie.Cli;

/// <summary>The figures of an evaluation as files.</summary>
internal static class EvaluationFigures
{
    private const int PerSide = 15;

    /// <summary>Writes each figure that these rows and this model have, as PNG and SVG.</summary>
    /// <returns>The paths written.</returns>
    public static IReadOnlyList<string> Save(string folder, TextClassifier classifier, EvaluationReport? report, ScoredRows? rows, string name)
    {
        var paths = new List<string>();
        if (report is not null && rows is not null)
        {
            paths.AddRange(EvaluationPlots.ConfusionMatrix(report).Save(folder, "confusion_matrix"));
            RankedScores positive = rows.Positive;
            if (positive.Positives > 0 && positive.Negatives > 0)
            {
                var model = new ScoredModel(name, positive, classifier.Classes.Count == 2 ? classifier.Threshold : null);
                paths.AddRange(EvaluationPlots.Roc(model).Save(folder, "roc"));
                paths.AddRange(EvaluationPlots.PrecisionRecall(model).Save(folder, "precision_recall"));
            }

            IReadOnlyList<ReliabilityBin> bins = Reliability.EqualWidth(rows.PositiveProbabilities, rows.IsPositive);
            paths.AddRange(EvaluationPlots.Calibration(new CalibratedModel(name, bins, Reliability.CalibrationError(bins))).Save(folder, "calibration"));
        }

        TermWeight[] terms = Strongest(classifier);
        if (terms.Length > 0) paths.AddRange(EvaluationPlots.TopCoefficients(terms, PerSide).Save(folder, "top_coefficients"));
        return paths;
    }

    // Coefficient times feature weight: what the feature adds where it occurs once, before a text is scaled to length 1. Hashed features have no names.
    private static TermWeight[] Strongest(TextClassifier classifier)
    {
        if (classifier.Model is not LinearTextModel { Vectorizer: { Vocabulary: { } vocabulary, Weights: var weights }, Linear: var linear }) return [];
        double[] coefficients = linear.Coefficients[^1];
        var columns = new int[coefficients.Length];
        var effects = new double[coefficients.Length];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = column;
            effects[column] = coefficients[column] * (weights?[column] ?? 1);
        }

        Array.Sort(effects, columns);
        return
        [
            .. Enumerable.Range(0, columns.Length)
                .Where(i => i < PerSide || i >= columns.Length - PerSide)
                .Where(i => effects[i] != 0)
                .Select(i => new TermWeight(vocabulary.Names[columns[i]], effects[i])),
        ];
    }
}

/// <summary>A learning curve as files.</summary>
internal static class LearningCurveFiles
{
    public static void Save(IReadOnlyList<LearningCurvePoint> points, string folder)
    {
        EvaluationPlots.LearningCurve(points).Save(folder, "learning_curve");
        string path = Path.Combine(folder, "learning_curve.json");
        File.WriteAllText(path + ".part", JsonSerializer.Serialize(new { Score = "f1_macro", Points = points }, JsonText.Indented) + "\n");
        File.Move(path + ".part", path, overwrite: true);
    }
}
