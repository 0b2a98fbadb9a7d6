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
}
