using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie repro</c>: brings a pipeline up to date.</summary>
internal static class ReproVerb
{
    public static Command Create(Terminal terminal)
    {
        var targets = new Argument<string[]>("STAGE") { Description = "Stages, outputs, dvc.yaml or .dvc files, with all that they need; the whole pipeline without", Arity = ArgumentArity.ZeroOrMore };
        var options = new ReproductionVerbOptions();
        var dry = new Option<bool>("--dry") { Description = "Only say what would run" };
        var command = new Command("repro", "Bring the pipeline up to date: run the stages of which something changed, and those behind them") { targets, dry };
        options.AddTo(command);
        return command
            .WithExamples("vigie repro", "vigie repro train --dry", "vigie repro --jobs 2 --keep-going", "vigie repro prepare --downstream")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
                await ReproduceAsync(run, workspace, options.Of(run) with { DryRun = run.Value(dry) }, run.Required(targets));
            });
    }

    /// <summary>Brings stages up to date, tells of each, and sets the exit code.</summary>
    public static async Task<IReadOnlyList<StageReport>> ReproduceAsync(VerbRun run, PipelineWorkspace workspace, ReproductionOptions options, string[] targets)
    {
        Reproduction reproduction = PipelineVerbs.Reproduce(run, workspace, options);
        IReadOnlyList<StageReport> reports = await reproduction.RunAsync(targets, run.Stop);
        PipelineVerbs.TellGit(run, workspace, reproduction.Written);
        if (reports.Any(report => report.Outcome == StageOutcome.Failed)) run.ExitCode = ExitCode.Failed;
        run.Print(
            new { stages = reports.Select(report => new { stage = workspace.AddressOf(report.Stage), outcome = report.Outcome, failure = report.Failure, seconds = Math.Round(report.Elapsed.TotalSeconds, 3) }) },
            _ =>
            {
                foreach (StageReport report in reports.Where(report => report.Outcome == StageOutcome.Failed)) run.Terminal.Error.WriteLine($"vigie: {Terminal.Printable(report.Failure!)}");
                if (!run.Quiet) run.Terminal.Out.WriteLine(Summary(reports));
            });
        return reports;
    }

    private static string Summary(IReadOnlyList<StageReport> reports)
    {
        string[] parts =
        [
            .. new (StageOutcome Outcome, string Words)[] { (StageOutcome.Ran, "ran"), (StageOutcome.Restored, "taken from the cache"), (StageOutcome.UpToDate, "up to date"), (StageOutcome.WouldRun, "would run"), (StageOutcome.Failed, "failed"), (StageOutcome.NotBegun, "not begun") }
                .Select(kind => (Count: reports.Count(report => report.Outcome == kind.Outcome), kind.Words)).Where(kind => kind.Count > 0).Select(kind => $"{kind.Count} {kind.Words}"),
        ];
        return parts.Length == 0 ? "There are no stages." : $"Stages: {string.Join(", ", parts)}.";
    }
}

/// <summary>Options of verbs that run stages.</summary>
internal sealed class ReproductionVerbOptions
{
    private readonly Option<bool>
        force = new("--force", "-f") { Description = "Run stages of which nothing changed, too" },
        single = new("--single-item", "-s") { Description = "The named stages alone, without those that they need" },
        downstream = new("--downstream") { Description = "From the named stages on: those that need them, instead of those that they need" },
        pull = new("--pull") { Description = "Fetch what is missing from the default remote" },
        keepGoing = new("--keep-going", "-k") { Description = "After a failure go on with stages that do not need the one that failed" },
        noCommit = new("--no-commit") { Description = "Leave outputs out of the cache; vigie commit takes them in" },
        noRunCache = new("--no-run-cache") { Description = "Run, even if the stage ran on the same inputs before" };

    private readonly Option<int> jobs = new("--jobs", "-j") { Description = "How many stages at once, where they do not need each other", DefaultValueFactory = _ => 1, HelpName = "N" };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[force, single, downstream, pull, keepGoing, noCommit, noRunCache, jobs]) command.Options.Add(option);
        jobs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--jobs must be at least 1");
        });
    }

    public ReproductionOptions Of(VerbRun run) => new()
    {
        Force = run.Value(force),
        SingleItem = run.Value(single),
        Downstream = run.Value(downstream),
        Pull = run.Value(pull),
        KeepGoing = run.Value(keepGoing),
        NoCommit = run.Value(noCommit),
        NoRunCache = run.Value(noRunCache),
        Jobs = run.Required(jobs),
    };
}
