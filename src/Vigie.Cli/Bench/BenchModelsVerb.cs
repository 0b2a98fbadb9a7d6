using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench models</c>: word vectors, fastText, trees and networks beside gensim, fastText, scikit-learn, XGBoost and PyTorch on the same rows.</summary>
internal static class BenchModelsVerb
{
    private const string Usual = "fasttext:50000,tfidf-xgboost:50000,tfidf-rf:50000,word2vec-lstm:50000,fasttext:200000,word2vec-lstm:200000,best-neural:200000,fasttext:all,best-neural:all";

    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A labelled tweet file; the targets are those of sentiment140.csv.gz with the columns rank and split", HelpName = "FILE", Required = true };
        var work = new Option<string>("--work") { Description = "Trainings, separated by commas: a recipe and the rows of its sample, or 'all'", HelpName = "RECIPE:N,…", DefaultValueFactory = _ => Usual };
        var vectors = new Option<string>("--vectors") { Description = "Samples on which word vectors are trained and timed; 'none' for none", HelpName = "N,…", DefaultValueFactory = _ => "50000" };
        var peers = new Option<string?>("--peers") { Description = "The folder of the peers' scripts (docs/benchmarks.md); without it, only ours is measured", HelpName = "DIR" };
        var peerSizes = new Option<string>("--peer-sizes") { Description = "Samples to measure the peers on", HelpName = "N,…", DefaultValueFactory = _ => "50000,200000" };
        var output = new Option<string?>("--output", "-o") { Description = "Also write the results as a Markdown page: a file, or a folder, where the page is named after the processor", HelpName = "FILE.md|DIR" };
        return new Command("models", "Train word vectors, fastText, trees and networks on samples of a file and measure them beside their peers on the same rows; everything once, which takes hours") { data, work, vectors, peers, peerSizes, output }
            .WithExamples(
                "vigie bench models --data sentiment140.csv.gz --peers ../peers --output benchmarks/results/",
                "vigie bench models --data sentiment140.csv.gz --work fasttext:50000,tfidf-rf:50000 --json")
            .Does(terminal, async run =>
            {
                string file = Path.GetFullPath(ModelFolder.PathOf(run, run.Required(data)));
                string? scripts = run.Value(peers) is { } given ? Path.GetFullPath(ModelFolder.PathOf(run, given)) : null;
                if (scripts is not null && !Directory.Exists(scripts)) throw new InvalidInputException($"--peers {scripts}: no such folder");
                string? page = run.Value(output) is { } asked ? ModelFolder.PathOf(run, asked) : null;
                var benchmark = new ModelBenchmark(ModelTargets.Suite, file, [.. BenchSizes.Parts("--work", run.Required(work)).Select(WorkOf)])
                {
                    Peers = new Peers(scripts, run.Clock),
                    PeerSizes = BenchSizes.Of("--peer-sizes", run.Required(peerSizes)),
                    VectorSizes = run.Required(vectors) == "none" ? [] : BenchSizes.Of("--vectors", run.Required(vectors)),
                    Runs = 1,
                    Clock = run.Clock,
                    Note = run.Note,
                };
                ModelResults results = await benchmark.RunAsync(run.Stop);
                if (page is not null) run.Note($"wrote {BenchPage.Save(page, results.PageName, ModelPage.Markdown(results))}");
                run.Print(results, console => ModelPage.Show(console, results));
            });
    }

    private static BenchWork WorkOf(string part)
    {
        string[] halves = part.Split(':');
        if (halves.Length != 2) throw new InvalidInputException($"--work: '{Terminal.Printable(part)}' is no training; expected RECIPE:N, such as fasttext:50000");
        string recipe = RecipeOptions.Find(halves[0]).Name;
        int? size = BenchSizes.Of("--work", halves[1])[0];
        return new BenchWork(recipe, size) { Predictions = recipe == "word2vec-lstm" && size == 50_000 };
    }
}
