using System.CommandLine;
using System.Globalization;
using System.Text;

namespace Vigie.Cli;

/// <summary><c>vigie bench serve</c>: how fast the prediction API is, beside FastAPI.</summary>
internal static class BenchServeVerb
{
    private static readonly string[] Headers = ServerFigure.Headers("FastAPI");

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A labelled tweet file: models are trained on it, and its test rows are sent", HelpName = "FILE", Required = true };
        var sample = new Option<int>("--sample") { Description = "How many of its rows", HelpName = "N", DefaultValueFactory = _ => 50_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long each kind of request is sent", HelpName = "S", DefaultValueFactory = _ => 8 };
        var peers = new Option<string?>("--peers") { Description = "The folder of the peers' scripts (docs/benchmarks.md); without it, only ours is measured", HelpName = "DIR" };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("serve", "Start the prediction server, with records, logs and metrics on, and load it with wrk: predictions, batches, corrections, slow connections") { data, sample, seconds, peers, output }
            .WithExamples("vigie bench serve --data data/airline-tweets.csv.gz", "vigie bench serve --data sentiment140.csv.gz --peers ../peers --output benchmarks/results/")
            .Does(terminal, async run =>
            {
                if (run.Required(seconds) is not (>= 1 and <= 600)) throw new InvalidInputException($"--seconds {run.Required(seconds)}: expected 1 to 600");
                if (run.Required(sample) < 1_000) throw new InvalidInputException($"--sample {run.Required(sample)}: expected 1000 or more");
                string? scripts = run.Value(peers) is { } given ? Path.GetFullPath(ModelFolder.PathOf(run, given)) : null;
                if (scripts is not null && !Directory.Exists(scripts)) throw new InvalidInputException($"--peers {scripts}: no such folder");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                var benchmark = new ServeBenchmark(Path.GetFullPath(ModelFolder.PathOf(run, run.Required(data))))
                {
                    Sample = run.Required(sample),
                    Each = TimeSpan.FromSeconds(run.Required(seconds)),
                    Peers = new Peers(scripts, run.Clock),
                    Clock = run.Clock,
                    Note = run.Note,
                };
                ServeResults results = await benchmark.RunAsync(run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, $"{results.Machine.CpuFileName}-serve.md", Markdown(results))}");
                run.Print(results, console => console.PrintTable(Headers, ServerFigure.Rows(results.Figures)));
            });
    }

    private static string Markdown(ServeResults results)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"# The prediction API on {results.Machine.Cpu}\n\nWritten by `vigie bench serve`; docs/benchmarks.md says what each number means. Server, load generator (wrk, one thread) and FastAPI on this machine.\n\n");
        BenchPage.Append(page, ["", ""], [.. BenchPage.Facts(results.Machine, results.Minutes), ["settings", results.Settings], ["FastAPI 0.92, scikit-learn, uvicorn", results.Peer]]);
        BenchPage.Append(page, Headers, ServerFigure.Rows(results.Figures));
        return page.ToString().TrimEnd() + "\n";
    }
}
