using System.Globalization;
using System.Text.Json.Nodes;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary>What a row of <c>vigie exp show</c> is.</summary>
internal enum ExperimentRowKind
{
    Workspace,
    Baseline,
    Experiment,
}

/// <summary>The workspace, a commit or an experiment, with what it has.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Revision">The commit; <c>workspace</c> for that.</param>
/// <param name="Name">Of a branch, a tag or an experiment.</param>
/// <param name="Created">Null for the workspace.</param>
/// <param name="Metrics">By file.</param>
/// <param name="Parameters">By file.</param>
/// <param name="Dependencies">Files that stages read, by path from the root, with what they were when it ran.</param>
/// <param name="Outputs">Files that stages wrote, but for metrics and plots.</param>
/// <param name="Failure">Why it cannot be read.</param>
internal sealed record ExperimentRow(
    ExperimentRowKind Kind,
    string Revision,
    string? Name,
    string? Created,
    IReadOnlyList<KeyValuePair<string, DataValue>> Metrics,
    IReadOnlyList<KeyValuePair<string, DataValue>> Parameters,
    IReadOnlyList<KeyValuePair<string, ContentId?>> Dependencies,
    IReadOnlyList<(string Path, ContentId? Content, StageOutput Output, bool IsData)> Outputs,
    string? Failure = null)
{
    /// <summary>The workspace, then commits, each with its experiments behind it.</summary>
    /// <param name="workspace">The repository.</param>
    /// <param name="all">Whether experiments of other commits than the present one count.</param>
    public static IReadOnlyList<ExperimentRow> Of(PipelineWorkspace workspace, bool all)
    {
        var book = new ExperimentBook(workspace);
        var git = new GitRepository(workspace.Config.Root);
        string head = book.Baseline;
        IReadOnlyList<Experiment> experiments = book.All(all ? null : head);
        var rows = new List<ExperimentRow> { Read(workspace, ExperimentRowKind.Workspace, "workspace", null, null) };
        foreach (string baseline in experiments.Select(one => one.Baseline).Prepend(head).Distinct())
        {
            string name = git.NamesOf(baseline, branches: true, tags: true)[0];
            rows.Add(Read(workspace, ExperimentRowKind.Baseline, baseline, name == baseline ? null : name, git.TimeOf(baseline)));
            rows.AddRange(experiments.Where(one => one.Baseline == baseline).Select(one => Read(workspace, ExperimentRowKind.Experiment, one.Commit, one.Name, one.Created)));
        }
        return rows;
    }

    /// <summary>As DVC's <c>exp show --json</c>.</summary>
    public static JsonArray ToJson(IReadOnlyList<ExperimentRow> rows)
    {
        var answer = new JsonArray();
        JsonObject? baseline = null;
        foreach (ExperimentRow row in rows)
        {
            JsonObject state = row.ToJson();
            if (row.Kind == ExperimentRowKind.Experiment)
            {
                if (baseline!["experiments"] is not JsonArray below) baseline["experiments"] = below = [];
                below.Add(new JsonObject { ["revs"] = new JsonArray(state), ["executor"] = null, ["name"] = row.Name });
                continue;
            }
            answer.Add(state);
            baseline = state;
        }
        return answer;
    }

    private static ExperimentRow Read(PipelineWorkspace workspace, ExperimentRowKind kind, string revision, string? name, DateTimeOffset? created)
    {
        // DVC's times are those of the clock on the wall, without a zone.
        string? time = created is { } at ? TimeZoneInfo.ConvertTime(at, workspace.Clock.LocalTimeZone).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) : null;
        try
        {
            PipelineView view = kind == ExperimentRowKind.Workspace ? PipelineView.OfWorkspace(workspace) : PipelineView.OfRevision(workspace, revision);
            string Path(StagePath path) => System.IO.Path.GetRelativePath(workspace.Config.Root, path.FullPath).Replace('\\', '/');
            return new ExperimentRow(
                kind, revision, name, time,
                ValueFiles.Metrics(view, workspace.Config.Root, []),
                ValueFiles.Parameters(view, workspace.Config.Root, [], used: false),
                [.. view.Pipeline.Stages.SelectMany(stage => stage.Dependencies.Select(path => KeyValuePair.Create(Path(path), view.Locks.Find(stage)?.Dependencies.FirstOrDefault(known => known.Path == path.Path)?.Content))).DistinctBy(path => path.Key)],
                [.. view.Pipeline.Stages.SelectMany(stage => stage.Outputs.Where(output => output.Kind == OutputKind.Data).Select(output => (Path(output), view.Locks.ContentOf(stage, output), output, stage.IsData)))]);
        }
        catch (PipelineException failure)
        {
            return new ExperimentRow(kind, revision, name, time, [], [], [], [], failure.Message); // one broken commit does not hide the others
        }
    }

    private JsonObject ToJson() => new()
    {
        ["rev"] = Revision,
        ["name"] = Name,
        ["data"] = Failure is not null ? null : new JsonObject
        {
            ["rev"] = Revision,
            ["timestamp"] = Created,
            ["params"] = Files(Parameters),
            ["metrics"] = Files(Metrics),
            ["deps"] = new JsonObject(Dependencies.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)ToJson(path.Value)))),
            ["outs"] = new JsonObject(Outputs.Select(output =>
            {
                JsonObject json = ToJson(output.Content);
                json["use_cache"] = output.Output.Cache;
                json["is_data_source"] = output.IsData;
                return KeyValuePair.Create(output.Path, (JsonNode?)json);
            })),
            ["meta"] = new JsonObject(),
        },
        ["error"] = Failure is null ? null : new JsonObject { ["msg"] = Failure, ["type"] = nameof(PipelineException) },
        ["experiments"] = null,
    };

    private static JsonObject ToJson(ContentId? content) => new() { ["hash"] = content?.Md5, ["size"] = content?.Size, ["nfiles"] = content?.Files };

    private static JsonObject Files(IReadOnlyList<KeyValuePair<string, DataValue>> files) => new(files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)new JsonObject { ["data"] = DataJson.Of(file.Value) })));
}
