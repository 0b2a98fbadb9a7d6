using System.Text.Json.Nodes;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary>What the cache has and a remote has not, and the other way round: as DVC's <c>status --cloud --json</c>.</summary>
internal static class RemoteStatus
{
    public static async Task<JsonObject> OfAsync(PipelineWorkspace workspace, IReadOnlyList<Stage> stages, string? remote, CancellationToken stop)
    {
        var contents = stages
            .SelectMany(stage => stage.Outputs.Where(output => output.Cache && output.Push).Select(output => (workspace.Relative(output.FullPath), Content: workspace.Locks.ContentOf(stage, output))))
            .Where(one => one.Content is not null).Select(one => (Path: one.Item1, Content: one.Content!)).ToList();
        using Transfer transfer = Transfer.To(workspace.Config, remote, Environment.ProcessorCount, workspace.Clock);
        (IReadOnlyList<ContentId> there, IReadOnlyList<ContentId> here) = await transfer.CompareAsync([.. contents.Select(one => one.Content).Distinct()], stop);
        var answer = new JsonObject();
        foreach ((string path, ContentId content) in contents)
        {
            bool isMissingThere = there.Contains(content), isMissingHere = here.Contains(content);
            if (isMissingThere || isMissingHere) answer[path] = isMissingThere && isMissingHere ? "missing" : isMissingThere ? "new" : "deleted";
        }
        return answer;
    }
}
