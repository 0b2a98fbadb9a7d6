using System.Globalization;
using System.Net;
using ScottPlot;
using Vigie.Pipelines;

namespace Vigie.Plots;

/// <summary>Draws the plots that a pipeline declares, revisions beside each other.</summary>
public static class PipelinePlots
{
    private const int SmoothSpan = 10;

    /// <summary>One plot.</summary>
    /// <param name="plot">With points.</param>
    /// <returns>A figure; of a confusion matrix one a series.</returns>
    /// <exception cref="InvalidInputException">Its points are no numbers.</exception>
    public static IReadOnlyList<(string Name, Figure Figure)> Draw(PipelinePlot plot)
    {
        ArgumentNullException.ThrowIfNull(plot);
        return plot.Template switch
        {
            "confusion" or "confusion_normalized" => [.. plot.Series.Select(series => (series.Revision, Confusion(plot, series)))],
            "bar_horizontal" or "bar_horizontal_sorted" => [.. plot.Series.Select(series => (series.Revision, Bars(plot, series)))],
            _ => [("", Lines(plot))],
        };
    }

    /// <summary>A page with all plots, which stands alone.</summary>
    /// <param name="plots">What is drawn.</param>
    /// <param name="revisions">Named in the heading.</param>
    public static string Html(IReadOnlyList<PipelinePlot> plots, IReadOnlyList<string> revisions)
    {
        var body = new System.Text.StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"<h1>Plots</h1><p>{WebUtility.HtmlEncode(string.Join(", ", revisions))}</p>");
        foreach (PipelinePlot plot in plots)
        {
            body.Append(CultureInfo.InvariantCulture, $"<section><h2>{WebUtility.HtmlEncode(plot.Name)}</h2>");
            foreach ((string name, Figure figure) in plot.Series.Count > 0 ? Draw(plot) : [])
            {
                string words = name.Length > 0 ? $"{plot.Title}, {name}" : plot.Title;
                body.Append(CultureInfo.InvariantCulture, $"<img alt=\"{WebUtility.HtmlEncode(words)}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(figure.ToSvg()))}\">");
            }
            foreach ((string revision, string file) in plot.Pictures)
            {
                string kind = Path.GetExtension(plot.Name).ToLowerInvariant() switch { ".svg" => "svg+xml", ".jpg" or ".jpeg" => "jpeg", ".gif" => "gif", _ => "png" };
                body.Append(CultureInfo.InvariantCulture, $"<figure><img alt=\"{WebUtility.HtmlEncode($"{plot.Name}, {revision}")}\" src=\"data:image/{kind};base64,{Convert.ToBase64String(File.ReadAllBytes(file))}\"><figcaption>{WebUtility.HtmlEncode(revision)}</figcaption></figure>");
            }
            body.Append("</section>");
        }
        return PageFrame.Fill("drift.html", new() { ["title"] = "Plots", ["body"] = body.ToString() }, "plots.css", null);
    }

    /// <summary>Writes the page, and a PNG and an SVG a figure beside it.</summary>
    /// <returns>The paths, the page first.</returns>
    public static IReadOnlyList<string> Save(IReadOnlyList<PipelinePlot> plots, IReadOnlyList<string> revisions, string folder)
    {
        string page = Path.Combine(folder, "index.html");
        PageFrame.Save(Html(plots, revisions), page);
        var paths = new List<string> { page };
        foreach (PipelinePlot plot in plots.Where(plot => plot.Series.Count > 0))
        {
            foreach ((string name, Figure figure) in Draw(plot)) paths.AddRange(figure.Save(Path.Combine(folder, "static"), FileName(name.Length > 0 ? $"{plot.Name}-{name}" : plot.Name)));
        }
        return paths;
    }

    private static Figure Lines(PipelinePlot plot)
    {
        Plot sheet = PlotStyle.Sheet(plot.Title, plot.XLabel, plot.YLabel);
        bool severalFiles = plot.Series.Select(series => series.Source).Distinct().Count() > 1, severalRevisions = plot.Series.Select(series => series.Revision).Distinct().Count() > 1;
        for (int i = 0; i < plot.Series.Count; i++)
        {
            PlotSeries series = plot.Series[i];
            List<Coordinates> points = [.. series.Points.Where(point => point.Y.Length > 0).Select(point => new Coordinates(Number(plot, point.X), Number(plot, point.Y)))];
            if (plot.Template == "smooth") points = Smooth(points);
            var drawn = sheet.Add.Scatter(points, PlotStyle.Series[i % PlotStyle.Series.Length]);
            drawn.LineWidth = plot.Template == "scatter" ? 0 : PlotStyle.WidthOf(i);
            drawn.MarkerSize = plot.Template == "scatter" || points.Count <= 20 ? 7 : 0;
            drawn.LegendText = PlotFont.Spell((severalFiles, severalRevisions) switch { (true, true) => $"{series.Revision}: {series.Source}", (true, false) => series.Source, _ => series.Revision }, PlotFont.Family);
        }
        sheet.Axes.Bottom.TickGenerator = PlotStyle.Numbers("G6");
        sheet.Axes.Left.TickGenerator = PlotStyle.Numbers("G6");
        if (plot.Series.Count > 1) PlotStyle.ShowLegend(sheet, Alignment.LowerRight);
        return new Figure(sheet);
    }

    private static Figure Confusion(PipelinePlot plot, PlotSeries series)
    {
        string[] across = [.. series.Points.Select(point => point.Y).Distinct().Order(StringComparer.Ordinal)], down = [.. series.Points.Select(point => point.X).Distinct().Order(StringComparer.Ordinal)];
        var counts = new double[down.Length, across.Length];
        foreach (PlotPoint point in series.Points) counts[Array.IndexOf(down, point.X), Array.IndexOf(across, point.Y)]++;
        if (plot.Template == "confusion_normalized")
        {
            for (int i = 0; i < down.Length; i++)
            {
                double sum = Enumerable.Range(0, across.Length).Sum(j => counts[i, j]);
                for (int j = 0; j < across.Length; j++) counts[i, j] /= sum;
            }
        }
        Plot sheet = PlotStyle.Sheet(series.Revision == "workspace" ? plot.Title : $"{plot.Title}, {series.Revision}", plot.YLabel, plot.XLabel);
        double most = Math.Max(double.Epsilon, counts.Cast<double>().DefaultIfEmpty(1).Max());
        for (int i = 0; i < down.Length; i++)
        {
            for (int j = 0; j < across.Length; j++)
            {
                int up = down.Length - 1 - i;
                var cell = sheet.Add.Rectangle(j - 0.5, j + 0.5, up - 0.5, up + 0.5);
                cell.FillColor = PlotStyle.Series[0].WithAlpha(0.04 + 0.86 * counts[i, j] / most);
                cell.LineColor = Colors.White;
                cell.LineWidth = 3;
                var word = sheet.Add.Text(counts[i, j].ToString(plot.Template == "confusion" ? "N0" : "0.000", CultureInfo.InvariantCulture), j, up);
                word.LabelFontName = PlotFont.Family;
                word.LabelFontSize = 16;
                word.LabelFontColor = counts[i, j] > most / 2 ? Colors.White : PlotStyle.Ink;
                word.LabelAlignment = Alignment.MiddleCenter;
            }
        }
        sheet.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. Enumerable.Range(0, across.Length).Select(j => (double)j)], across);
        sheet.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. Enumerable.Range(0, down.Length).Select(i => (double)(down.Length - 1 - i))], down);
        sheet.Axes.SetLimits(-0.5, across.Length - 0.5, -0.5, down.Length - 0.5);
        sheet.HideGrid();
        return new Figure(sheet);
    }

    private static Figure Bars(PipelinePlot plot, PlotSeries series)
    {
        List<(string Name, double Value)> bars = [.. series.Points.Select(point => (point.Y, Number(plot, point.X)))];
        if (plot.Template == "bar_horizontal_sorted") bars = [.. bars.OrderByDescending(bar => bar.Value)];
        Plot sheet = PlotStyle.Sheet(series.Revision == "workspace" ? plot.Title : $"{plot.Title}, {series.Revision}", plot.XLabel, plot.YLabel);
        sheet.Add.Bars(bars.Select((bar, i) => new Bar { Position = bars.Count - 1 - i, Value = bar.Value, Size = 0.72, FillColor = PlotStyle.Series[0], LineWidth = 0, Orientation = Orientation.Horizontal }).ToArray());
        sheet.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. bars.Select((_, i) => (double)(bars.Count - 1 - i))], [.. bars.Select(bar => PlotFont.Spell(bar.Name, PlotFont.Family))]);
        sheet.Axes.Left.MinimumSize = 140;
        return new Figure(sheet);
    }

    private static List<Coordinates> Smooth(List<Coordinates> points)
    {
        int span = Math.Max(1, points.Count / SmoothSpan);
        return [.. points.Select((point, i) => new Coordinates(point.X, points.Skip(Math.Max(0, i - span)).Take(span * 2 + 1).Average(near => near.Y)))];
    }

    private static double Number(PipelinePlot plot, string words) =>
        double.TryParse(words, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : throw new InvalidInputException($"plot {plot.Name}: '{words}' is no number; the template {plot.Template} draws numbers");

    private static string FileName(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_'));
}
