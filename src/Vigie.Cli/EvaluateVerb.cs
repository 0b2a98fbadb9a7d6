using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Vigie.Bundles;
using Vigie.Evaluation;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie evaluate</c>: how well a saved model does on a labelled file.</summary>
internal static class EvaluateVerb
{
    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file with labels", HelpName = "FILE", Required = true };
        var split = new Option<string?>("--split") { Description = "Which rows: without it the test rows where the file has a split column, else all rows; without such a column sides go by text hash, as in train", HelpName = "test|validation|train|all" };
        split.AcceptOnlyFromAmong("test", "validation", "train", "all");
        Option<string> against = ModelFolder.Option("--against", "A second model, compared on the same rows by McNemar's test", required: false);
        var plots = new Option<string?>("--plots") { Description = "Draw confusion matrix, ROC, precision-recall, calibration and strongest features (PNG and SVG) into this folder", HelpName = "DIR" };
        var metrics = new Option<string?>("--metrics") { Description = "Also write into this file the figures that the same model and rows give every time: those of the JSON, without times and paths", HelpName = "FILE.json" };
        var curves = new Option<string?>("--curves") { Description = "Write roc.csv, precision_recall.csv, calibration.csv and confusion.csv into this folder, for other programs to draw and compare", HelpName = "DIR" };
        var reading = new TweetFileOptions();
        var command = new Command("evaluate", "Measure a model on a labelled file") { model, data, split, against, plots, metrics, curves };
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie evaluate --model out/m --data tweets.csv",
                "vigie evaluate --model out/m --data tweets.csv --split test --plots figures --json",
                "vigie evaluate --model out/m --data tweets.csv --metrics metrics.json --curves curves",
                "vigie evaluate --model out/m --data airline.csv --against out/other")
            .Does(terminal, async run =>
            {
                Bundle bundle = await ModelFolder.LoadAsync(run, run.Required(model));
                Bundle? other = run.Value(against) is { } second ? await ModelFolder.LoadAsync(run, second) : null;
                string file = ModelFolder.PathOf(run, run.Required(data));
                var evaluation = new FileEvaluation(bundle.Classifier)
                {
                    Against = other?.Classifier,
                    Rows = run.Value(split) is { } name ? Enum.Parse<EvaluatedRows>(name, ignoreCase: true) : EvaluatedRows.Default,
                    Clock = run.Clock,
                };
                FileEvaluationResult result;
                using (ProgressBoard board = run.ShowProgress()) result = evaluation.Run(file, reading.Of(run), board.Stage<ReadProgress>("evaluating", TweetFileOptions.Progress), run.Stop);
                TweetFileOptions.Warn(run, result.Reading);
                string? warning = WarningOf(bundle, result);
                if (warning is not null) run.Note($"warning: {warning}");
                if (result.RowsOfUnknownClasses > 0) run.Note($"{result.RowsOfUnknownClasses:N0} rows left out: the model has no class for their label");
                IReadOnlyList<string> drawn = run.Value(plots) is { } folder
                    ? EvaluationFigures.Save(ModelFolder.PathOf(run, folder), bundle.Classifier, result.Report, result.Scores, bundle.Info.Recipe)
                    : [];
                if (run.Value(metrics) is { } figures) EvaluationTables.SaveFigures(ModelFolder.PathOf(run, figures), result.Report);
                if (run.Value(curves) is { } tables) EvaluationTables.SaveCurves(ModelFolder.PathOf(run, tables), result.Scores, bundle.Classifier.Threshold);
                run.Print(Json(run, bundle, other, result, warning, drawn), console => Show(console, terminal, result, run));
            });
    }

    // The figures stand at the top, as EvaluationReport has them; what they were measured on follows.
    private static JsonObject Json(VerbRun run, Bundle bundle, Bundle? other, FileEvaluationResult result, string? warning, IReadOnlyList<string> plots)
    {
        JsonObject json = JsonSerializer.SerializeToNode(result.Report, JsonText.OneLine)!.AsObject();
        json["model"] = Described(bundle);
        if (other is not null) json["against"] = Described(other);
        json["data"] = new JsonObject { ["sha256"] = result.Digest, ["skipped"] = result.Reading.Skipped };
        json["split"] = result.Rows.ToString().ToLowerInvariant();
        json["split_by"] = result.Rows == EvaluatedRows.All ? null : result.Shape.HasSplit ? "split column" : "text hash";
        json["rows_of_other_sides"] = result.RowsOfOtherSides;
        json["rows_of_unknown_classes"] = result.RowsOfUnknownClasses;
        json["warning"] = warning;
        json["plots"] = JsonSerializer.SerializeToNode(plots, JsonText.OneLine);
        return json;
    }

    private static JsonObject Described(Bundle bundle) => new() { ["digest"] = bundle.Digest, ["recipe"] = bundle.Info.Recipe, ["name"] = bundle.Info.Name };

    private static string? WarningOf(Bundle bundle, FileEvaluationResult result)
    {
        if (bundle.Info.Data.Sha256 != result.Digest || result.Rows is EvaluatedRows.Test) return null;
        return result.Rows == EvaluatedRows.Validation
            ? "the model's threshold and calibration were chosen on these rows; --split test measures rows that it has not seen"
            : "the model was trained on this file, and these rows include those it learnt from; --split test measures rows that it has not seen";
    }

    private static void Show(IAnsiConsole console, Terminal terminal, FileEvaluationResult result, VerbRun run)
    {
        EvaluationReport report = result.Report;
        string side = result.Rows == EvaluatedRows.All ? "all rows" : $"{result.Rows.ToString().ToLowerInvariant()} rows by {(result.Shape.HasSplit ? "the file's split column" : "text hash")}";
        terminal.Out.WriteLine($"{report.Rows:N0} rows: {side}" + (report.Threshold is { } threshold ? string.Create(CultureInfo.InvariantCulture, $", threshold {threshold:0.####}") : ""));
        console.PrintTable(
            ["figure", "value"],
            [
                ["accuracy", Reports.Figure(report.Accuracy, report, "accuracy")], ["macro F1", Reports.Figure(report.F1Macro, report, "f1_macro")],
                ["F1 of positive", Reports.Figure(report.F1)], ["precision of positive", Reports.Figure(report.PrecisionPositive, report, "precision_positive")],
                ["recall of positive", Reports.Figure(report.RecallPositive, report, "recall_positive")], ["ROC AUC", Reports.Figure(report.RocAuc, report, "roc_auc")],
                ["average precision", Reports.Figure(report.AveragePrecision)], ["Brier score", Reports.Figure(report.Brier)], ["calibration error", Reports.Figure(report.Ece)],
                ["one tweet, median µs", string.Create(CultureInfo.InvariantCulture, $"{report.LatencyMs!.P50 * 1000:0.0}")],
            ]);
        console.PrintTable(
            ["class", "precision", "recall", "F1", "rows", .. report.Classes.Select(name => $"called {name}")],
            [
                .. report.Classes.Select((name, i) => (string[])
                [
                    name, Reports.Figure(report.PerClass[name].Precision), Reports.Figure(report.PerClass[name].Recall), Reports.Figure(report.PerClass[name].F1),
                    $"{report.PerClass[name].Support:N0}", .. report.ConfusionMatrix[i].Select(count => $"{count:N0}"),
                ]),
            ]);
        foreach ((string figure, string reason) in report.Undefined) run.Note($"{figure}: {reason}");
        if (report.McNemar is { } test)
            terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"against the other model: right alone on {test.OnlyFirstRight:N0} rows, the other on {test.OnlySecondRight:N0}; McNemar p {(test.P < 0.0001 ? "< 0.0001" : $"= {test.P:0.0000}")}"));
    }
}
