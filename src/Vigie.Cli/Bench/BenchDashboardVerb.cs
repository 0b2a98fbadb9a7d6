using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench dashboard</c>: how soon its pages are there, and how quickly they answer.</summary>
internal static class BenchDashboardVerb
{
    public static Command Create(Terminal terminal)
    {
        var predictions = new Option<long>("--predictions") { Description = "Predictions in the records", HelpName = "N", DefaultValueFactory = _ => 1_000_000 };
        var runs = new Option<int>("--runs") { Description = "Runs in the store", HelpName = "N", DefaultValueFactory = _ => 100_000 };
        var times = new Option<int>("--times") { Description = "How often each is measured; the median counts", HelpName = "N", DefaultValueFactory = _ => 7 };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("dashboard", "Visit the dashboard's pages in Chromium: time to first paint, bytes transferred, time from a click to what it changes") { predictions, runs, times, output }
            .WithExamples("vigie bench dashboard", "vigie bench dashboard --predictions 10000 --runs 1000 --times 3", "vigie bench dashboard --output benchmarks/results/")
            .Does(terminal, async run =>
            {
                if (run.Required(predictions) is not (>= 1000 and <= 100_000_000)) throw new InvalidInputException($"--predictions {run.Required(predictions)}: expected 1000 to 100000000");
                if (run.Required(runs) is not (>= 10 and <= 10_000_000)) throw new InvalidInputException($"--runs {run.Required(runs)}: expected 10 to 10000000");
                if (run.Required(times) is not (>= 1 and <= 100)) throw new InvalidInputException($"--times {run.Required(times)}: expected 1 to 100");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                DashboardResults results = await new DashboardBenchmark(run.Clock, run.Note) { Predictions = run.Required(predictions), Runs = run.Required(runs), Times = run.Required(times) }.RunAsync(run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, $"{results.Machine.CpuFileName}-dashboard.md", DashboardBenchmark.Markdown(results))}");
                run.Print(results, console => console.PrintTable(ServerFigure.Headers("slowest"), ServerFigure.Rows(results.Figures)));
            });
    }
}
