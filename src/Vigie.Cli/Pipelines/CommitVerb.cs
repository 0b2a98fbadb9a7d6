using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie commit</c>: what is there becomes what is locked.</summary>
internal static class CommitVerb
{
    public static Command Create(Terminal terminal)
    {
        var targets = new Argument<string[]>("STAGE") { Description = "Stages, outputs, dvc.yaml or .dvc files; all without", Arity = ArgumentArity.ZeroOrMore };
        return new Command("commit", "Take outputs and data in as they are now, without running anything") { targets }
            .WithExamples("vigie commit data/tweets.csv.gz.dvc", "vigie commit train --json")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
                var commitment = new Commitment(workspace);
                IReadOnlyList<Stage> changed = commitment.Commit(workspace.Select(run.Required(targets)), run.Stop);
                PipelineVerbs.TellGit(run, workspace, commitment.Written);
                if (run.Quiet && !run.Json) return;
                run.Print(new { committed = changed.Select(workspace.AddressOf) }, _ => run.Terminal.Out.WriteLine(changed.Count == 0 ? "Nothing had changed." : $"Committed: {string.Join(", ", changed.Select(workspace.AddressOf))}."));
            });
    }
}
