using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Vigie.Mlflow;

namespace Vigie.Cli;

/// <summary><c>vigie runs show</c>: all that one run logged.</summary>
internal static class RunsShowVerb
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("RUN") { Description = "A run's id, or the first digits of it" };
        return new Command("show", "Show a run: params, metrics, tags, data sets, models") { id }
            .WithExamples("vigie runs show 3f2a91c0", "vigie runs show 3f2a91c0 --json")
            .Does(terminal, async run =>
            {
                await using TrackingPlace place = await TrackingPlace.OpenExistingAsync(run);
                Run found = await RunSelection.OneAsync(run, place, run.Required(id));
                IReadOnlyList<Experiment> experiments = await place.ExperimentsAsync(run.Stop);
                var row = new TrackedRow(experiments.FirstOrDefault(one => one.ExperimentId == found.Info.ExperimentId)?.Name ?? found.Info.ExperimentId, found);
                run.Print(row.ToJson(), console => Draw(console, row));
            });
    }

    private static void Draw(IAnsiConsole console, TrackedRow row)
    {
        RunInfo info = row.Run.Info;
        console.PrintTable(
            ["run", info.RunId],
            [
                ["name", info.RunName ?? ""], ["experiment", row.Experiment], ["status", info.Status.ToLowerInvariant()], ["started", RunTimes.Started(info)], ["took s", RunTimes.Took(info)], ["by", info.UserId ?? ""],
                .. row.Run.Inputs?.DatasetInputs.Select(input => new[] { "data", $"{input.Dataset.Name} ({input.Dataset.Digest})" }) ?? [],
                .. row.Run.Outputs?.ModelOutputs.Select(output => new[] { "model", output.ModelId }) ?? [],
            ]);
        if (row.Run.Data.Params.Count > 0) console.PrintTable(["param", "value"], [.. row.Run.Data.Params.Select(param => new[] { param.Key, param.Value })]);
        if (row.Run.Data.Metrics.Count > 0) console.PrintTable(["metric", "latest", "step"], [.. row.Run.Data.Metrics.Select(metric => new[] { metric.Key, RunsCompareVerb.Number(metric.Value), metric.Step.ToString(CultureInfo.InvariantCulture) })]);
        if (row.Run.Data.Tags.Count > 0) console.PrintTable(["tag", "value"], [.. row.Run.Data.Tags.Select(tag => new[] { tag.Key, tag.Value })]);
    }
}
