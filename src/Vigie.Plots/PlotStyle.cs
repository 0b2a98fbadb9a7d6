using ScottPlot;
using ScottPlot.TickGenerators;

namespace Vigie.Plots;

/// <summary>What all figures share: one font, quiet axes, and colours of Okabe and Ito's set, which people with any colour vision tell apart.</summary>
internal static class PlotStyle
{
    public static readonly Color Ink = Color.FromHex("#22303C");
    public static readonly Color Quiet = Color.FromHex("#8A97A3");
    public static readonly Color Grid = Color.FromHex("#E8ECEF");
    public static readonly Color Negative = Color.FromHex("#C8402F");
    public static readonly Color Positive = Color.FromHex("#12857E");
    public static readonly Color[] Series = [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9" }.Select(Color.FromHex)];

    // A second sign beside colour, so that a figure survives a black-and-white printer. Skia's SVG writer knows no dashes, so width it is.
    public static float WidthOf(int series) => series == 0 ? 3.2f : 1.8f;

    public static Plot Sheet(string title, string bottom, string left)
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.White;
        plot.DataBackground.Color = Colors.White;
        plot.Grid.MajorLineColor = Grid;
        plot.Axes.Color(Ink);
        plot.Axes.Right.FrameLineStyle.IsVisible = false;
        plot.Axes.Top.FrameLineStyle.IsVisible = false;
        plot.Title(PlotFont.Spell(title, PlotFont.Family), size: 20);
        plot.Axes.Title.Label.FontName = PlotFont.Family; // label by label: Plot.Font.Set would also fix the weight of every later label
        plot.Axes.Title.Label.Bold = true;
        plot.XLabel(bottom, size: 15);
        plot.YLabel(left, size: 15);
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.Label.FontName = PlotFont.Family;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontName = PlotFont.Family;
            axis.TickLabelStyle.FontSize = 13;
            axis.MinorTickStyle.Length = 0;
            axis.FrameLineStyle.Color = Quiet;
            axis.MajorTickStyle.Color = Quiet;
        }
        // Air between the labels and the edge of the picture, where another page may begin.
        plot.Axes.Left.MinimumSize = left.Length == 0 ? 24 : 78;
        plot.Axes.Left.Label.OffsetX = 10;
        plot.Axes.Bottom.MinimumSize = 62;
        plot.Axes.Right.MinimumSize = 24;
        plot.Axes.Top.MinimumSize = 8;
        return plot;
    }

    /// <summary>Few ticks, written the same way in every culture.</summary>
    public static NumericAutomatic Numbers(string format) => new()
    {
        TargetTickCount = 8,
        LabelFormatter = value => value.ToString(format, System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>Both axes from 0 to 1, with a little air so that a curve along the edge is seen whole.</summary>
    public static void UnitSquare(Plot plot)
    {
        plot.Axes.SetLimits(-0.01, 1.01, -0.01, 1.02);
        plot.Axes.Bottom.TickGenerator = Tenths();
        plot.Axes.Left.TickGenerator = Tenths();
    }

    public static void ShowLegend(Plot plot, Alignment corner)
    {
        plot.Legend.FontName = PlotFont.Family;
        plot.Legend.FontSize = 14;
        plot.Legend.FontColor = Ink;
        plot.Legend.OutlineColor = Grid;
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.BackgroundColor = Colors.White.WithAlpha(.9);
        plot.ShowLegend(corner);
    }

    private static NumericManual Tenths()
    {
        double[] places = [0, 0.2, 0.4, 0.6, 0.8, 1];
        return new NumericManual(places, [.. places.Select(place => place.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture))]);
    }
}
