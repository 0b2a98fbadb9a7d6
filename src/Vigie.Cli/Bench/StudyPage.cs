using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Vigie.Cli;

/// <summary>The study as tables: on the terminal and as a Markdown page.</summary>
internal static class StudyPage
{
    private static readonly string[] RowHeaders = ["recipe", "accuracy", "macro F1", "F1", "AUC", "precision of positive", "CPU s", "wall s", "peak MiB", "bundle MB", "one tweet, p50 µs", "p95 µs"];
    private static readonly string[] ClaimHeaders = ["claim", "there", "here", "against", "difference of macro F1", "p", "verdict"];

    public static void Show(IAnsiConsole console, Study study)
    {
        foreach (IGrouping<int?, ModelRow> size in study.Results.Rows.GroupBy(row => row.Size))
        {
            console.WriteLine($"{ModelBenchmark.Shown(size.Key)} rows");
            console.PrintTable(RowHeaders, Rows(size));
        }

        console.PrintTable(ClaimHeaders, Claims(study));
    }

    public static string Markdown(Study study)
    {
        ModelResults results = study.Results;
        var page = new StringBuilder();
        page.Append("# The study\n\n");
        page.Append(Invariant($"Written by `vigie bench study` on {results.File}. Each recipe was trained once, with its own settings and seed 1, in a process of its own; CPU s is the time of all threads from texts to a model (word vectors included), the file's reading not counted.\n"));
        page.Append(Invariant($"All are measured on the same {results.Rows[0].TestRows:N0} test rows, which nothing was chosen on, at the threshold 0.5. Peak memory is that of the whole process, its own measuring included. One tweet is timed alone, one at a time.\n\n"));
        BenchPage.Append(page, ["", ""], BenchPage.Facts(results.Machine, results.Minutes));
        foreach (IGrouping<int?, ModelRow> size in results.Rows.GroupBy(row => row.Size))
        {
            page.Append(Invariant($"## {ModelBenchmark.Shown(size.Key)} rows\n\n"));
            BenchPage.Append(page, RowHeaders, Rows(size));
        }

        page.Append("## The reference study's claims\n\n");
        page.Append("Figures in 'there' are the reference study's own, F1 on its test rows. Here the same two systems are compared on the test rows above; p is McNemar's, two-sided. A claim is confirmed or refuted where p is below 0.05, and open where the difference may be chance.\n\n");
        BenchPage.Append(page, ClaimHeaders, Claims(study));
        return page.ToString().TrimEnd() + "\n";
    }

    private static IReadOnlyList<string>[] Rows(IEnumerable<ModelRow> rows) =>
    [
        .. rows.OrderByDescending(row => row.F1Macro).Select(row => (string[])
        [
            string.Join(' ', [row.Recipe!, .. row.Settings.Select(Short)]),
            Reports.Figure(row.Accuracy), Reports.Figure(row.F1Macro), Reports.Figure(row.F1), Reports.Figure(row.RocAuc), Reports.Figure(row.PrecisionPositive),
            Number(row.CpuSeconds, "0.0"), Number(row.WallSeconds, "0.0"), Number(row.PeakMib, "N0"), Number(row.ModelMb, "0.0"), Number(row.P50Us, "0.0"), Number(row.P95Us, "0.0"),
        ]),
    ];

    private static IReadOnlyList<string>[] Claims(Study study) =>
    [
        .. study.Claims.Select(claim => (string[])
        [
            claim.Says, claim.Theirs, claim.Better, claim.Worse, claim.Difference.ToString("+0.0000;-0.0000", CultureInfo.InvariantCulture),
            claim.P < 0.0001 ? "< 0.0001" : Number(claim.P, "0.0000"), claim.Verdict.ToString().ToLowerInvariant(),
        ]),
    ];

    // The folder of a file says nothing to a reader.
    private static string Short(string setting) => setting.Split('=') is [var name, var value] ? $"{name}={Path.GetFileName(value)}" : setting;

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
