using System.Diagnostics;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary>What verbs of pipelines share.</summary>
internal static class PipelineVerbs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Takes the repository's lock, and says who has it while it waits.</summary>
    public static Task<RepositoryLock> LockAsync(VerbRun run, PipelineWorkspace workspace) =>
        RepositoryLock.TakeAsync(workspace.Config, Patience, holder => run.Note($"waiting for {holder}, which works on this repository"), run.Clock, run.Stop);

    /// <summary>A reproduction that tells what goes on.</summary>
    public static Reproduction Reproduce(VerbRun run, PipelineWorkspace workspace, ReproductionOptions options)
    {
        // Stages have the terminal to themselves where there is one and they do not have to share it.
        bool isShared = options.Jobs > 1 || run.Json || !run.Terminal.OutIsTerminal;
        return new Reproduction(workspace, options)
        {
            Output = isShared ? (stage, line) => run.Terminal.Error.WriteLine(options.Jobs > 1 ? $"{workspace.AddressOf(stage)}: {Terminal.Printable(line)}" : Terminal.Printable(line)) : null,
            Note = run.Note,
            Done = report => run.Note(Words(workspace, report)),
        };
    }

    /// <summary>Stages files in git where the settings say so, and says otherwise what git does not have yet.</summary>
    public static void TellGit(VerbRun run, PipelineWorkspace workspace, IReadOnlyCollection<string> written)
    {
        if (written.Count == 0 || !workspace.Config.HasGit) return;
        string[] files = [.. written.Select(workspace.Relative)];
        if (!workspace.Config.AutoStage)
        {
            run.Note($"for git: git add {string.Join(' ', files)}");
            return;
        }
        using Process git = Process.Start(new ProcessStartInfo("git", ["add", "--", .. files]) { WorkingDirectory = workspace.WorkingFolder })!;
        git.WaitForExit();
        if (git.ExitCode != 0) throw new InvalidOperationException($"git add ended with {git.ExitCode}");
    }

    /// <summary>A progress over files as a bar.</summary>
    public static IProgress<StorageProgress> Files(ProgressBoard board, string title) => board.Stage<StorageProgress>(title, now => new Amount(now.Done, now.Files));

    private static string Words(PipelineWorkspace workspace, StageReport report)
    {
        string name = workspace.AddressOf(report.Stage);
        return report.Outcome switch
        {
            StageOutcome.UpToDate => $"{name}: up to date",
            StageOutcome.Ran when report.Stage.IsData => $"{name}: taken in as it is now",
            StageOutcome.Ran => $"{name}: ran in {report.Elapsed.TotalSeconds:0.0} s",
            StageOutcome.Restored => $"{name}: taken from the cache, it ran on the same inputs before",
            StageOutcome.WouldRun => $"{name}: would run",
            StageOutcome.Failed => $"{name}: failed",
            _ => $"{name}: not begun",
        };
    }
}
