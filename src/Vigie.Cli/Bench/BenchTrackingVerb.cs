using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Vigie.Cli;

/// <summary><c>vigie bench tracking</c>: how fast the tracking server is.</summary>
internal static class BenchTrackingVerb
{
    private static readonly string[] Headers = ServerFigure.Headers("MLflow 3.9, as noted");

    public static Command Create(Terminal terminal)
    {
        var seconds = new Option<double>("--seconds") { Description = "How long each kind of logging is measured", HelpName = "S", DefaultValueFactory = _ => 5 };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        var runs = new Option<int>("--runs") { Description = "Among how many runs is searched first; then among ten times as many", HelpName = "N", DefaultValueFactory = _ => TrackingBenchmark.FewerRuns };
        return new Command("tracking", "Start a tracking server and time it: start, logging, searches, artifacts") { seconds, runs, output }
            .WithExamples("vigie bench tracking", "vigie bench tracking --output benchmarks/results/")
            .Does(terminal, async run =>
            {
                double each = run.Required(seconds);
                if (!(each is >= 0.1 and <= 600)) throw new InvalidInputException($"--seconds {each}: expected 0.1 to 600");
                int fewer = run.Required(runs);
                if (fewer is < 100 or > 1_000_000) throw new InvalidInputException($"--runs {fewer}: expected 100 to 1000000");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                TrackingResults results = await new TrackingBenchmark(run.Clock, run.Note) { Runs = fewer }.RunAsync(TimeSpan.FromSeconds(each), run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, $"{results.Machine.CpuFileName}-tracking.md", Markdown(results))}");
                run.Print(results, console => console.PrintTable(Headers, ServerFigure.Rows(results.Figures)));
            });
    }

    private static string Markdown(TrackingResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# The tracking server on {results.Machine.Cpu}\n\nWritten by `vigie bench tracking`; docs/benchmarks.md says what each number means. SQLite, synchronous=FULL; server and clients on this machine.\n\n");
        BenchPage.Append(page, ["", ""], BenchPage.Facts(results.Machine, results.Minutes));
        BenchPage.Append(page, Headers, ServerFigure.Rows(results.Figures));
        return page.ToString().TrimEnd() + "\n";
    }
}
