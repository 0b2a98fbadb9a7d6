using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie init</c>: a folder becomes a repository of pipelines.</summary>
internal static class InitVerb
{
    public static Command Create(Terminal terminal)
    {
        var withoutGit = new Option<bool>("--no-scm") { Description = "Do without git: nothing is kept out of it, and there are no revisions to go back to" };
        return new Command("init", "Make this folder a pipeline repository: .dvc with its settings, as DVC has it") { withoutGit }
            .WithExamples("vigie init", "vigie init --no-scm")
            .Does(terminal, run =>
            {
                PipelineConfig config = PipelineConfig.Create(terminal.WorkingFolder, run.Value(withoutGit));
                run.Print(new { root = config.Root }, _ => run.Terminal.Out.WriteLine($"{config.Root} is a pipeline repository. Next: vigie add FILE for data, stages in a dvc.yaml, and vigie repro"));
            });
    }
}
