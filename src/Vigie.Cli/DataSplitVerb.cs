using System.CommandLine;
using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie data split</c>: training, validation and test rows without duplicates.</summary>
internal static class DataSplitVerb
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A labelled tweet file" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "A folder for train.csv, validation.csv and test.csv, or one file (.csv or .jsonl, also with .gz or .zst) with a split column",
            Required = true,
            HelpName = "PATH",
        };
        var by = new Option<string>("--by")
        {
            Description = "What decides the side: the file's own split column or else the text hash (the default), the hash alone, or time",
            DefaultValueFactory = _ => "given",
            HelpName = "given|hash|time",
        };
        by.AcceptOnlyFromAmong("given", "hash", "time");
        var near = new Option<bool>("--drop-near-duplicates") { Description = "Texts that differ in case, links, @mentions, punctuation or spacing alone are duplicates too" };
        var reading = new TweetFileOptions();
        var command = new Command("split", "Split a labelled file 80/10/10, without duplicates and contradictions; a row never changes sides when others are added") { file, output, by, near };
        reading.AddTo(command);
        return command
            .WithExamples(
                "vigie data split tweets.csv --output split/",
                "vigie data split tweets.csv --output tweets-50k.csv.gz --sample 50000",
                "vigie data split airline.csv --output split/ --by time --drop-near-duplicates")
            .Does(terminal, run =>
            {
                var options = new SplitOptions { Rule = Enum.Parse<SplitRule>(run.Required(by), ignoreCase: true), DropNearDuplicates = run.Value(near), Reading = reading.Of(run) };
                SplitReport report;
                using (ProgressBoard board = run.ShowProgress())
                    report = TweetSplitter.Run(run.Required(file), run.Required(output), options, board.Stage<ReadProgress>("reading (MB)", TweetFileOptions.Progress), run.Stop);
                TweetFileOptions.Warn(run, report.Reading);
                run.Print(report, console =>
                {
                    console.PrintTable(
                        ["side", "rows", "negative", "neutral", "positive"],
                        [Row("train", report.Train), Row("validation", report.Validation), Row("test", report.Test)]);
                    console.PrintTable(
                        ["left out", "rows"],
                        [["duplicates", Number(report.Duplicates)], ["contradicting labels", Number(report.ConflictingRows)], ["outside the sample", Number(report.OutsideSample)], ["malformed", Number(report.Reading.Skipped)]]);
                    foreach (string path in report.Outputs) run.Note($"wrote {path}");
                });
            });
    }

    private static string[] Row(string name, SideCount side) => [name, Number(side.Rows), Number(side.Negative), Number(side.Neutral), Number(side.Positive)];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
