using System.Globalization;
using System.Text;
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

    /// <summary>Precision, recall and F1 of each class as a plain table.</summary>
    public static string ByClass(EvaluationReport? report)
    {
        if (report is null) return "no rows to report on\n";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"",-10}{"precision",10}{"recall",10}{"f1",10}{"support",10}\n");
        foreach ((string label, ClassReport one) in report.PerClass)
            text.Append(CultureInfo.InvariantCulture, $"{label,-10}{Figure(one.Precision),10}{Figure(one.Recall),10}{Figure(one.F1),10}{one.Support,10}\n");
        text.Append(CultureInfo.InvariantCulture, $"\n{"accuracy",-10}{Figure(report.Accuracy),30}{report.Rows,10}\n{"macro",-10}{"",10}{Figure(report.RecallMacro),10}{Figure(report.F1Macro),10}{report.Rows,10}\n");
        return text.ToString();
    }
}
