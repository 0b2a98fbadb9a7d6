using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench linear</c>: the linear recipes beside scikit-learn and fastText on the same rows.</summary>
internal static class BenchLinearVerb
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A labelled tweet file; the targets are those of sentiment140.csv.gz with the columns rank and split", HelpName = "FILE", Required = true };
        var sizes = new Option<string>("--sizes") { Description = "Samples to train on: numbers of rows and 'all', separated by commas", HelpName = "N,…", DefaultValueFactory = _ => "50000,200000,all" };
        var recipes = new Option<string>("--recipes") { Description = "Recipes to train, separated by commas", HelpName = "NAME,…", DefaultValueFactory = _ => "tfidf-lr,linear-best,linear-fast" };
        var peers = new Option<string?>("--peers") { Description = "The folder of the peers' scripts (docs/benchmarks.md); without it, only ours is measured", HelpName = "DIR" };
        var peerSizes = new Option<string>("--peer-sizes") { Description = "Samples to measure the peers on; 'all' takes them minutes and gigabytes", HelpName = "N,…", DefaultValueFactory = _ => "50000,200000" };
        var runs = new Option<int>("--runs") { Description = "How often each system is measured on a sample; the run of median processor time counts. All rows are measured once", HelpName = "N", DefaultValueFactory = _ => 3 };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("linear", "Train the linear recipes on samples of a file and measure them beside scikit-learn and fastText on the same rows") { data, sizes, recipes, peers, peerSizes, runs, output }
            .WithExamples(
                "vigie bench linear --data sentiment140.csv.gz --peers ../peers --output benchmarks/results/",
                "vigie bench linear --data sentiment140.csv.gz --sizes 50000 --recipes tfidf-lr,linear-best --json")
            .Does(terminal, async run =>
            {
                string file = Path.GetFullPath(ModelFolder.PathOf(run, run.Required(data)));
                string? scripts = run.Value(peers) is { } given ? Path.GetFullPath(ModelFolder.PathOf(run, given)) : null;
                if (scripts is not null && !Directory.Exists(scripts)) throw new InvalidInputException($"--peers {scripts}: no such folder");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                int times = run.Required(runs);
                if (times is < 1 or > 99) throw new InvalidInputException($"--runs {times}: expected 1 to 99");
                var benchmark = new ModelBenchmark(LinearTargets.Suite, file, BenchSizes.Work(BenchSizes.Of("--sizes", run.Required(sizes)), BenchSizes.Recipes("--recipes", run.Required(recipes))))
                {
                    Peers = new Peers(scripts, run.Clock),
                    PeerSizes = BenchSizes.Of("--peer-sizes", run.Required(peerSizes)),
                    Runs = times,
                    Clock = run.Clock,
                    Note = run.Note,
                };
                ModelResults results = await benchmark.RunAsync(run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, results.PageName, ModelPage.Markdown(results))}");
                run.Print(results, console => ModelPage.Show(console, results));
            });
    }
}
