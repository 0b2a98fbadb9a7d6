using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Vigie.Cli;

/// <summary><c>vigie bench monitor</c>: how well and how cheaply this watches over a model at work.</summary>
internal static class BenchMonitorVerb
{
    private static readonly string[] Headers = ServerFigure.Headers("in 95 of 100 runs");

    public static Command Create(Terminal terminal)
    {
        var parts = new Option<string>("--parts") { Description = $"Which parts, separated by commas: {string.Join(", ", MonitorBenchmark.Parts)}", HelpName = "LIST", DefaultValueFactory = _ => string.Join(',', MonitorBenchmark.Parts) };
        var weeks = new Option<int>("--weeks") { Description = "Quiet weeks rehearsed, for false alarms of drift", HelpName = "N", DefaultValueFactory = _ => 1_000 };
        var runs = new Option<int>("--runs") { Description = "Rehearsals of each change, for delays of drift", HelpName = "N", DefaultValueFactory = _ => 100 };
        var data = new Option<string?>("--data", "-d") { Description = "A labelled tweet file: the model that is watched is trained on it. Every part but drift needs one", HelpName = "FILE" };
        var seconds = new Option<int>("--seconds") { Description = "How long each load lasts, in seconds", HelpName = "N", DefaultValueFactory = _ => 10 };
        var minutes = new Option<int>("--minutes") { Description = "How long the part soak lasts, in minutes", HelpName = "N", DefaultValueFactory = _ => 30 };
        var records = new Option<long>("--records") { Description = "Records over which the part figures asks", HelpName = "N", DefaultValueFactory = _ => 10_000_000 };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("monitor", "Rehearse the watch over a model: false alarms of quiet weeks, delays until a change is seen, and what it costs") { parts, data, weeks, runs, seconds, minutes, records, output }
            .WithExamples("vigie bench monitor --data tweets.csv", "vigie bench monitor --parts drift --weeks 100 --runs 20", "vigie bench monitor --data tweets.csv --output benchmarks/results/")
            .Does(terminal, async run =>
            {
                if (run.Required(weeks) is not (>= 1 and <= 100_000)) throw new InvalidInputException($"--weeks {run.Required(weeks)}: expected 1 to 100000");
                if (run.Required(runs) is not (>= 1 and <= 10_000)) throw new InvalidInputException($"--runs {run.Required(runs)}: expected 1 to 10000");
                string[] chosen = BenchSizes.Parts("--parts", run.Required(parts));
                if (chosen.Except(MonitorBenchmark.Parts).FirstOrDefault() is { } other) throw new InvalidInputException($"--parts: no part '{Terminal.Printable(other)}'; there is {string.Join(", ", MonitorBenchmark.Parts)}");
                if (run.Required(seconds) is not (>= 1 and <= 600)) throw new InvalidInputException($"--seconds {run.Required(seconds)}: expected 1 to 600");
                if (run.Required(minutes) is not (>= 1 and <= 1440)) throw new InvalidInputException($"--minutes {run.Required(minutes)}: expected 1 to 1440");
                if (run.Required(records) is not (>= 1000 and <= 100_000_000)) throw new InvalidInputException($"--records {run.Required(records)}: expected 1000 to 100000000");
                string? file = run.Value(data) is { } named ? ModelFolder.PathOf(run, named) : null;
                if (file is null && chosen.FirstOrDefault(part => part != "drift") is { } part) throw new InvalidInputException($"the part {part} needs a labelled tweet file: name one with --data, or ask for --parts drift");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                MonitorResults results = await new MonitorBenchmark(run.Clock, run.Note)
                {
                    Data = file,
                    Weeks = run.Required(weeks),
                    Runs = run.Required(runs),
                    Each = TimeSpan.FromSeconds(run.Required(seconds)),
                    Soak = TimeSpan.FromMinutes(run.Required(minutes)),
                    Records = run.Required(records),
                }.RunAsync(chosen, run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, $"{results.Machine.CpuFileName}-monitor.md", Markdown(results))}");
                run.Print(results, console => console.PrintTable(Headers, ServerFigure.Rows(results.Figures)));
            });
    }

    private static string Markdown(MonitorResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# Watching over a model, on {results.Machine.Cpu}\n\nWritten by `vigie bench monitor`; docs/benchmarks.md says what each number means.\n\n");
        BenchPage.Append(page, ["", ""], BenchPage.Facts(results.Machine, results.Minutes));
        BenchPage.Append(page, Headers, ServerFigure.Rows(results.Figures));
        return page.ToString().TrimEnd() + "\n";
    }
}
