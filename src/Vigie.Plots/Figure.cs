using System.Text.RegularExpressions;
using ScottPlot;

namespace Vigie.Plots;

/// <summary>A finished plot. The same figure gives the same SVG text, and on one machine the same PNG bytes.</summary>
public sealed partial class Figure
{
    private readonly Plot _plot;

    internal Figure(Plot plot) => _plot = plot;

    /// <summary>Width in pixels.</summary>
    public int Width { get; init; } = 800;

    /// <summary>Height in pixels.</summary>
    public int Height { get; init; } = 600;

    /// <summary>The figure as a PNG file's bytes.</summary>
    public byte[] ToPng() => _plot.GetImage(Width, Height).GetImageBytes(ImageFormat.Png);

    /// <summary>The figure as an SVG document.</summary>
    public string ToSvg()
    {
        // Skia numbers clip paths over the life of the process; numbered by their order here, the text depends on the figure alone.
        var numbers = new Dictionary<string, int>();
        return ClipId().Replace(_plot.GetSvgXml(Width, Height), id =>
        {
            if (!numbers.TryGetValue(id.Value, out int number)) numbers[id.Value] = number = numbers.Count + 1;
            return $"clip{number}";
        }).Replace($"font-family=\"{PlotFont.Family}\"", $"font-family=\"{PlotFont.Family}, sans-serif\"", StringComparison.Ordinal);
    }

    /// <summary>Writes <c>NAME.png</c> and <c>NAME.svg</c>; neither is ever seen half-written.</summary>
    /// <param name="folder">Made where it does not exist.</param>
    /// <param name="name">File name without extension.</param>
    /// <returns>The two paths, PNG first.</returns>
    public IReadOnlyList<string> Save(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        string png = Path.Combine(folder, name + ".png"), svg = Path.Combine(folder, name + ".svg");
        File.WriteAllBytes(png + ".part", ToPng());
        File.Move(png + ".part", png, overwrite: true);
        File.WriteAllText(svg + ".part", ToSvg());
        File.Move(svg + ".part", svg, overwrite: true);
        return [png, svg];
    }

    // Only inside a tag, which a label cannot open: a label that reads cl_1 is a label.
    [GeneratedRegex("""(?<=<clipPath id="|<g clip-path="url\(#)cl_[0-9a-f]+""")]
    private static partial Regex ClipId();
}
