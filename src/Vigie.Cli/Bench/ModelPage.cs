using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Vigie.Cli;

/// <summary>What a suite measured, as tables: on the terminal and as a Markdown page.</summary>
internal static class ModelPage
{
    private static readonly string[] RowHeaders = ["rows", "system", "macro F1", "AUC", "F1", "precision of positive", "CPU s", "CPU s an epoch", "wall s", "peak MiB", "model MB"];
    private static readonly string[] SpeedHeaders = ["system", "trained on", "tweets/s, best", "median", "p50 µs", "p95 µs", "p99 µs"];
    private static readonly string[] ReadHeaders = ["rows", "wall s", "CPU s", "rows/s", "peak MiB"];
    private static readonly string[] VectorHeaders = ["rows", "system", "words", "passes", "CPU s", "wall s", "words per CPU s", "peak MiB"];
    private static readonly string[] TargetHeaders = ["what", "wanted", "measured", ""];

    public static void Show(IAnsiConsole console, ModelResults results)
    {
        console.PrintTable(RowHeaders, Rows(results));
        console.PrintTable(SpeedHeaders, Speeds(results));
        if (results.Vectors.Count > 0) console.PrintTable(VectorHeaders, Vectors(results));
        console.PrintTable(ReadHeaders, Reading(results));
        if (results.Targets.Count > 0) console.PrintTable(TargetHeaders, Targets(results));
    }

    public static string Markdown(ModelResults results)
    {
        BenchMachine machine = results.Machine;
        var page = new StringBuilder();
        page.Append(Invariant($"# {results.Suite.Title} on {machine.Cpu}\n\n"));
        page.Append(Invariant($"Written by `vigie {results.Suite.Verb}` on {results.File}; docs/benchmarks.md says what each number means. Rows of one size were measured one after the other{(results.Runs == 1 ? "" : $", each {results.Runs} times on a sample: the run of median processor time stands here")}.\n\n"));
        BenchPage.Append(page, ["", ""], BenchPage.Facts(machine, results.Minutes));
        page.Append(Invariant($"## Training\n\nMeasured on {results.Rows.FirstOrDefault(row => row.TestRows is not null)?.TestRows ?? 0:N0} test rows, whatever the size of the sample.\n\n"));
        BenchPage.Append(page, RowHeaders, Rows(results));
        page.Append("## Prediction, one thread\n\n");
        BenchPage.Append(page, SpeedHeaders, Speeds(results));
        if (results.Vectors.Count > 0)
        {
            page.Append("## Word vectors: skip-gram, 100 dimensions, window 5, 5 negatives\n\n");
            BenchPage.Append(page, VectorHeaders, Vectors(results));
        }

        page.Append("## Reading\n\n");
        BenchPage.Append(page, ReadHeaders, Reading(results));
        page.Append("## Targets\n\n");
        if (results.Targets.Count > 0) BenchPage.Append(page, TargetHeaders, Targets(results));
        else page.Append(Invariant($"The targets were set for the {LinearTargets.RowsOfTheFile:N0} rows of Sentiment140; this file has {results.Reading.Rows:N0}.\n\n"));
        string[] commands = [.. results.Rows.Select(row => row.Command).Concat(results.Vectors.Select(row => row.Command)).OfType<string>()];
        if (commands.Length > 0) page.Append("## The peers' command lines\n\n```\n").AppendJoin('\n', commands).Append("\n```\n");
        return page.ToString().TrimEnd() + "\n";
    }

    private static IReadOnlyList<string>[] Rows(ModelResults results) =>
    [
        .. results.Rows.Select(row => (string[])
        [
            ModelBenchmark.Shown(row.Size), NameOf(row),
            .. row.NotMeasured is { } reason
                ? [$"not measured: {reason}", "", "", "", "", "", "", "", ""]
                : new[]
                {
                    Reports.Figure(row.F1Macro), Reports.Figure(row.RocAuc), Reports.Figure(row.F1), Reports.Figure(row.PrecisionPositive),
                    Number(row.CpuSeconds, "0.00"), Number(row.EpochCpuSeconds, "0.00"), Number(row.WallSeconds, "0.00"), Number(row.PeakMib, "N0"), Number(row.ModelMb, "0.0"),
                },
        ]),
    ];

    private static IReadOnlyList<string>[] Speeds(ModelResults results) =>
    [
        .. results.Predictions.Select(row => (string[])
        [
            $"Vigie {row.Recipe}", ModelBenchmark.Shown(row.Size), Number(row.Speed.TweetsPerSecondBest, "N0"), Number(row.Speed.TweetsPerSecondMedian, "N0"),
            Number(row.Speed.P50Us, "0.00"), Number(row.Speed.P95Us, "0.00"), Number(row.Speed.P99Us, "0.00"),
        ]),
        .. results.Rows.Where(row => row.TweetsPerSecond is not null).Select(row => (string[])
        [
            row.System, ModelBenchmark.Shown(row.Size), Number(row.TweetsPerSecond, "N0"), "–", Number(row.P50Us, "0.00"), Number(row.P95Us, "0.00"), "–",
        ]),
    ];

    private static IReadOnlyList<string>[] Vectors(ModelResults results) =>
    [
        .. results.Vectors.Select(row => (string[])
        [
            ModelBenchmark.Shown(row.Size), row.System,
            .. row.NotMeasured is { } reason
                ? [$"not measured: {reason}", "", "", "", "", ""]
                : new[]
                {
                    Number(row.Words, "N0"), Number(row.Epochs, "0"), Number(row.CpuSeconds, "0.00"), Number(row.WallSeconds, "0.00"), Number(row.WordsPerCpuSecond, "N0"), Number(row.PeakMib, "N0"),
                },
        ]),
    ];

    private static IReadOnlyList<string>[] Reading(ModelResults results) =>
    [
        [Number(results.Reading.Rows, "N0"), Number(results.Reading.WallSeconds, "0.00"), Number(results.Reading.CpuSeconds, "0.00"), Number(results.Reading.RowsPerSecond, "N0"), Number(results.Reading.PeakMib, "N0")],
    ];

    private static IReadOnlyList<string>[] Targets(ModelResults results) =>
    [
        .. results.Targets.Select(outcome => (string[]) [What(outcome), Wanted(outcome), Number(outcome.Measured, FormatOf(outcome.Target.Figure)), outcome.Reached ? "✓" : "✗"]),
    ];

    private static string What(TargetOutcome outcome)
    {
        string figure = outcome.Target.Figure switch
        {
            Figure.F1Macro => "macro F1",
            Figure.RocAuc => "AUC",
            Figure.CpuSeconds => "vectorise and fit, CPU s",
            Figure.PeakMib => "peak MiB",
            Figure.TweetsPerSecond => "tweets/s on one thread",
            Figure.EpochCpuSeconds => "an epoch, CPU s",
            Figure.WordsPerCpuSecond => "words per CPU s",
            Figure.P50Microseconds => "one tweet, p50 µs",
            Figure.P95Microseconds => "one tweet, p95 µs",
            Figure.ReadSeconds => "reading, s",
            _ => "reading, peak MiB",
        };
        return outcome.Target.Recipe is { } recipe ? $"{recipe}, {ModelBenchmark.Shown(outcome.Size)} rows: {figure}" : figure;
    }

    private static string Wanted(TargetOutcome outcome)
    {
        string wanted = Number(outcome.Target.Wanted, FormatOf(outcome.Target.Figure));
        return outcome.Target.Bound switch
        {
            Bound.AtLeast => $"≥ {wanted}",
            Bound.AtMost => $"≤ {wanted}",
            _ => $"{Number(outcome.Peer, "0.0000")} ± {wanted}{(outcome.PeerIsNoted ? " (peer not measured; as noted before)" : "")}",
        };
    }

    private static string FormatOf(Figure figure) => figure switch
    {
        Figure.F1Macro or Figure.RocAuc => "0.0000",
        Figure.PeakMib or Figure.ReadPeakMib or Figure.TweetsPerSecond or Figure.WordsPerCpuSecond => "N0",
        _ => "0.00",
    };

    private static string NameOf(ModelRow row) => row.Recipe is { } recipe ? string.Join(' ', [$"Vigie {recipe}", .. row.Settings]) : row.System;

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
