using System.CommandLine;
using System.Text.Json.Nodes;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie status</c>: what would be run again, and why.</summary>
internal static class StatusVerb
{
    public static Command Create(Terminal terminal)
    {
        var targets = new Argument<string[]>("STAGE") { Description = "Stages, outputs, dvc.yaml or .dvc files; all without", Arity = ArgumentArity.ZeroOrMore };
        var cloud = new Option<bool>("--cloud", "-c") { Description = "Compare the cache with a remote instead of the workspace with what is locked" };
        var remote = new Option<string?>("--remote", "-r") { Description = "The remote to compare with, instead of the default; means --cloud", HelpName = "NAME" };
        return new Command("status", "Say which stages and data have changed since they were locked. With --quiet nothing is printed, and the exit code is 1 where something has") { targets, cloud, remote }
            .WithExamples("vigie status", "vigie status train --json", "vigie status --cloud")
            .Does(terminal, async run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                IReadOnlyList<Stage> stages = workspace.Select(run.Required(targets));
                JsonObject answer = run.Value(cloud) || run.Value(remote) is not null
                    ? await RemoteStatus.OfAsync(workspace, stages, run.Value(remote), run.Stop)
                    : LocalStatus(workspace, stages, run.Stop);
                if (run.Quiet)
                {
                    if (answer.Count > 0) run.ExitCode = ExitCode.Failed;
                    return;
                }
                if (run.Json) run.Terminal.Out.WriteLine(answer.ToJsonString(terminal.OutIsTerminal ? JsonText.Indented : JsonText.OneLine));
                else Draw(terminal.Out, answer, workspace.Pipeline.Stages.Count);
            });
    }

    /// <summary>As DVC's <c>status --json</c>: by stage, a list of what changed.</summary>
    public static JsonObject LocalStatus(PipelineWorkspace workspace, IReadOnlyList<Stage> stages, CancellationToken stop)
    {
        var inspection = new StageInspection(workspace);
        var answer = new JsonObject();
        foreach (Stage stage in stages)
        {
            StageStatus status = inspection.Of(stage, stop);
            var changes = new JsonArray();
            if (status.Dependencies.Count > 0) changes.Add(new JsonObject { ["changed deps"] = ToJson(workspace, status.Dependencies) });
            if (status.Outputs.Count > 0) changes.Add(new JsonObject { ["changed outs"] = ToJson(workspace, status.Outputs) });
            if (stage.AlwaysChanged) changes.Add("always changed");
            if (status.IsCommandChanged) changes.Add("changed command");
            if (changes.Count > 0) answer[workspace.AddressOf(stage)] = changes;
        }
        return answer;
    }

    private static JsonObject ToJson(PipelineWorkspace workspace, IReadOnlyList<PathDifference> differences)
    {
        var paths = new JsonObject();
        foreach (PathDifference difference in differences)
        {
            string path = workspace.Relative(difference.Path);
            if (difference.Key is null)
            {
                paths[path] = Words(difference.Difference);
                continue;
            }
            if (paths[path] is not JsonObject keys) paths[path] = keys = [];
            keys[difference.Key] = Words(difference.Difference);
        }
        return paths;
    }

    private static string Words(Difference difference) => difference switch
    {
        Difference.Modified => "modified",
        Difference.Deleted => "deleted",
        Difference.New => "new",
        _ => "not in cache",
    };

    private static void Draw(TextWriter output, JsonObject answer, int stages)
    {
        if (answer.Count == 0)
        {
            output.WriteLine(stages == 0 ? "There are no data or stages yet: vigie add FILE, or a dvc.yaml." : "Everything is up to date.");
            return;
        }
        foreach ((string stage, JsonNode? changes) in answer)
        {
            output.WriteLine($"{stage}:");
            if (changes is not JsonArray list)
            {
                output.WriteLine($"    {changes}");
                continue;
            }
            foreach (JsonNode? change in list)
            {
                if (change is not JsonObject group)
                {
                    output.WriteLine($"    {change}");
                    continue;
                }
                foreach ((string what, JsonNode? paths) in group)
                {
                    output.WriteLine($"    {what}:");
                    foreach ((string path, JsonNode? how) in paths!.AsObject())
                    {
                        if (how is JsonObject keys) foreach ((string key, JsonNode? word) in keys) output.WriteLine($"        {word,-13}{path}: {key}");
                        else output.WriteLine($"        {how,-13}{path}");
                    }
                }
            }
        }
    }
}
