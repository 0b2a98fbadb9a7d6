using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vigie.Tweets;

namespace Vigie.Cli;

/// <summary><c>vigie data describe</c>: what a tweet file holds.</summary>
internal static class DataDescribeVerb
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "A tweet file: Sentiment140, CSV, TSV or JSON Lines, plain or as .gz, .zip or .zst" };
        var reading = new TweetFileOptions();
        var command = new Command("describe", "Show what a tweet file holds: classes, lengths, duplicates, contradictions, times, telling words") { file };
        reading.AddTo(command);
        return command
            .WithExamples("vigie data describe tweets.csv", "vigie data describe tweets.jsonl.gz --label-column mood --json", "vigie data describe tweets.csv --on-error skip")
            .Does(terminal, run =>
            {
                TweetStatistics statistics;
                using (ProgressBoard board = run.ShowProgress())
                    statistics = TweetStatistics.Of(run.Required(file), reading.Of(run), board.Stage<ReadProgress>("reading (MB)", TweetFileOptions.Progress), run.Stop);
                TweetFileOptions.Warn(run, statistics.Reading);
                run.Print(statistics, console => Draw(console, statistics));
            });
    }

    private static void Draw(IAnsiConsole console, TweetStatistics statistics)
    {
        FileShape shape = statistics.Shape;
        List<string[]> facts =
        [
            ["sha256", statistics.Digest],
            ["form", $"{Form(shape)}, {statistics.Reading.Encoding}{(shape.Packing == Packing.None ? "" : $", {shape.Packing.ToString().ToLowerInvariant()}")}"],
            ["columns", string.Join(", ", shape.Columns)],
            ["text, label", $"{shape.TextColumn}, {shape.LabelColumn ?? "none"}"],
            ["rows", Number(statistics.Reading.Taken)],
            ["malformed rows", Number(statistics.Reading.Skipped)],
            ["rows without label", Number(statistics.Reading.Unlabelled)],
            ["empty texts", Number(statistics.EmptyTexts)],
            ["different texts", Number(statistics.DistinctTexts)],
            ["duplicates", Number(statistics.Duplicates)],
            ["near duplicates", Number(statistics.NearDuplicates)],
            ["contradictory texts", Number(statistics.ConflictingTexts)],
            ["texts with mojibake", Number(statistics.Reading.Mojibake)],
            ["texts with lost characters", Number(statistics.Reading.ReplacementCharacters)],
            ["vocabulary", Number(statistics.Vocabulary)],
            ["time", statistics.From is { } from ? $"{from:u} to {statistics.To:u}" : "none"],
            .. statistics.Splits.Select(split => new[] { split.Key, Number(split.Value) }),
        ];
        console.PrintTable(["file", statistics.Path], facts);
        console.PrintTable(["length", "min", "mean", "median", "95 %", "max"], [Row("characters", statistics.Characters), Row("words", statistics.Words)]);
        if (statistics.Classes.Count > 0)
        {
            console.PrintTable(
                ["class", "rows", "share", "words that set it apart"],
                [.. statistics.Classes.Select(c => new[] { c.Key, Number(c.Value.Rows), $"{c.Value.Share:P1}", string.Join(' ', c.Value.TopWords.Select(word => word.Text)) })]);
        }

        if (statistics.Conflicts.Count > 0)
            console.PrintTable(["labels", "text with contradicting labels"], [.. statistics.Conflicts.Select(c => new[] { string.Join(", ", c.Labels).ToLowerInvariant(), c.Text })]);
    }

    private static string Form(FileShape shape) => shape.Format switch
    {
        TweetFormat.Sentiment140 => "Sentiment140 as published",
        TweetFormat.JsonLines => "JSON Lines",
        _ => $"delimited by {(shape.Delimiter == '\t' ? "tab" : $"'{shape.Delimiter}'")}",
    };

    private static string[] Row(string name, Lengths lengths) =>
        [name, Number(lengths.Min), lengths.Mean.ToString("N1", CultureInfo.InvariantCulture), Number(lengths.Median), Number(lengths.P95), Number(lengths.Max)];

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
