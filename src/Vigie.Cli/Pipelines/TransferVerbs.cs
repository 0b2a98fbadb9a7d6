using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie push</c>, <c>fetch</c> and <c>pull</c>: contents between the cache and a remote.</summary>
internal static class TransferVerbs
{
    private const int Jobs = 8;

    public static Command Push(Terminal terminal) => Create(terminal, "push", "Send data and outputs from the cache to a remote", ["vigie push", "vigie push models/best --remote storage"], async (run, workspace, options) =>
    {
        using Transfer transfer = options.Open(run, workspace);
        int sent;
        using (ProgressBoard board = run.ShowProgress())
        {
            sent = await transfer.PushAsync(options.Contents(run, workspace, toRemote: true), PipelineVerbs.Files(board, "pushing"), run.Stop);
        }
        if (options.RunCache(run)) sent += await transfer.PushRunsAsync(run.Stop);
        Tell(run, new { pushed = sent }, sent == 0 ? "The remote has everything." : $"Pushed {sent:N0} files.");
    });

    public static Command Fetch(Terminal terminal) => Create(terminal, "fetch", "Fetch data and outputs from a remote into the cache; vigie checkout brings them into the workspace", ["vigie fetch", "vigie fetch --run-cache"], async (run, workspace, options) =>
    {
        int came = await FetchAsync(run, workspace, options);
        Tell(run, new { fetched = came }, came == 0 ? "The cache has everything." : $"Fetched {came:N0} files.");
    });

    public static Command Pull(Terminal terminal) => Create(terminal, "pull", "Fetch data and outputs from a remote, and bring them into the workspace", ["vigie pull", "vigie pull models/best --remote storage"], async (run, workspace, options) =>
    {
        int came = await FetchAsync(run, workspace, options);
        run.Note(came == 0 ? "nothing had to be fetched" : $"fetched {came:N0} files");
        CheckoutVerb.Run(run, workspace, options.Stages(run, workspace), options.Force(run));
    });

    private static async Task<int> FetchAsync(VerbRun run, PipelineWorkspace workspace, TransferOptions options)
    {
        using Transfer transfer = options.Open(run, workspace);
        int came = options.RunCache(run) ? await transfer.FetchRunsAsync(run.Stop) : 0;
        using ProgressBoard board = run.ShowProgress();
        return came + await transfer.FetchAsync(options.Contents(run, workspace, toRemote: true), PipelineVerbs.Files(board, "fetching"), run.Stop);
    }

    private static void Tell<T>(VerbRun run, T result, string words)
    {
        if (!run.Quiet || run.Json) run.Print(result, _ => run.Terminal.Out.WriteLine(words));
    }

    private static Command Create(Terminal terminal, string name, string description, string[] examples, Func<VerbRun, PipelineWorkspace, TransferOptions, Task> work)
    {
        var options = new TransferOptions();
        var command = new Command(name, description);
        options.AddTo(command);
        return command.WithExamples(examples).Does(terminal, async run =>
        {
            using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
            using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
            await work(run, workspace, options);
        });
    }

    private sealed class TransferOptions
    {
        private readonly Argument<string[]> targets = new("STAGE") { Description = "Stages, outputs, dvc.yaml or .dvc files; all without", Arity = ArgumentArity.ZeroOrMore };
        private readonly Option<string?> remote = new("--remote", "-r") { Description = "The remote, instead of the default", HelpName = "NAME" };
        private readonly Option<int> jobs = new("--jobs", "-j") { Description = "How many files at once", DefaultValueFactory = _ => Jobs, HelpName = "N" };
        private readonly Option<bool> runs = new("--run-cache") { Description = "What stages made before, too" }, force = new("--force", "-f") { Description = "Overwrite changed data, even if the cache has not got them" },
            branches = new("--all-branches", "-a") { Description = "Of all branches of git, too" }, tags = new("--all-tags", "-T") { Description = "Of all tags of git, too" }, all = new("--all-commits", "-A") { Description = "Of the whole history of git, too" };

        public void AddTo(Command command)
        {
            command.Arguments.Add(targets);
            foreach (Option option in (Option[])[remote, jobs, runs, branches, tags, all]) command.Options.Add(option);
            if (command.Name == "pull") command.Options.Add(force);
        }

        public Transfer Open(VerbRun run, PipelineWorkspace workspace) => Transfer.To(workspace.Config, run.Value(remote), run.Required(jobs), run.Clock);

        public bool RunCache(VerbRun run) => run.Value(runs);

        public bool Force(VerbRun run) => run.Value(force);

        public IReadOnlyList<Stage> Stages(VerbRun run, PipelineWorkspace workspace) => workspace.Select(run.Required(targets));

        public IReadOnlyCollection<ContentId> Contents(VerbRun run, PipelineWorkspace workspace, bool toRemote)
        {
            IEnumerable<ContentId> contents = UsedContents.Of(PipelineView.OfWorkspace(workspace), Stages(run, workspace), toRemote);
            if (run.Value(branches) || run.Value(tags) || run.Value(all))
            {
                contents = contents.Concat(new GitRepository(workspace.Config.Root).Commits(run.Value(branches), run.Value(tags), run.Value(all)).SelectMany(commit => UsedContents.Of(PipelineView.OfRevision(workspace, commit), null, toRemote)));
            }
            return [.. contents.Distinct()];
        }
    }
}
