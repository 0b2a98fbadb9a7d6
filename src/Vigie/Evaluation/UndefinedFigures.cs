namespace Vigie.Evaluation;

/// <summary>Says, for each figure of a report that is null, what the rows lack.</summary>
internal static class UndefinedFigures
{
    public static IReadOnlyDictionary<string, string> Of(EvaluationReport report)
    {
        string positive = report.Classes[^1];
        string[] absent = [.. report.Classes.Where(name => report.PerClass[name].Support == 0)];
        string noRows = $"no row is {string.Join(" or ", absent)}";
        var reasons = new Dictionary<string, string>();
        Explain("f1", report.F1, $"no row is {positive}");
        Explain("f1_macro", report.F1Macro, noRows);
        Explain("recall_macro", report.RecallMacro, noRows);
        Explain("precision_positive", report.PrecisionPositive, $"no row was called {positive}");
        Explain("recall_positive", report.RecallPositive, $"no row is {positive}");
        Explain("roc_auc", report.RocAuc, noRows);
        Explain("average_precision", report.AveragePrecision, noRows);
        Explain("mcc", report.Mcc, report.PerClass.Values.Count(label => label.Support > 0) < 2 ? "the rows are all of one class" : "every row was called the same class");
        foreach ((string name, ClassReport label) in report.PerClass)
        {
            Explain($"per_class.{name}.precision", label.Precision, $"no row was called {name}");
            Explain($"per_class.{name}.recall", label.Recall, $"no row is {name}");
            Explain($"per_class.{name}.f1", label.F1, $"no row is {name}");
        }
        foreach ((string name, double? figure) in new[] { ("f1_macro", report.F1Macro), ("precision_positive", report.PrecisionPositive), ("recall_positive", report.RecallPositive), ("roc_auc", report.RocAuc) })
        {
            if (!report.Intervals.ContainsKey(name)) Explain($"intervals.{name}", null, figure is null ? reasons[name] : "undefined in more than one resample in twenty: too few rows");
        }
        return reasons;

        void Explain(string name, double? figure, string reason)
        {
            if (figure is null) reasons[name] = reason;
        }
    }
}
