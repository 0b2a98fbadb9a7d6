using System.Globalization;
using Vigie.Evaluation;

namespace Vigie.Cli;

/// <summary>Figures for people.</summary>
internal static class Reports
{
    /// <summary>A figure and how far it may be off: <c>0.8312 ±0.0051</c>; a dash where it is not defined.</summary>
    public static string Figure(double? figure, EvaluationReport report, string name)
    {
        if (figure is not { } value) return "–";
        string shown = value.ToString("0.0000", CultureInfo.InvariantCulture);
        return report.Intervals.TryGetValue(name, out Interval interval) ? string.Create(CultureInfo.InvariantCulture, $"{shown} ±{(interval.Upper - interval.Lower) / 2:0.0000}") : shown;
    }

    /// <summary>A figure without an interval.</summary>
    public static string Figure(double? figure) => figure is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "–";
}
