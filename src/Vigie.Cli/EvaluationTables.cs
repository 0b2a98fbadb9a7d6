using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vigie.Evaluation;

namespace Vigie.Cli;

/// <summary>An evaluation as files that version control and a pipeline can compare: the same model and rows write the same bytes.</summary>
internal static class EvaluationTables
{
    // As many as a curve can show; between two of them no point of the full curve is further than half a per cent away.
    private const int PointsOfACurve = 200;

    /// <summary>The figures, without what the clock says.</summary>
    public static void SaveFigures(string path, EvaluationReport report)
    {
        JsonObject figures = JsonSerializer.SerializeToNode(report with { LatencyMs = null }, JsonText.OneLine)!.AsObject();
        foreach (string without in new[] { "latency_ms", "intervals", "classes" }) figures.Remove(without);
        Save(path, figures.ToJsonString(JsonText.Indented) + "\n");
    }

    /// <summary>Curves, calibration and each row's true and decided class.</summary>
    public static void SaveCurves(string folder, ScoredRows rows, double threshold)
    {
        RankedScores positive = rows.Positive;
        Save(Path.Combine(folder, "roc.csv"), Table("false_positive_rate,true_positive_rate", Spread(positive.Roc(), point => (point.FalsePositiveRate, point.TruePositiveRate))));
        Save(Path.Combine(folder, "precision_recall.csv"), Table("recall,precision", Spread(positive.PrecisionRecall(), point => (point.Recall, point.Precision))));
        Save(Path.Combine(folder, "calibration.csv"), Table(
            "announced,came", Reliability.EqualWidth(rows.PositiveProbabilities, rows.IsPositive).Where(bin => bin.Rows > 0).Select(bin => (bin.MeanProbability, bin.Frequency))));
        string[] names = [.. rows.Classes.Select(ClassColumns.NameOf)];
        byte[] decided = rows.Decide(threshold);
        var confusion = new StringBuilder("actual,predicted\n");
        for (int row = 0; row < rows.Count; row++) confusion.Append(names[rows.Truth[row]]).Append(',').Append(names[decided[row]]).Append('\n');
        Save(Path.Combine(folder, "confusion.csv"), confusion.ToString());
    }

    // Points that are at least a step apart in one of the two, and both ends.
    private static IEnumerable<(double X, double Y)> Spread<T>(IReadOnlyList<T> points, Func<T, (double X, double Y)> place)
    {
        (double X, double Y) last = (double.NegativeInfinity, double.NegativeInfinity);
        for (int i = 0; i < points.Count; i++)
        {
            (double X, double Y) point = place(points[i]);
            if (i > 0 && i < points.Count - 1 && Math.Max(Math.Abs(point.X - last.X), Math.Abs(point.Y - last.Y)) < 1.0 / PointsOfACurve) continue;
            yield return last = point;
        }
    }

    private static string Table(string header, IEnumerable<(double X, double Y)> points)
    {
        var text = new StringBuilder(header).Append('\n');
        foreach ((double x, double y) in points) text.Append(CultureInfo.InvariantCulture, $"{x:0.######},{y:0.######}\n");
        return text.ToString();
    }

    private static void Save(string path, string text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            File.WriteAllText(path, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new InvalidInputException($"{path}: cannot be written: {error.Message}", error);
        }
    }
}
