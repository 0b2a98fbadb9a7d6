using System.CommandLine;
using System.Text.Json.Nodes;
using Vigie.Pipelines;
using Vigie.Plots;

namespace Vigie.Cli;

/// <summary><c>vigie plots</c>: what the pipeline declares to be drawn.</summary>
internal static class PlotsVerb
{
    public static Command Create(Terminal terminal) => new("plots", "Draw the plots of the pipeline, and compare them between revisions") { Show(terminal), Diff(terminal) };

    private static Command Show(Terminal terminal)
    {
        var options = new PlotOptions();
        var targets = new Argument<string[]>("PLOT") { Description = "Files or names under plots; all without", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("show", "Draw the plots of the workspace: a page, and a PNG and an SVG each") { targets };
        options.AddTo(command);
        return command.WithExamples("vigie plots show", "vigie plots show curves/roc.csv --output plots")
            .Does(terminal, run => options.Draw(run, run.Required(targets), workspace => [PipelineView.OfWorkspace(workspace)]));
    }

    private static Command Diff(Terminal terminal)
    {
        var options = new PlotOptions();
        var revisions = new Argument<string[]>("REVISION") { Description = "Revisions of git; one is drawn beside the workspace. HEAD without", Arity = ArgumentArity.ZeroOrMore };
        var targets = new Option<string[]>("--targets") { Description = "Only these plots", HelpName = "PLOT", AllowMultipleArgumentsPerToken = true };
        var command = new Command("diff", "Draw the plots of revisions into one picture each") { revisions, targets };
        options.AddTo(command);
        return command.WithExamples("vigie plots diff", "vigie plots diff v1 v2 --targets ROC")
            .Does(terminal, run => options.Draw(run, run.Value(targets) ?? [], workspace =>
            {
                string[] names = run.Required(revisions) is { Length: > 0 } given ? given : ["HEAD"];
                List<PipelineView> views = [.. names.Select(name => PipelineView.OfRevision(workspace, name))];
                if (names.Length == 1) views.Add(PipelineView.OfWorkspace(workspace));
                return views;
            }));
    }

    private sealed class PlotOptions
    {
        private readonly Option<string> output = new("--output", "-o") { Description = "The folder to write into", DefaultValueFactory = _ => "dvc_plots", HelpName = "FOLDER" };

        public void AddTo(Command command) => command.Options.Add(output);

        public void Draw(VerbRun run, string[] targets, Func<PipelineWorkspace, IReadOnlyList<PipelineView>> views)
        {
            using PipelineWorkspace workspace = PipelineWorkspace.Open(run.Terminal.WorkingFolder, run.Clock);
            IReadOnlyList<PipelineView> chosen = views(workspace);
            IReadOnlyList<PipelinePlot> plots = DeclaredPlots.Of(chosen, workspace.Config.Root, targets);
            if (plots.Count == 0) throw new InvalidInputException("there is nothing to draw: stages name their files under plots, and write them (vigie repro)");
            IReadOnlyList<string> paths = PipelinePlots.Save(plots, [.. chosen.Select(view => view.Name)], Path.GetFullPath(run.Required(output), run.Terminal.WorkingFolder));
            run.Print(
                new { page = paths[0], figures = paths.Skip(1), plots = new JsonObject(plots.Select(plot => KeyValuePair.Create(plot.Name, (JsonNode?)new JsonArray([.. plot.Series.Select(series => (JsonNode)new JsonObject { ["revision"] = series.Revision, ["source"] = series.Source, ["points"] = series.Points.Count })])))) },
                _ => run.Terminal.Out.WriteLine($"{paths[0]}: {plots.Count} plots of {string.Join(" and ", chosen.Select(view => view.Name))}"));
        }
    }
}
