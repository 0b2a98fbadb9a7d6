using System.CommandLine;
using System.Globalization;

namespace Vigie.Cli;

/// <summary><c>vigie runs list</c>: runs in a table, the newest first.</summary>
internal static class RunsListVerb
{
    public static Command Create(Terminal terminal)
    {
        var selection = new RunSelection();
        var most = new Option<int>("--max") { Description = "How many at most", HelpName = "N", DefaultValueFactory = _ => 30 };
        var command = new Command("list", "List runs, the newest first") { most };
        selection.AddTo(command);
        return command
            .WithExamples("vigie runs list", "vigie runs list --filter \"metrics.f1_macro > 0.8 AND params.recipe = 'linear-best'\"", "vigie runs list --order-by \"metrics.f1_macro DESC\" --max 5 --json")
            .Does(terminal, async run =>
            {
                int rows = run.Required(most);
                if (rows < 1) throw new InvalidInputException($"--max {rows}: expected 1 or more");
                await using TrackingPlace? place = await TrackingPlace.OpenIfThereAsync(run);
                IReadOnlyList<TrackedRow> found = await selection.FindAsync(run, place, rows);
                run.Print(new { Runs = found.Select(row => row.ToJson()).ToArray() }, console =>
                {
                    if (found.Count == 0) terminal.Out.WriteLine($"no runs{(place is null ? " yet" : $" in {place.Address} that fit")}; every 'vigie train' makes one");
                    else console.PrintTable(["run", "name", "experiment", "recipe", "started", "took s", "status", "macro F1", "ROC AUC"], [.. found.Select(Cells)]);
                });
            });
    }

    private static string[] Cells(TrackedRow row) =>
    [
        row.Id[..8], row.Run.Info.RunName ?? "", row.Experiment, row.Param("recipe") ?? "", RunTimes.Started(row.Run.Info), RunTimes.Took(row.Run.Info),
        row.Run.Info.Status.ToLowerInvariant(), Reports.Figure(row.Metric("f1_macro")), Reports.Figure(row.Metric("roc_auc")),
    ];
}

/// <summary>When a run was, for people.</summary>
internal static class RunTimes
{
    public static string Started(Mlflow.RunInfo info) => DateTimeOffset.FromUnixTimeMilliseconds(info.StartTime).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Took(Mlflow.RunInfo info) => info.EndTime is { } end ? ((end - info.StartTime) / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) : "";
}
