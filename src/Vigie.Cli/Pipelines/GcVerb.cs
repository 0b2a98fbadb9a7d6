using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie gc</c>: removes contents that nothing uses.</summary>
internal static class GcVerb
{
    private const int Jobs = 8;

    public static Command Create(Terminal terminal)
    {
        var workspaceOnly = new Option<bool>("--workspace", "-w") { Description = "Keep what the workspace uses" };
        var branches = new Option<bool>("--all-branches", "-a") { Description = "Keep what the workspace and all branches use" };
        var tags = new Option<bool>("--all-tags", "-T") { Description = "Keep what the workspace and all tags use" };
        var all = new Option<bool>("--all-commits", "-A") { Description = "Keep what the workspace and the whole history use" };
        var cloud = new Option<bool>("--cloud", "-c") { Description = "In the remote, too" };
        var remote = new Option<string?>("--remote", "-r") { Description = "The remote, instead of the default", HelpName = "NAME" };
        var dry = new Option<bool>("--dry") { Description = "Only say what would be removed" };
        return new Command("gc", "Remove contents from the cache that nothing uses any more. They cannot be brought back, so it has to be said what is kept") { workspaceOnly, branches, tags, all, cloud, remote, dry }
            .WithExamples("vigie gc --workspace --dry", "vigie gc --all-branches --all-tags --cloud")
            .Does(terminal, async run =>
            {
                if (!run.Value(workspaceOnly) && !run.Value(branches) && !run.Value(tags) && !run.Value(all)) throw new InvalidInputException("say what is kept: --workspace, --all-branches, --all-tags or --all-commits");
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
                IEnumerable<ContentId> used = UsedContents.Of(PipelineView.OfWorkspace(workspace), null, toRemote: false);
                if (run.Value(branches) || run.Value(tags) || run.Value(all))
                {
                    used = used.Concat(new GitRepository(workspace.Config.Root).Commits(run.Value(branches), run.Value(tags), run.Value(all)).SelectMany(commit => UsedContents.Of(PipelineView.OfRevision(workspace, commit), null, toRemote: false)));
                }
                IReadOnlySet<string> keep = UsedContents.Names(workspace.Store, used);
                int there = 0;
                if (run.Value(cloud) || run.Value(remote) is not null)
                {
                    using Transfer transfer = Transfer.To(workspace.Config, run.Value(remote), Jobs, run.Clock);
                    there = await transfer.CollectAsync(keep, run.Value(dry), run.Stop);
                }
                (int objects, long bytes) = workspace.Store.Collect(keep, run.Value(dry), run.Stop);
                string verb = run.Value(dry) ? "Would remove" : "Removed";
                run.Print(new { objects, bytes, remote_objects = there, dry = run.Value(dry) }, _ => terminal.Out.WriteLine($"{verb} {objects:N0} objects of {bytes:N0} bytes{(there > 0 ? $", and {there:N0} in the remote" : "")}."));
            });
    }
}
