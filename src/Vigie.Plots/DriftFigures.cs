using System.Globalization;
using System.Net;
using System.Text;
using Vigie.Monitoring;

namespace Vigie.Plots;

/// <summary>The plots of a drift report as SVG that takes its colours from the page around it, so that they suit light and dark.</summary>
internal static class DriftFigures
{
    private const double Width = 560, Left = 96, Right = 92;

    /// <summary>One bar a row, cut into the classes' shares.</summary>
    public static string Shares(IReadOnlyList<string> classes, string[] rows, double[][] shares, string[] notes)
    {
        const double row = 34, bar = 24;
        double height = rows.Length * row + 30, span = Width - Left - Right;
        var svg = Begin(height, $"Shares of {string.Join(", ", classes)}: {string.Join("; ", rows.Select((name, i) => $"{name} {string.Join(", ", shares[i].Select(Percent))}"))}");
        for (int i = 0; i < rows.Length; i++)
        {
            double x = Left, y = i * row;
            Write(svg, Left - 8, y + 17, "end", rows[i]);
            for (int c = 0; c < classes.Count; c++)
            {
                double width = shares[i][c] * span;
                svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{Safe(classes[c])}\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{bar}\"/>");
                if (width > 44) svg.Append(CultureInfo.InvariantCulture, $"<text class=\"on\" x=\"{x + width / 2:0.##}\" y=\"{y + 17:0.##}\" text-anchor=\"middle\">{Percent(shares[i][c])}</text>");
                x += width;
            }

            Write(svg, Width - Right + 8, y + 17, "start", notes[i]);
        }

        for (int c = 0; c < classes.Count; c++)
        {
            double x = Left + c * 110;
            svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{Safe(classes[c])}\" x=\"{x}\" y=\"{height - 20:0.##}\" width=\"12\" height=\"12\"/>");
            Write(svg, x + 18, height - 9, "start", classes[c]);
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>Two bars a bin: the share of texts then and now.</summary>
    public static string Histogram(DriftHistogram histogram, string name)
    {
        const double height = 250, bottom = 210, top = 10, left = 50;
        int bins = Enumerable.Range(0, histogram.Edges.Count).Last(bin => histogram.Reference[bin] + histogram.Current[bin] > 0) + 1;
        int first = Enumerable.Range(0, bins).First(bin => histogram.Reference[bin] + histogram.Current[bin] > 0);
        double[] then = Parts(histogram.Reference), now = Parts(histogram.Current);
        double most = then.Concat(now).Max(), step = (Width - left - 10) / (bins - first);
        var svg = Begin(height, $"Share of texts by {name}, training and now: {string.Join("; ", Enumerable.Range(first, bins - first).Select(bin => $"from {Edge(histogram.Edges[bin])} {Percent(then[bin])} and {Percent(now[bin])}"))}");
        foreach (double share in new[] { 0, most / 2, most })
        {
            double y = bottom - share / most * (bottom - top);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{left}\" x2=\"{Width}\" y1=\"{y:0.##}\" y2=\"{y:0.##}\"/>");
            Write(svg, left - 6, y + 4, "end", Percent(share));
        }

        for (int bin = first; bin < bins; bin++)
        {
            double x = left + (bin - first) * step;
            Bar(svg, "then", x + step * 0.08, step * 0.42, then[bin] / most * (bottom - top), bottom);
            Bar(svg, "now", x + step * 0.5, step * 0.42, now[bin] / most * (bottom - top), bottom);
            if ((bin - first) % Math.Max(1, (bins - first + 9) / 10) == 0) Write(svg, x + step * 0.08, bottom + 18, "start", Edge(histogram.Edges[bin]));
        }

        Write(svg, (left + Width) / 2, height - 4, "middle", $"{name}, from");
        return svg.Append("</svg>").ToString();
    }

    private static double[] Parts(IReadOnlyList<long> counts)
    {
        double all = counts.Sum();
        return [.. counts.Select(count => count / all)];
    }

    private static StringBuilder Begin(double height, string says) =>
        new StringBuilder().Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(says)}\">");

    private static void Bar(StringBuilder svg, string kind, double x, double width, double height, double bottom) =>
        svg.Append(CultureInfo.InvariantCulture, $"<rect class=\"{kind}\" x=\"{x:0.##}\" y=\"{bottom - height:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\"/>");

    private static void Write(StringBuilder svg, double x, double y, string anchor, string text) =>
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x:0.##}\" y=\"{y:0.##}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>");

    // Classes are negative, neutral and positive; the page has a colour for each.
    private static string Safe(string name) => new([.. name.Where(char.IsAsciiLetter)]);

    private static string Edge(double edge) => edge.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");
}
