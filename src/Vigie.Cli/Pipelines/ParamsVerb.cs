using System.CommandLine;
using System.Text.Json.Nodes;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie params</c> and <c>vigie metrics</c>: values of a pipeline, and how they changed.</summary>
internal static class ParamsVerb
{
    public static Command Create(Terminal terminal)
    {
        var used = new Option<bool>("--deps") { Description = "Only parameters that stages depend on" };
        return new Command("params", "Compare parameters between revisions")
        {
            ValueDiffVerb.Create(terminal, "diff", "Say which parameters changed between two revisions, or since one", ["vigie params diff", "vigie params diff v1 v2 --json", "vigie params diff HEAD~3 --deps"], "param", [used],
                (run, view, root, files) => ValueFiles.Parameters(view, root, files, run.Value(used))),
        };
    }
}

/// <summary><c>vigie metrics</c>.</summary>
internal static class MetricsVerb
{
    public static Command Create(Terminal terminal) => new("metrics", "Show metrics of the pipeline, and compare them between revisions")
    {
        Show(terminal),
        ValueDiffVerb.Create(terminal, "diff", "Say which metrics changed between two revisions, or since one", ["vigie metrics diff", "vigie metrics diff main --md"], "metric", [], (_, view, root, files) => ValueFiles.Metrics(view, root, files)),
    };

    private static Command Show(Terminal terminal)
    {
        var targets = new Argument<string[]>("FILE") { Description = "Metric files; all without", Arity = ArgumentArity.ZeroOrMore };
        var branches = new Option<bool>("--all-branches", "-a") { Description = "Of all branches, too" };
        var tags = new Option<bool>("--all-tags", "-T") { Description = "Of all tags, too" };
        var all = new Option<bool>("--all-commits", "-A") { Description = "Of the whole history, too" };
        var precision = new Option<int>("--precision") { Description = "Significant digits", DefaultValueFactory = _ => 5, HelpName = "N" };
        return new Command("show", "Show the metrics of the workspace, and of revisions") { targets, branches, tags, all, precision }
            .WithExamples("vigie metrics show", "vigie metrics show --all-branches --json")
            .Does(terminal, run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                string[] files = [.. run.Required(targets).Select(file => Path.GetFullPath(file, terminal.WorkingFolder))];
                bool isOfRevisions = run.Value(branches) || run.Value(tags) || run.Value(all);
                var found = new List<(string Name, IReadOnlyList<KeyValuePair<string, DataValue>> Files)> { (isOfRevisions ? "workspace" : "", ValueFiles.Metrics(PipelineView.OfWorkspace(workspace), workspace.Config.Root, files)) };
                if (isOfRevisions)
                {
                    var git = new GitRepository(workspace.Config.Root);
                    foreach (string commit in git.Commits(run.Value(branches), run.Value(tags), run.Value(all)))
                    {
                        string names = run.Value(all) ? commit : string.Join(',', git.NamesOf(commit, run.Value(branches), run.Value(tags)));
                        found.Add((names, ValueFiles.Metrics(PipelineView.OfRevision(workspace, commit), workspace.Config.Root, files)));
                    }
                }

                // DVC's shape: by revision; without any, the workspace has no name.
                var answer = new JsonObject(found.Select(view => KeyValuePair.Create(view.Name, (JsonNode?)new JsonObject { ["data"] = new JsonObject(view.Files.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)new JsonObject { ["data"] = DataJson.Of(file.Value) }))) })));
                run.Print(answer, console =>
                {
                    string[][] rows = [.. found.SelectMany(view => view.Files.SelectMany(file => ValueFiles.Flat(file.Value).Select(value => new[] { view.Name.Length == 0 ? "workspace" : Short(view.Name), file.Key, value.Key, DataJson.Words(value.Value, run.Required(precision)) })))];
                    if (rows.Length == 0) terminal.Out.WriteLine("There are no metrics yet: stages name their files under metrics.");
                    else console.PrintTable(["revision", "file", "metric", "value"], rows);
                });
            });
    }

    private static string Short(string revision) => revision.Length == 40 ? revision[..7] : revision;
}

/// <summary>The verb that compares values between revisions.</summary>
internal static class ValueDiffVerb
{
    public static Command Create(
        Terminal terminal, string name, string description, string[] examples, string what, Option[] more,
        Func<VerbRun, PipelineView, string, IReadOnlyCollection<string>, IReadOnlyList<KeyValuePair<string, DataValue>>> read)
    {
        var old = new Argument<string>("OLD") { Description = "A revision of git", DefaultValueFactory = _ => "HEAD" };
        var current = new Argument<string?>("NEW") { Description = "Another one; the workspace without", Arity = ArgumentArity.ZeroOrOne };
        var targets = new Option<string[]>("--targets") { Description = "Only these files", HelpName = "FILE", AllowMultipleArgumentsPerToken = true };
        var all = new Option<bool>("--all") { Description = "Those that did not change, too" };
        var markdown = new Option<bool>("--md") { Description = "As a table of Markdown" };
        var precision = new Option<int>("--precision") { Description = "Significant digits", DefaultValueFactory = _ => 5, HelpName = "N" };
        var command = new Command(name, description) { old, current, targets, all, markdown, precision };
        foreach (Option option in more) command.Options.Add(option);
        return command.WithExamples(examples).Does(terminal, run =>
        {
            using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
            string[] files = [.. (run.Value(targets) ?? []).Select(file => Path.GetFullPath(file, terminal.WorkingFolder))];
            PipelineView before = PipelineView.OfRevision(workspace, run.Required(old)), now = run.Value(current) is { } revision ? PipelineView.OfRevision(workspace, revision) : PipelineView.OfWorkspace(workspace);
            IReadOnlyList<KeyValuePair<string, IReadOnlyList<ValueDiff>>> diffs = ValueFiles.Compare(read(run, before, workspace.Config.Root, files), read(run, now, workspace.Config.Root, files), run.Value(all));
            var answer = new JsonObject(diffs.Select(file => KeyValuePair.Create(file.Key, (JsonNode?)new JsonObject(file.Value.Select(diff => KeyValuePair.Create(diff.Key, (JsonNode?)ToJson(diff)))))));
            string[] headers = ["file", what, before.Name, now.Name, "change"];
            string[][] rows = [.. diffs.SelectMany(file => file.Value.Select(diff => new[] { file.Key, diff.Key, DataJson.Words(diff.Old, run.Required(precision)), DataJson.Words(diff.New, run.Required(precision)), diff.Difference is { } by ? DataJson.Words(by, run.Required(precision)) : "" }))];
            run.Print(answer, console =>
            {
                if (run.Value(markdown)) terminal.Out.Write(Markdown(headers, rows));
                else if (rows.Length == 0) terminal.Out.WriteLine($"No {what} changed.");
                else console.PrintTable(headers, rows);
            });
        });
    }

    private static JsonObject ToJson(ValueDiff diff)
    {
        var json = new JsonObject { ["old"] = DataJson.Of(diff.Old), ["new"] = DataJson.Of(diff.New) };
        if (diff.Difference is { } by) json["diff"] = DataJson.Of(by);
        return json;
    }

    /// <summary>A table of Markdown.</summary>
    public static string Markdown(string[] headers, string[][] rows) =>
        string.Concat(new[] { headers, [.. headers.Select(_ => "---")] }.Concat(rows).Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"));
}
