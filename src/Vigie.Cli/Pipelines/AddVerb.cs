using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie add</c>: data come under version control.</summary>
internal static class AddVerb
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files or folders", Arity = ArgumentArity.OneOrMore };
        return new Command("add", "Take files or folders into the cache, and write what they are into a .dvc file for git") { paths }
            .WithExamples("vigie add data/tweets.csv.gz", "vigie add data/images --quiet")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                using RepositoryLock held = await PipelineVerbs.LockAsync(run, workspace);
                IReadOnlyList<AddedData> added;
                var addition = new DataAddition(workspace);
                using (ProgressBoard board = run.ShowProgress())
                {
                    IProgress<StorageProgress> progress = PipelineVerbs.Files(board, "adding");
                    added = [.. run.Required(paths).Select(path => addition.Add(Path.GetFullPath(path, terminal.WorkingFolder), progress, run.Stop))];
                }
                PipelineVerbs.TellGit(run, workspace, addition.Written);
                if (run.Quiet && !run.Json) return;
                run.Print(
                    new { added = added.Select(data => new { path = workspace.Relative(data.Path), file = workspace.Relative(data.File), data.Content.Md5, data.Content.Size, files = data.Content.Files }) },
                    console => console.PrintTable(["data", "bytes", "files", "described by"], [.. added.Select(data => new[] { workspace.Relative(data.Path), $"{data.Content.Size:N0}", $"{data.Content.Files ?? 1:N0}", workspace.Relative(data.File) })]));
            });
    }
}
