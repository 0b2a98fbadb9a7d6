using Vigie.Dashboard.Reading;
using Vigie.Evaluation;

namespace Vigie.Dashboard.Models;

/// <summary>One figure of a report.</summary>
/// <param name="Key">How metrics of runs call it.</param>
/// <param name="English">How people do.</param>
/// <param name="French">And in French.</param>
/// <param name="Of">Takes it from a report.</param>
/// <param name="IsBetterLow">Whether less is better.</param>
internal sealed record Figure(string Key, string English, string French, Func<EvaluationReport, double?> Of, bool IsBetterLow = false)
{
    /// <summary>What a metric of a run is called: as runs call it where it is none of these.</summary>
    public static string NameOf(string key, Viewer viewer) => All.FirstOrDefault(figure => figure.Key == key) is { } known ? viewer.T(known.English, known.French) : key;

    /// <summary>A difference, with its sign.</summary>
    public static string Signed(double value, Viewer viewer) => (value > 0 ? "+" : value < 0 ? "−" : "") + viewer.Number(Math.Abs(value), 4);

    /// <summary>Those that are shown, the most telling first.</summary>
    public static IReadOnlyList<Figure> All { get; } =
    [
        new("accuracy", "accuracy", "exactitude", report => report.Accuracy),
        new("f1_macro", "macro F1", "F1 macro", report => report.F1Macro),
        new("precision_positive", "precision of positive", "précision des positifs", report => report.PrecisionPositive),
        new("recall_positive", "recall of positive", "rappel des positifs", report => report.RecallPositive),
        new("f1", "F1 of positive", "F1 des positifs", report => report.F1),
        new("roc_auc", "ROC AUC", "aire ROC", report => report.RocAuc),
        new("average_precision", "average precision", "précision moyenne", report => report.AveragePrecision),
        new("mcc", "Matthews correlation", "corrélation de Matthews", report => report.Mcc),
        new("brier", "Brier score", "score de Brier", report => report.Brier, IsBetterLow: true),
        new("ece", "calibration error", "erreur de calibration", report => report.Ece, IsBetterLow: true),
        new("log_loss", "log loss", "perte logarithmique", report => report.LogLoss, IsBetterLow: true),
    ];
}

/// <summary>Classes as people call them.</summary>
internal static class Sentiments
{
    public static string Name(string name, Viewer viewer) => name switch
    {
        "negative" => viewer.T("negative", "négatif"),
        "neutral" => viewer.T("neutral", "neutre"),
        "positive" => viewer.T("positive", "positif"),
        _ => name,
    };
}
