using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie checkout</c>: data and models as the files of git describe them.</summary>
internal static class CheckoutVerb
{
    public static Command Create(Terminal terminal)
    {
        var targets = new Argument<string[]>("STAGE") { Description = "Stages, outputs, dvc.yaml or .dvc files; all without", Arity = ArgumentArity.ZeroOrMore };
        var force = new Option<bool>("--force", "-f") { Description = "Overwrite changed data, even if the cache has not got them" };
        return new Command("checkout", "Bring data and outputs to what is locked, from the cache: after git checkout, those of that revision") { targets, force }
            .WithExamples("vigie checkout", "vigie checkout models/best --force")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
                Run(run, workspace, workspace.Select(run.Required(targets)), run.Value(force));
            });
    }

    /// <summary>Brings outputs to what is locked, and prints what changed.</summary>
    public static void Run(VerbRun run, PipelineWorkspace workspace, IReadOnlyList<Stage> stages, bool force)
    {
        var missing = new List<MissingContentException>();
        IReadOnlyList<CheckedOut> changed;
        using (ProgressBoard board = run.ShowProgress())
        {
            changed = new Checkout(workspace).Run(stages, force, missing.Add, PipelineVerbs.Files(board, "checking out"), run.Stop);
        }
        foreach (MissingContentException one in missing) run.Terminal.Error.WriteLine($"vigie: {Terminal.Printable(one.Message)}");
        if (missing.Count > 0) run.ExitCode = ExitCode.Failed;
        if (run.Quiet && !run.Json) return;
        run.Print(
            new { added = Paths(CheckoutChange.Added), modified = Paths(CheckoutChange.Modified), deleted = Paths(CheckoutChange.Deleted) },
            _ =>
            {
                if (changed.Count == 0 && missing.Count == 0) run.Terminal.Out.WriteLine("Everything is as it is locked.");
                foreach (CheckedOut path in changed) run.Terminal.Out.WriteLine($"{(path.Change == CheckoutChange.Added ? 'A' : path.Change == CheckoutChange.Modified ? 'M' : 'D')}    {workspace.Relative(path.Path)}");
            });

        string[] Paths(CheckoutChange change) => [.. changed.Where(path => path.Change == change).Select(path => workspace.Relative(path.Path))];
    }
}
