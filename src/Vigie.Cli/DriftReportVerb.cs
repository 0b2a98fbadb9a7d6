using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;
using Vigie.Bundles;
using Vigie.Monitoring;
using Vigie.Plots;

namespace Vigie.Cli;

/// <summary><c>vigie drift report</c>: the texts of a file beside those that a model was trained on.</summary>
internal static class DriftReportVerb
{
    private const int WordsShown = 10;

    public static Command Create(Terminal terminal)
    {
        Option<string> model = ModelFolder.Option();
        var data = new Option<string>("--data", "-d") { Description = "A tweet file, labelled or not, in the order in which the tweets came; labels are not looked at", HelpName = "FILE", Required = true };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the report as a page with plots: one file that asks the network for nothing", HelpName = "FILE.html" };
        var textColumn = new Option<string?>("--text-column") { Description = "The column or JSON property that holds the text, if its name is not recognised", HelpName = "NAME" };
        var sample = new Option<int?>("--sample") { Description = "Only N rows: those with a rank below N where the file has ranks, else the first N by text hash", HelpName = "N" };
        var onError = new Option<string>("--on-error") { Description = "What a malformed row does: stop (the default), or be skipped and counted", HelpName = "stop|skip", DefaultValueFactory = _ => "stop" };
        onError.AcceptOnlyFromAmong("stop", "skip");
        return new Command("report", "Say of each signal whether a file is like the training: class mix, unknown and rising words, length, confidence, embedding") { model, data, output, textColumn, sample, onError }
            .WithExamples(
                "vigie drift report --model out/m --data tweets.csv",
                "vigie drift report --model models:/sentiment@champion --data last-week.jsonl --output drift.html",
                "vigie drift report --model out/m --data tweets.csv --text-column body --json")
            .Does(terminal, async run =>
            {
                string file = ModelFolder.PathOf(run, run.Required(data));
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                if (page is not null && Directory.Exists(page)) throw new InvalidInputException($"--output {page} is a folder; name a file, such as {Path.Combine(page, "drift.html")}");
                Bundle bundle = await ModelFolder.LoadAsync(run, run.Required(model));
                if (bundle.Info.Profile is not { } profile) throw new InvalidInputException($"{run.Required(model)} has no training profile, so there is nothing to compare with; 'vigie train' writes one");
                DriftReport report;
                string? warning = null;
                using (ProgressBoard board = run.ShowProgress())
                {
                    var options = new Tweets.TweetReaderOptions { IgnoreLabels = true, TextColumn = run.Value(textColumn), Sample = run.Value(sample), OnError = run.Required(onError) == "skip" ? Tweets.OnError.Skip : Tweets.OnError.Stop };
                    TextsOfFile texts = TextsOfFile.Read(run, file, options, board, trainingRowsOnly: false);
                    if (texts.Digest == bundle.Info.Data.Sha256) warning = "the model was trained on this file: it is surer of texts that it has learnt from, and knows their words";
                    report = new DriftComparer(bundle.Classifier, profile).Compare(texts.Texts, run.Stop);
                }

                if (warning is not null) run.Note($"warning: {warning}");
                if (page is not null)
                {
                    DriftPage.Save(report, bundle.Info.Name, Path.GetFileName(file), page);
                    run.Note($"wrote {page}");
                }

                run.Print(Json(report, bundle, file, page, warning), console => Show(console, terminal, report));
            });
    }

    private static JsonObject Json(DriftReport report, Bundle bundle, string file, string? page, string? warning)
    {
        JsonObject json = JsonSerializer.SerializeToNode(report, JsonText.OneLine)!.AsObject();
        json["model"] = new JsonObject { ["digest"] = bundle.Digest, ["recipe"] = bundle.Info.Recipe, ["name"] = bundle.Info.Name };
        json["data"] = Path.GetFileName(file);
        json["warning"] = warning;
        json["page"] = page;
        return json;
    }

    private static void Show(IAnsiConsole console, Terminal terminal, DriftReport report)
    {
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Texts:N0} texts beside {report.TrainingTexts:N0} of the training and {report.ValidationTexts:N0} that it was tried on: {(report.HasDrifted ? "there is drift" : "no drift")}"));
        console.PrintTable(["signal", "verdict", "p", "p, all signals", ""], [.. report.Signals.Select(signal => new[] { DriftWords.Name(signal.Signal), DriftWords.Verdict(signal.Verdict), P(signal.P), P(signal.HolmP), signal.Says })]);
        if (report.Windows.Count > 0)
            console.PrintTable(["predictions", .. report.Classes, "p"], [["training", .. report.ReferenceShares.Select(Percent), ""], .. report.Windows.Select(window => (string[])[$"last {window.Texts:N0}", .. window.Counts.Select(count => Percent((double)count / window.Texts)), P(window.P)])]);
        if (report.Words.Count > 0)
            console.PrintTable(["rising word", "texts", "share", "in training", "for example"], [.. report.Words.Take(WordsShown).Select(word => new[] { word.Word ?? "", $"{word.Texts:N0}", Percent(word.Share), (word.IsNew ? "≤ " : "") + Percent(word.ReferenceShare), word.Examples.Count > 0 ? word.Examples[0].Text ?? "" : "" })]);
    }

    private static string P(double? p) => p switch
    {
        null => "–",
        < 0.0001 => "< 0.0001",
        { } value => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0} %");
}
