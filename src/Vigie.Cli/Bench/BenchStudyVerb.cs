using System.CommandLine;

namespace Vigie.Cli;

/// <summary><c>vigie bench study</c>: every recipe on the same rows, and what that says of the claims of the reference study.</summary>
internal static class BenchStudyVerb
{
    public static Command Create(Terminal terminal)
    {
        var data = new Option<string>("--data", "-d") { Description = "A labelled tweet file with the columns rank and split", HelpName = "FILE", Required = true };
        var vectors = new Option<string?>("--vectors") { Description = "Published word vectors for glove-lstm, which is left out without them", HelpName = "FILE" };
        var small = new Option<int>("--small") { Description = "The sample that every recipe is trained on; the main ones also on two and four times as much", HelpName = "N", DefaultValueFactory = _ => 50_000 };
        var output = new Option<string>("--output", "-o") { Description = "The Markdown page to write", HelpName = "FILE.md", Required = true };
        return new Command("study", "Train every recipe on a sample of a file and the main ones on more, and write a page that compares them and examines the reference study's claims; takes an hour") { data, vectors, small, output }
            .WithExamples("vigie bench study --data sentiment140.csv.gz --vectors glove.twitter.27B.100d.txt --output docs/study.md")
            .Does(terminal, async run =>
            {
                string file = Path.GetFullPath(ModelFolder.PathOf(run, run.Required(data))), page = ModelFolder.PathOf(run, run.Required(output));
                if (run.Required(small) < 1) throw new InvalidInputException($"--small {run.Required(small)}: expected 1 row or more");
                var plan = new StudyPlan(run.Required(small), run.Value(vectors) is { } given ? Path.GetFullPath(ModelFolder.PathOf(run, given)) : null);
                var decisions = StudyDecisions.On(file, run.Stop);
                var benchmark = new ModelBenchmark(StudyPlan.Suite, file, plan.Work)
                {
                    Peers = new Peers(null, run.Clock),
                    PeerSizes = [],
                    Runs = 1,
                    Clock = run.Clock,
                    Note = run.Note,
                    Trained = (work, model) => decisions.Add(work, model, run.Stop),
                };
                ModelResults results = await benchmark.RunAsync(run.Stop);
                var study = new Study(plan, results, decisions);
                run.Note($"wrote {BenchPage.Save(page, "study.md", StudyPage.Markdown(study))}");
                run.Print(new { results.Machine, results.Rows, study.Claims }, console => StudyPage.Show(console, study));
            });
    }
}
