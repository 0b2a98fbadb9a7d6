using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie exp</c>: runs of the pipeline with other parameters, kept beside the history.</summary>
internal static class ExpVerb
{
    public static Command Create(Terminal terminal) => new("exp", "Run the pipeline with other parameters, keep what came of it in git, and compare") { Run(terminal), Show(terminal), Apply(terminal), Remove(terminal) };

    private static Command Run(Terminal terminal)
    {
        var targets = new Argument<string[]>("STAGE") { Description = "Stages, with all that they need; the whole pipeline without", Arity = ArgumentArity.ZeroOrMore };
        var set = new Option<string[]>("--set-param", "-S") { Description = "Change a parameter, such as train.lr=0.1 or other.yaml:train.lr=0.1; +KEY=VALUE adds one, ~KEY removes one. May be given several times", HelpName = "KEY=VALUE" };
        var name = new Option<string?>("--name", "-n") { Description = "What to call it; by its content without", HelpName = "NAME" };
        var options = new ReproductionVerbOptions();
        var command = new Command("run", "Run what changed, and keep parameters, locks and metrics as an experiment of the present commit") { targets, set, name };
        options.AddTo(command);
        return command
            .WithExamples("vigie exp run --set-param train.lr=0.1", "vigie exp run -S linear.C=2 -S seed=7 --name softer")
            .Does(terminal, async run =>
            {
                ReproductionOptions how = options.Of(run);
                Experiment? kept = null;
                using (PipelineWorkspace before = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock))
                using (RepositoryLock held = await PipelineVerbs.LockAsync(run, before))
                {
                    var book = new ExperimentBook(before);
                    book.CheckReady(run.Value(name), how.Force);
                    book.Change([.. (run.Value(set) ?? []).Select(ParameterChange.Parse)]);
                    using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock); // with the parameters as they are now
                    var reproduction = PipelineVerbs.Reproduce(run, workspace, how);
                    IReadOnlyList<StageReport> reports = await reproduction.RunAsync(run.Required(targets), run.Stop);
                    foreach (StageReport report in reports.Where(report => report.Outcome == StageOutcome.Failed)) run.Terminal.Error.WriteLine($"vigie: {Terminal.Printable(report.Failure!)}");
                    if (reports.Any(report => report.Outcome is StageOutcome.Failed))
                    {
                        run.ExitCode = ExitCode.Failed;
                        run.Note("no experiment was kept; parameters are as the run had them, and git restore brings them back");
                    }
                    else
                    {
                        book = new ExperimentBook(workspace);
                        kept = book.Save(run.Value(name), how.Force);
                        if (book.LeftOut.Count > 0) run.Note($"not in the experiment, since git does not have them: {string.Join(", ", book.LeftOut.Take(5).Select(workspace.Relative))}{(book.LeftOut.Count > 5 ? ", …" : "")}");
                    }
                }
                if (kept is null) return;
                run.Print(new { name = kept.Name, @ref = kept.Reference, commit = kept.Commit, baseline = kept.Baseline }, _ => terminal.Out.WriteLine($"Kept as {kept.Name}. vigie exp show compares, vigie exp apply {kept.Name} brings it back."));
            });
    }

    private static Command Show(Terminal terminal)
    {
        var all = new Option<bool>("--all-commits", "-A") { Description = "Of all commits, not the present one alone" };
        var markdown = new Option<bool>("--md") { Description = "As a table of Markdown" };
        var csv = new Option<bool>("--csv") { Description = "As comma-separated values, with all parameters and dependencies" };
        var precision = new Option<int>("--precision") { Description = "Significant digits", DefaultValueFactory = _ => 5, HelpName = "N" };
        return new Command("show", "List experiments with their metrics, and the parameters in which they differ") { all, markdown, csv, precision }
            .WithExamples("vigie exp show", "vigie exp show --csv")
            .Does(terminal, run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                IReadOnlyList<ExperimentRow> rows = ExperimentRow.Of(workspace, run.Value(all));
                if (run.Value(csv))
                {
                    ExperimentTable.WriteCsv(terminal.Out, rows);
                    return;
                }
                (string[] headers, string[][] cells) = ExperimentTable.ForPeople(rows, run.Required(precision), terminal.Clock);
                run.Print(ExperimentRow.ToJson(rows), console =>
                {
                    if (run.Value(markdown)) terminal.Out.Write(ValueDiffVerb.Markdown(headers, cells));
                    else console.PrintTable(headers, cells);
                });
            });
    }

    private static Command Apply(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "An experiment" };
        var force = new Option<bool>("--force", "-f") { Description = "Even if changes that nothing keeps are lost" };
        return new Command("apply", "Make the workspace what an experiment left: parameters, locks, data and models") { name, force }
            .WithExamples("vigie exp apply softer", "vigie exp apply exp-1a2b3c4 --force")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace before = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, before);
                var book = new ExperimentBook(before);
                book.Apply(book.Find(run.Required(name)), run.Value(force));
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                CheckoutVerb.Run(run, workspace, workspace.Pipeline.Stages, run.Value(force));
            });
    }

    private static Command Remove(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "Experiments", Arity = ArgumentArity.OneOrMore };
        return new Command("remove", "Forget experiments; what they made stays in the cache until vigie gc") { names }
            .WithExamples("vigie exp remove softer")
            .Does(terminal, run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                var book = new ExperimentBook(workspace);
                Experiment[] found = [.. run.Required(names).Select(book.Find)]; // all of them, or none goes
                foreach (Experiment experiment in found) book.Remove(experiment);
                run.Print(new { removed = found.Select(one => one.Name) }, _ => terminal.Out.WriteLine($"Removed {string.Join(", ", found.Select(one => one.Name))}."));
            });
    }
}
