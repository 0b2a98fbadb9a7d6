using System.Globalization;
using ScottPlot;

namespace Vigie.Plots;

/// <summary>Figures of projections. All throw <see cref="FontMissingException"/> on a machine without fonts.</summary>
public static class ProjectionPlots
{
    private const int MostNames = 70;

    private static readonly MarkerShape[] Shapes =
        [MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond, MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle];

    // Where one stands to look at three dimensions: to the left and from above.
    private const double Yaw = -0.62, Pitch = 0.42;

    /// <summary>The points along the first two components, or three dimensions seen from a corner: nearer points are larger. Groups differ in colour and shape.</summary>
    /// <param name="projection">A few thousand points at most: each is drawn into the SVG.</param>
    /// <exception cref="InvalidInputException">Groups and points do not fit together.</exception>
    public static Figure Scatter(Projection projection)
    {
        projection.Validated();
        bool deep = projection.Dimensions == 3;
        Plot plot = PlotStyle.Sheet(projection.Title, deep ? projection.Subtitle : Title(projection, 0), deep ? "" : Title(projection, 1));
        View view = deep ? View.Of(projection) : default;
        Seen[] points = [.. Enumerable.Range(0, projection.Count).Select(i => deep
            ? view.See(projection.Coordinates[i * 3], projection.Coordinates[i * 3 + 1], projection.Coordinates[i * 3 + 2])
            : new Seen(projection.Coordinates[i * 2], projection.Coordinates[i * 2 + 1], 0))];
        if (deep) Frame(plot, projection, view);
        for (int group = 0; group < Math.Max(1, projection.Groups.Count); group++) Mark(plot, projection, points, group);
        if (projection.Named) Name(plot, projection, points, deep);
        plot.Axes.SquareUnits(); // distances are true, as they are on the page
        plot.Axes.AutoScale();
        if (deep)
        {
            plot.HideGrid();
            foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
            {
                axis.TickGenerator = new ScottPlot.TickGenerators.NumericManual();
                axis.FrameLineStyle.IsVisible = false;
            }
        }
        else
        {
            foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left }) axis.TickGenerator = PlotStyle.Numbers("0.###");
        }

        if (projection.Groups.Count > 0) PlotStyle.ShowLegend(plot, Alignment.UpperRight);
        return new Figure(plot) { Width = 1000, Height = 760 };
    }

    /// <summary>Bars of each component's share of variance, and a line of what the first so many hold together.</summary>
    /// <param name="ratio">Shares in [0, 1], one or more.</param>
    /// <param name="title">Heading.</param>
    public static Figure ExplainedVariance(IReadOnlyList<double> ratio, string title = "Explained variance")
    {
        if (ratio.Count == 0) throw new InvalidInputException("there is no component to draw");
        Plot plot = PlotStyle.Sheet(title, "Component", "Share of variance");
        double together = 0;
        var sums = new Coordinates[ratio.Count];
        for (int i = 0; i < ratio.Count; i++)
        {
            var bar = plot.Add.Bar(position: i + 1, value: ratio[i]);
            bar.Color = PlotStyle.Series[0];
            bar.Bars[0].LineWidth = 0;
            bar.Bars[0].Size = 0.66;
            sums[i] = new Coordinates(i + 1, together += ratio[i]);
        }

        var line = plot.Add.ScatterLine(sums);
        line.Color = PlotStyle.Series[1];
        line.LineWidth = 1.8f;
        line.MarkerShape = MarkerShape.FilledCircle;
        line.MarkerSize = 8;
        line.LegendText = "together";
        for (int i = 0; i < sums.Length; i++)
            EvaluationPlots.Write(plot, string.Create(CultureInfo.InvariantCulture, $"{sums[i].Y:0.0 %}"), sums[i].X, sums[i].Y + 0.02, 12, PlotStyle.Quiet, Alignment.LowerCenter);
        plot.Axes.SetLimits(0.4, ratio.Count + 0.6, 0, Math.Max(0.1, together * 1.15 + 0.03));
        plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([.. sums.Select(sum => sum.X)], [.. sums.Select(sum => sum.X.ToString("0", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.TickGenerator = PlotStyle.Numbers("0 %");
        PlotStyle.ShowLegend(plot, Alignment.UpperLeft);
        return new Figure(plot);
    }

    // Where a point is seen, and how near: about 1 at the front, -1 at the back, 0 in two dimensions.
    private readonly record struct Seen(double X, double Y, double Near);

    // The box that the points and the origin fill, and how it is looked at.
    private readonly record struct View(double[] Low, double[] High, double Radius)
    {
        public static View Of(Projection projection)
        {
            double[] low = [0, 0, 0], high = [0, 0, 0];
            for (int i = 0; i < projection.Coordinates.Length; i++)
            {
                low[i % 3] = Math.Min(low[i % 3], projection.Coordinates[i]);
                high[i % 3] = Math.Max(high[i % 3], projection.Coordinates[i]);
            }

            double radius = Math.Sqrt(low.Zip(high, (from, to) => (to - from) * (to - from) / 4).Sum());
            return new View(low, high, radius > 0 ? radius : 1);
        }

        public Seen See(double x, double y, double z)
        {
            (x, y, z) = ((x - (Low[0] + High[0]) / 2) / Radius, (y - (Low[1] + High[1]) / 2) / Radius, (z - (Low[2] + High[2]) / 2) / Radius);
            (x, z) = (x * Math.Cos(Yaw) + z * Math.Sin(Yaw), z * Math.Cos(Yaw) - x * Math.Sin(Yaw));
            (y, z) = (y * Math.Cos(Pitch) - z * Math.Sin(Pitch), y * Math.Sin(Pitch) + z * Math.Cos(Pitch));
            double near = 4.5 / (4.5 - z);
            return new Seen(x * near, y * near, 1.6 * z);
        }
    }

    private static void Mark(Plot plot, Projection projection, Seen[] points, int group)
    {
        Color color = projection.Groups.Count == 0 ? PlotStyle.Series[0] : ColorOf(projection.Groups[group], group);
        MarkerShape shape = Shapes[group % Shapes.Length];
        float size = projection.Count > 3_000 ? 4 : projection.Count > 600 ? 6 : 8;
        int[] members = [.. Enumerable.Range(0, points.Length).Where(i => projection.Groups.Count == 0 || projection.GroupOf[i] == group)];
        bool listed = false;
        // Three sizes from the back to the front.
        foreach (IGrouping<int, int> layer in members.GroupBy(i => points[i].Near < -0.25 ? 0 : points[i].Near < 0.25 ? 1 : 2).OrderBy(layer => layer.Key))
        {
            float scale = projection.Dimensions == 2 ? 1 : 0.7f + 0.3f * layer.Key;
            Coordinates[] places = [.. layer.Select(i => new Coordinates(points[i].X, points[i].Y))];
            var marks = plot.Add.Markers(places, shape, size * scale, color.WithAlpha(projection.Dimensions == 2 ? 0.75 : 0.45 + 0.2 * layer.Key));
            if (!listed && projection.Groups.Count > 0) marks.LegendText = PlotFont.Spell(string.Create(CultureInfo.InvariantCulture, $"{projection.Groups[group]} ({members.Length:#,0})"), PlotFont.Family);
            listed = true;
        }
    }

    // The first names that leave one another room, by a grid of cells as large as a letter is tall.
    private static void Name(Plot plot, Projection projection, Seen[] points, bool deep)
    {
        double wide = points.Max(point => point.X) - points.Min(point => point.X), tall = points.Max(point => point.Y) - points.Min(point => point.Y);
        double cell = Math.Max(Math.Max(wide / 850, tall / 600), 1e-12); // about a pixel
        var taken = new HashSet<(int, int)>();
        int written = 0;
        for (int i = 0; i < points.Length && written < MostNames; i++)
        {
            string label = projection.Labels[i], family = PlotFont.FamilyFor(label) ?? PlotFont.Family;
            int row = (int)Math.Floor(points[i].Y / cell / 16), column = (int)Math.Floor(points[i].X / cell / 8);
            (int, int)[] cells = [.. Enumerable.Range(0, label.Length + 2).SelectMany(step => new[] { (column + step, row), (column + step, row + 1) })];
            if (cells.Any(taken.Contains)) continue;
            taken.UnionWith(cells);
            var name = EvaluationPlots.Write(plot, PlotFont.Spell(label, family), points[i].X + 6 * cell, points[i].Y, 12, deep && points[i].Near < -0.25 ? PlotStyle.Quiet : PlotStyle.Ink, Alignment.MiddleLeft);
            name.LabelFontName = family;
            written++;
        }
    }

    private static void Frame(Plot plot, Projection projection, View view)
    {
        for (int corner = 0; corner < 8; corner++)
        {
            for (int bit = 1; bit < 8; bit *= 2)
            {
                if ((corner & bit) == 0) Line(plot, Corner(view, corner), Corner(view, corner | bit), PlotStyle.Grid);
            }
        }

        for (int axis = 0; axis < 3; axis++)
        {
            Line(plot, At(view, axis, view.Low[axis]), At(view, axis, view.High[axis]), PlotStyle.Quiet);
            Seen at = At(view, axis, view.High[axis] + 0.06 * view.Radius);
            EvaluationPlots.Write(plot, Title(projection, axis), at.X, at.Y, 13, PlotStyle.Ink, axis == 0 ? Alignment.UpperCenter : Alignment.LowerCenter).LabelBackgroundColor = Colors.White.WithAlpha(.7);
        }
    }

    private static Seen Corner(View view, int corner) =>
        view.See((corner & 1) == 0 ? view.Low[0] : view.High[0], (corner & 2) == 0 ? view.Low[1] : view.High[1], (corner & 4) == 0 ? view.Low[2] : view.High[2]);

    private static Seen At(View view, int axis, double value) => view.See(axis == 0 ? value : 0, axis == 1 ? value : 0, axis == 2 ? value : 0);

    private static void Line(Plot plot, Seen from, Seen to, Color color)
    {
        var line = plot.Add.Line(from.X, from.Y, to.X, to.Y);
        line.Color = color;
        line.LineWidth = 1;
    }

    private static string Title(Projection projection, int axis) =>
        string.Create(CultureInfo.InvariantCulture, $"Component {axis + 1}: {projection.ExplainedVarianceRatio[axis]:0.0 %} of the variance");

    private static Color ColorOf(string group, int number) => group switch
    {
        "negative" => PlotStyle.Negative,
        "positive" => PlotStyle.Positive,
        "neutral" => PlotStyle.Quiet,
        _ => PlotStyle.Series[number % PlotStyle.Series.Length],
    };
}
