using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Vigie.Evaluation;

namespace Vigie.Plots;

/// <summary>A model's scores on the rows of a figure.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Scores">The positive class against the rest.</param>
/// <param name="Threshold">The decision threshold, marked on the curve; null for no mark.</param>
public sealed record ScoredModel(string Name, RankedScores Scores, double? Threshold = null);

/// <summary>A model's announced probabilities against what came.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Bins">Reliability bins; empty ones are not drawn.</param>
/// <param name="Ece">Expected calibration error, shown in the legend.</param>
public sealed record CalibratedModel(string Name, IReadOnlyList<ReliabilityBin> Bins, double Ece);

/// <summary>A word or n-gram and how far it moves the log-odds towards the positive class.</summary>
/// <param name="Term">The term as the model has it.</param>
/// <param name="Weight">Below 0 it speaks for the negative class.</param>
public readonly record struct TermWeight(string Term, double Weight);

/// <summary>The figures of an evaluation. All throw <see cref="FontMissingException"/> on a machine without fonts.</summary>
public static class EvaluationPlots
{
    /// <summary>Confusion matrix: each cell's count and its share of the true class, shaded by that share.</summary>
    /// <param name="report">The evaluation.</param>
    /// <param name="title">Heading.</param>
    public static Figure ConfusionMatrix(EvaluationReport report, string title = "Confusion matrix")
    {
        int classes = report.Classes.Count;
        Plot plot = PlotStyle.Sheet(title, "Predicted class", "True class");
        for (int truth = 0; truth < classes; truth++)
        {
            double support = Math.Max(1, report.ConfusionMatrix[truth].Sum());
            for (int predicted = 0; predicted < classes; predicted++)
            {
                long count = report.ConfusionMatrix[truth][predicted];
                double share = count / support, top = classes - truth;
                var cell = plot.Add.Rectangle(predicted, predicted + 1, top - 1, top);
                cell.FillColor = Colors.White.MixedWith(truth == predicted ? PlotStyle.Series[0] : PlotStyle.Series[1], share);
                cell.LineColor = Colors.White;
                cell.LineWidth = 3;
                string counted = count.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u00A0');
                Color ink = share > 0.55 ? Colors.White : PlotStyle.Ink;
                Write(plot, counted, predicted + 0.5, top - 0.46, 26, ink, Alignment.LowerCenter).LabelBold = true;
                Write(plot, string.Create(CultureInfo.InvariantCulture, $"{share:0.0 %}"), predicted + 0.5, top - 0.54, 16, ink, Alignment.UpperCenter);
            }
        }
        plot.Axes.SetLimits(0, classes, 0, classes);
        double[] places = [.. Enumerable.Range(0, classes).Select(label => label + 0.5)];
        plot.Axes.Bottom.TickGenerator = new NumericManual(places, [.. report.Classes]);
        plot.Axes.Left.TickGenerator = new NumericManual(places, [.. report.Classes.Reverse()]);
        plot.Axes.Left.TickLabelStyle.Rotation = -90;
        plot.Axes.Left.TickLabelStyle.Alignment = Alignment.LowerCenter;
        plot.Axes.Left.TickLabelStyle.OffsetX = -4;
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.MajorTickStyle.Length = 0;
            axis.FrameLineStyle.IsVisible = false;
            axis.TickLabelStyle.FontSize = 15;
        }
        plot.HideGrid();
        return new Figure(plot);
    }

    /// <summary>ROC curves of one or more models on the same rows, over the diagonal of chance.</summary>
    /// <param name="models">Up to six.</param>
    public static Figure Roc(params IReadOnlyList<ScoredModel> models)
    {
        Plot plot = PlotStyle.Sheet("ROC curve", "False positive rate: negatives called positive", "True positive rate: positives found");
        Guide(plot, 0, 0, 1, 1, "chance");
        for (int i = 0; i < models.Count; i++)
        {
            IReadOnlyList<RocPoint> curve = models[i].Scores.Roc();
            string area = models[i].Scores.RocAuc is { } auc ? auc.ToString("0.000", CultureInfo.InvariantCulture) : "undefined";
            Curve(plot, i, Thinned(curve.Select(point => new Coordinates(point.FalsePositiveRate, point.TruePositiveRate))), $"{models[i].Name} – AUC {area}");
            if (models[i].Threshold is { } threshold && curve.LastOrDefault(point => point.Threshold >= threshold) is { Threshold: > 0 } at && curve.Count > 0)
            {
                Mark(plot, i, new Coordinates(at.FalsePositiveRate, at.TruePositiveRate), threshold);
            }
        }
        PlotStyle.UnitSquare(plot);
        PlotStyle.ShowLegend(plot, Alignment.LowerRight);
        return new Figure(plot);
    }

    /// <summary>Precision-recall curves of one or more models on the same rows, over the share of positives that guessing would reach.</summary>
    /// <param name="models">Up to six.</param>
    public static Figure PrecisionRecall(params IReadOnlyList<ScoredModel> models)
    {
        Plot plot = PlotStyle.Sheet("Precision and recall of the positive class", "Recall: positives found", "Precision: called positive and are");
        if (models.Count > 0 && models[0].Scores is { Positives: > 0 } rows)
        {
            double share = (double)rows.Positives / (rows.Positives + rows.Negatives);
            Guide(plot, 0, share, 1, share, "chance");
        }
        for (int i = 0; i < models.Count; i++)
        {
            IReadOnlyList<PrecisionRecallPoint> curve = models[i].Scores.PrecisionRecall();
            string area = models[i].Scores.AveragePrecision is { } precision ? precision.ToString("0.000", CultureInfo.InvariantCulture) : "undefined";
            Curve(plot, i, Thinned(curve.Select(point => new Coordinates(point.Recall, point.Precision))), $"{models[i].Name} – AP {area}");
            if (models[i].Threshold is { } threshold && curve.LastOrDefault(point => point.Threshold >= threshold) is { Called: > 0 } at)
            {
                Mark(plot, i, new Coordinates(at.Recall, at.Precision), threshold);
            }
        }
        PlotStyle.UnitSquare(plot);
        PlotStyle.ShowLegend(plot, Alignment.LowerLeft);
        return new Figure(plot);
    }

    /// <summary>Reliability diagram: announced probability against frequency, with the first model's rows per bin as bars along the bottom.</summary>
    /// <param name="models">Up to six.</param>
    public static Figure Calibration(params IReadOnlyList<CalibratedModel> models)
    {
        Plot plot = PlotStyle.Sheet("Calibration", "Announced probability of positive", "Share that was positive");
        if (models.Count > 0 && models[0].Bins.Count > 0)
        {
            IReadOnlyList<ReliabilityBin> bins = models[0].Bins;
            double fullest = Math.Max(1, bins.Max(bin => bin.Rows));
            foreach (ReliabilityBin bin in bins)
            {
                var bar = plot.Add.Rectangle(bin.Lower + 0.004, Math.Max(bin.Lower + 0.006, bin.Upper - 0.004), 0, 0.18 * bin.Rows / fullest);
                bar.FillColor = PlotStyle.Grid;
                bar.LineWidth = 0;
            }
            string rows = fullest.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u00A0');
            ReliabilityBin tallest = bins.MaxBy(bin => bin.Rows);
            Write(plot, $"{rows} rows", Math.Clamp((tallest.Lower + tallest.Upper) / 2, 0.06, 0.94), 0.185, 12, PlotStyle.Quiet, Alignment.LowerCenter);
        }
        Guide(plot, 0, 0, 1, 1, "perfect");
        for (int i = 0; i < models.Count; i++)
        {
            Coordinates[] points = [.. models[i].Bins.Where(bin => bin.Rows > 0).Select(bin => new Coordinates(bin.MeanProbability, bin.Frequency))];
            var line = Curve(plot, i, points, string.Create(CultureInfo.InvariantCulture, $"{models[i].Name} – ECE {models[i].Ece:0.000}"));
            line.MarkerShape = MarkerShape.FilledCircle;
            line.MarkerSize = 9;
        }
        PlotStyle.UnitSquare(plot);
        PlotStyle.ShowLegend(plot, Alignment.UpperLeft);
        return new Figure(plot);
    }

    /// <summary>Score by number of training rows, on a logarithmic axis, the gap between training and validation shaded.</summary>
    /// <param name="points">At least one, in any order.</param>
    /// <param name="score">Name of the score.</param>
    public static Figure LearningCurve(IReadOnlyList<LearningCurvePoint> points, string score = "Macro F1")
    {
        if (points.Count == 0) throw new InvalidInputException("a learning curve takes at least one point");
        LearningCurvePoint[] sorted = [.. points.OrderBy(point => point.Rows)];
        double[] sizes = [.. sorted.Select(point => Math.Log10(point.Rows))];
        Plot plot = PlotStyle.Sheet("Learning curve", "Training rows (logarithmic)", score);
        var gap = plot.Add.FillY(sizes, [.. sorted.Select(point => point.Train)], [.. sorted.Select(point => point.Validation)]);
        gap.FillColor = PlotStyle.Quiet.WithAlpha(.12);
        gap.LineWidth = 0;
        gap.MarkerSize = 0;
        foreach ((int i, string name, Func<LearningCurvePoint, double> figure) in new (int, string, Func<LearningCurvePoint, double>)[] { (1, "training rows", point => point.Train), (0, "validation rows", point => point.Validation) })
        {
            var line = Curve(plot, i, [.. sorted.Select((point, at) => new Coordinates(sizes[at], figure(point)))], name);
            line.MarkerShape = i == 0 ? MarkerShape.FilledCircle : MarkerShape.FilledSquare;
            line.MarkerSize = 9;
        }
        LearningCurvePoint last = sorted[^1];
        double low = sorted.Min(point => Math.Min(point.Train, point.Validation)), high = sorted.Max(point => Math.Max(point.Train, point.Validation));
        double air = Math.Max(0.01, (high - low) * 0.15), reach = Math.Max(0.1, sizes[^1] - sizes[0]);
        Write(plot, string.Create(CultureInfo.InvariantCulture, $"gap {last.Gap:0.000}"), sizes[^1] + reach * 0.02, (last.Train + last.Validation) / 2, 13, PlotStyle.Ink, Alignment.MiddleLeft);
        plot.Axes.SetLimits(sizes[0] - reach * 0.06, sizes[^1] + reach * 0.16, low - air, high + air);
        plot.Axes.Bottom.TickGenerator = new NumericManual(sizes, [.. sorted.Select(point => Short(point.Rows))]);
        plot.Axes.Left.TickGenerator = PlotStyle.Numbers(high - low < 0.05 ? "0.000" : "0.00");
        PlotStyle.ShowLegend(plot, Alignment.UpperRight);
        return new Figure(plot);
    }

    /// <summary>The terms that speak loudest for either class: bars to the left for the negative one, to the right for the positive one, each term across the line from its bar.</summary>
    /// <param name="weights">Any number; the heaviest of each sign are drawn.</param>
    /// <param name="perSide">Most bars of each sign, 1 or more.</param>
    /// <param name="title">Heading.</param>
    public static Figure TopCoefficients(IEnumerable<TermWeight> weights, int perSide = 15, string title = "Terms that decide")
    {
        TermWeight[] all = [.. weights.OrderBy(term => term.Weight).ThenBy(term => term.Term, StringComparer.Ordinal)];
        TermWeight[] drawn = [.. all.Where(term => term.Weight < 0).Take(perSide), .. all.Where(term => term.Weight > 0).TakeLast(perSide)];
        if (drawn.Length == 0) throw new InvalidInputException("there are no weights other than 0 to draw");
        Plot plot = PlotStyle.Sheet(title, "Weight: change of the log-odds of positive", "");
        double widest = drawn.Max(term => Math.Abs(term.Weight));
        var bars = new List<Bar>();
        for (int place = 0; place < drawn.Length; place++)
        {
            (string term, double weight) = drawn[place];
            bool negative = weight < 0;
            bars.Add(new Bar { Position = place, Value = weight, Size = 0.72, FillColor = negative ? PlotStyle.Negative : PlotStyle.Positive, LineWidth = 0, Orientation = Orientation.Horizontal });
            string shown = Shortened(term);
            string family = PlotFont.FamilyFor(shown) ?? PlotFont.Family;
            var word = Write(plot, PlotFont.Spell(shown, family), (negative ? 1 : -1) * widest * 0.02, place, drawn.Length > 24 ? 12 : 14, PlotStyle.Ink, negative ? Alignment.MiddleLeft : Alignment.MiddleRight);
            word.LabelFontName = family;
            Write(plot, weight.ToString("+0.00;−0.00", CultureInfo.InvariantCulture), weight + (negative ? -1 : 1) * widest * 0.02, place, 11, PlotStyle.Quiet, negative ? Alignment.MiddleRight : Alignment.MiddleLeft);
        }
        plot.Add.Bars(bars);
        plot.Add.VerticalLine(0, 1, PlotStyle.Quiet);
        plot.Axes.SetLimits(-widest * 1.2, widest * 1.2, -0.8, drawn.Length - 0.2);
        plot.Axes.Bottom.TickGenerator = PlotStyle.Numbers("0.##");
        plot.Axes.Left.TickGenerator = new NumericManual();
        plot.Axes.Left.FrameLineStyle.IsVisible = false;
        plot.Grid.YAxisStyle.IsVisible = false;
        Write(plot, "negative", -widest * 1.18, drawn.Length - 0.6, 15, PlotStyle.Negative, Alignment.UpperLeft).LabelBold = true;
        Write(plot, "positive", widest * 1.18, -0.5, 15, PlotStyle.Positive, Alignment.LowerRight).LabelBold = true;
        return new Figure(plot) { Height = Math.Max(600, 120 + 22 * drawn.Length) };
    }

    private static ScottPlot.Plottables.Scatter Curve(Plot plot, int series, Coordinates[] points, string name)
    {
        var line = plot.Add.ScatterLine(points);
        line.Color = PlotStyle.Series[series % PlotStyle.Series.Length];
        line.LineWidth = PlotStyle.WidthOf(series);
        line.LegendText = PlotFont.Spell(name, PlotFont.Family);
        return line;
    }

    private static void Guide(Plot plot, double x1, double y1, double x2, double y2, string name)
    {
        var line = plot.Add.Line(x1, y1, x2, y2);
        line.Color = PlotStyle.Quiet;
        line.LineWidth = 1;
        line.LegendText = name;
    }

    private static void Mark(Plot plot, int series, Coordinates at, double threshold)
    {
        var mark = plot.Add.Marker(at, MarkerShape.FilledCircle, 12, PlotStyle.Series[series % PlotStyle.Series.Length]);
        mark.MarkerLineColor = Colors.White;
        mark.MarkerLineWidth = 2;
        mark.LegendText = string.Create(CultureInfo.InvariantCulture, $"threshold {threshold:0.00}");
    }

    internal static ScottPlot.Plottables.Text Write(Plot plot, string text, double x, double y, float size, Color color, Alignment alignment)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelFontName = PlotFont.Family;
        label.LabelFontSize = size;
        label.LabelFontColor = color;
        label.LabelAlignment = alignment;
        return label;
    }

    // A thousandth is about half a pixel: points closer than that say nothing and would make an SVG of megabytes.
    private static Coordinates[] Thinned(IEnumerable<Coordinates> points)
    {
        var kept = new List<Coordinates>();
        Coordinates last = default;
        foreach (Coordinates point in points)
        {
            last = point;
            if (kept.Count == 0 || Math.Abs(point.X - kept[^1].X) + Math.Abs(point.Y - kept[^1].Y) >= 0.001) kept.Add(point);
        }
        if (kept.Count > 0 && (kept[^1].X != last.X || kept[^1].Y != last.Y)) kept.Add(last);
        return [.. kept];
    }

    private static string Short(int rows) => rows switch
    {
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{rows / 1e6:0.##}M"),
        >= 1_000 => string.Create(CultureInfo.InvariantCulture, $"{rows / 1e3:0.#}k"),
        _ => rows.ToString(CultureInfo.InvariantCulture),
    };

    private static string Shortened(string term)
    {
        var signs = new StringInfo(term);
        return signs.LengthInTextElements <= 28 ? term : signs.SubstringByTextElements(0, 27) + "…";
    }
}
