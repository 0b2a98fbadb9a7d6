using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench pipeline</c>: how quickly a pipeline's verbs are done.</summary>
internal static class BenchPipelineVerb
{
    public static Command Create(Terminal terminal)
    {
        var files = new Option<int>("--files") { Description = "How many files of 10 kB are added", HelpName = "N", DefaultValueFactory = _ => 10_000 };
        var times = new Option<int>("--times") { Description = "How often each is measured; the median counts", HelpName = "N", DefaultValueFactory = _ => 5 };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("pipeline", "Time status and add beside md5sum, each as a whole process") { files, times, output }
            .WithExamples("vigie bench pipeline", "vigie bench pipeline --output benchmarks/results/")
            .Does(terminal, async run =>
            {
                if (run.Required(files) is not (>= 1 and <= 1_000_000)) throw new InvalidInputException($"--files {run.Required(files)}: expected 1 to 1000000");
                if (run.Required(times) is not (>= 1 and <= 100)) throw new InvalidInputException($"--times {run.Required(times)}: expected 1 to 100");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                PipelineResults results = await new PipelineBenchmark(run.Clock, run.Note) { Files = run.Required(files), Times = run.Required(times) }.RunAsync(run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, $"{results.Machine.CpuFileName}-pipeline.md", PipelineBenchmark.Markdown(results.Machine, results.Figures, results.Minutes))}");
                run.Print(results, console => console.PrintTable(ServerFigure.Headers("beside it"), ServerFigure.Rows(results.Figures)));
            });
    }
}
