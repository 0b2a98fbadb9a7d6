using System.CommandLine;
using Vigie.Pipelines;

namespace Vigie.Cli;

/// <summary><c>vigie dag</c>: who needs whom.</summary>
internal static class DagVerb
{
    public static Command Create(Terminal terminal)
    {
        var target = new Argument<string?>("STAGE") { Description = "A stage or output, with all that it needs; the whole pipeline without", Arity = ArgumentArity.ZeroOrOne };
        var mermaid = new Option<bool>("--mermaid") { Description = "As a flow chart of Mermaid, which GitHub draws in Markdown" };
        var dot = new Option<bool>("--dot") { Description = "In the language of Graphviz" };
        var outputs = new Option<bool>("--outs", "-o") { Description = "Files instead of stages" };
        return new Command("dag", "Draw the pipeline: which stage needs which") { target, mermaid, dot, outputs }
            .WithExamples("vigie dag", "vigie dag train --mermaid", "vigie dag --dot --outs")
            .Does(terminal, run =>
            {
                using PipelineWorkspace workspace = PipelineWorkspace.Open(terminal.WorkingFolder, run.Clock);
                IReadOnlyList<Stage> stages = new Reproduction(workspace, new ReproductionOptions()).Plan(run.Value(target) is { } name ? [name] : []);
                (IReadOnlyList<string> names, IReadOnlyList<(int From, int To)> edges) = PipelineDrawing.Graph(workspace, stages, run.Value(outputs));
                run.Print(
                    new { nodes = names, edges = edges.Select(edge => new[] { names[edge.From], names[edge.To] }) },
                    _ => terminal.Out.Write(run.Value(mermaid) ? PipelineDrawing.Mermaid(names, edges) : run.Value(dot) ? PipelineDrawing.Dot(names, edges) : PipelineDrawing.Text(names, edges)));
            });
    }
}
