using System.CommandLine;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie data import</c>: any recognised file in Vigie's own form.</summary>
internal static class DataImportVerb
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A tweet file: Sentiment140, CSV, TSV or JSON Lines, plain or as .gz, .zip or .zst" };
        var output = new Option<string>("--output", "-o") { Description = "The file to write: .csv or .jsonl, also with .gz or .zst", Required = true, HelpName = "FILE" };
        var reading = new TweetFileOptions();
        var command = new Command("import", "Convert any recognised tweet file to Vigie's own CSV or JSON Lines; texts are not changed") { file, output };
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie data import tweets.tsv --output tweets.csv.gz",
                "vigie data import trainingandtestdata.zip --entry training.1600000.processed.noemoticon.csv --output sentiment140.csv.gz")
            .Does(terminal, run =>
            {
                ImportReport report;
                using (ProgressBoard board = run.ShowProgress())
                    report = TweetImport.Run(run.Required(file), run.Required(output), reading.Of(run), board.Stage<ReadProgress>("reading (MB)", TweetFileOptions.Progress), run.Stop);
                TweetFileOptions.Warn(run, report.Reading);
                run.Print(report, console => console.PrintTable(["wrote", "rows"], [[report.Output, $"{report.Rows:N0}"]]));
            });
    }
}
