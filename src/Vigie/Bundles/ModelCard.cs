using System.Globalization;
using System.Text;
using Vigie.Evaluation;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary><c>README.md</c> of a bundle: the model card (Mitchell et al., FAT* 2019), written from what the bundle holds and dated by nothing.</summary>
internal static class ModelCard
{
    public const string Name = "README.md";

    private static readonly (string Key, string Label, Func<EvaluationReport, double?> Figure)[] Figures =
    [
        ("accuracy", "accuracy", report => report.Accuracy),
        ("f1_macro", "macro F1", report => report.F1Macro),
        ("f1", "F1 of positive", report => report.F1),
        ("precision_positive", "precision of positive", report => report.PrecisionPositive),
        ("recall_positive", "recall of positive", report => report.RecallPositive),
        ("roc_auc", "ROC-AUC", report => report.RocAuc),
        ("average_precision", "average precision", report => report.AveragePrecision),
        ("brier", "Brier score", report => report.Brier),
        ("ece", "expected calibration error", report => report.Ece),
        ("log_loss", "log-loss", report => report.LogLoss),
    ];

    public static string Of(TextClassifier classifier, BundleInfo info)
    {
        var card = new StringBuilder();
        var format = ModelFormat.Of(classifier.Model);
        string classes = string.Join(", ", classifier.Classes.Select(ClassColumns.NameOf));
        Line($"# {OneLine(info.Name)}");
        Line($"");
        Line($"{format.Noun} that tells the sentiment of a tweet ({classes}), trained by Vigie {info.VigieVersion} with the recipe `{OneLine(info.Recipe)}`.");
        Line($"");
        Line($"## Use");
        Line($"It reads the raw text of one short public message at a time and answers with a class and a probability. It is meant for following how a brand is");
        Line($"spoken of, in sum and over time, and for bringing single messages before a person.");
        Line($"");
        Line($"It is not meant to judge the people who write, nor to act on a single message without a person looking at it.");
        Line($"");
        WriteData(Line, info.Data);
        WriteMetrics(Line, info);
        Line($"## How it decides");
        foreach (string line in format.Describe(classifier.Model)) Line($"- {line}");
        if (classifier.Classes.Count == 2) Line($"- It says positive from a probability of {classifier.Threshold:R} on.");
        Line($"- A text without any known feature gets the shares of the classes in training ({string.Join(", ", classifier.Prior.Select(share => Number(share)))}) and is marked `unknown`.");
        Line($"- Seed {info.Seed}: the same seed, data and version give this bundle again, byte for byte on the same kind of processor.");
        if (info.Settings.Count > 0) Line($"");
        foreach ((string key, string value) in info.Settings.OrderBy(setting => setting.Key, StringComparer.Ordinal)) Line($"    {OneLine(key)}={OneLine(value)}");
        Line($"");
        Line($"## Limits");
        Line($"- It knows the words of its training data and no others; `training_profile.json` holds what drift is measured against.");
        Line($"- Irony, quotation and mixed opinions are often misread. Labels themselves err, and the figures above count every such label as a mistake of the model.");
        Line($"- Figures hold for texts drawn like the training data. For another subject, platform, language or time they must be measured anew.");
        Line($"");
        Line($"## Load");
        Line($"    vigie predict --model FOLDER \"thank you for the smooth flight\"");
        Line($"");
        Line($"or `Bundle.Load(folder).Classifier.Predict(text)`. Loading compares every file with `manifest.json` and refuses a folder that was changed.");
        return card.ToString();

        void Line(FormattableString line) => card.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private static void WriteData(Action<FormattableString> line, TrainingData data)
    {
        line($"## Data");
        line($"`{OneLine(data.FileName)}`, SHA-256 `{OneLine(data.Sha256)}`");
        line($"");
        line($"| split | rows | classes |");
        line($"|---|---:|---|");
        foreach (SplitRows split in data.Splits)
        {
            long rows = Math.Max(1, split.Rows);
            string balance = string.Join(", ", split.RowsByClass.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key} {100.0 * pair.Value / rows:F1} %")));
            line($"| {split.Split.ToString().ToLowerInvariant()} | {split.Rows:N0} | {balance} |");
        }
        line($"");
        if (data.Besides is null) return;
        line($"Learnt from besides: {OneLine(data.Besides)}.");
        line($"");
    }

    private static void WriteMetrics(Action<FormattableString> line, BundleInfo info)
    {
        (string Name, EvaluationReport Report)[] reports = [.. new[] { ("validation", info.Validation), ("test", info.Test) }.Where(pair => pair.Item2 is not null).Select(pair => (pair.Item1, pair.Item2!))];
        line($"## Metrics");
        if (reports.Length == 0) line($"None were measured.");
        else
        {
            line($"With 95 % bootstrap intervals where they were drawn.");
            line($"");
            line($"| | {string.Join(" | ", reports.Select(report => $"{report.Name} ({report.Report.Rows.ToString("N0", CultureInfo.InvariantCulture)} rows)"))} |");
            line($"|---|{string.Concat(reports.Select(_ => "---|"))}");
            foreach ((string key, string label, Func<EvaluationReport, double?> figure) in Figures)
                line($"| {label} | {string.Join(" | ", reports.Select(report => Cell(report.Report, key, figure(report.Report))))} |");
        }
        line($"");
    }

    private static string Cell(EvaluationReport report, string key, double? value) => value is null ? "undefined"
        : report.Intervals.TryGetValue(key, out Interval interval) ? $"{Number(value.Value)} ({Number(interval.Lower)}–{Number(interval.Upper)})" : Number(value.Value);

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);

    // A name must not end its line and begin another part of the page.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
