using System.Text;

namespace Vigie.Pipelines;

/// <summary>Draws who needs whom.</summary>
public static class PipelineDrawing
{
    /// <summary>As a flow chart of Mermaid.</summary>
    /// <param name="names">Of the nodes, each behind those that it needs.</param>
    /// <param name="edges">From what is needed to what needs it, by place in the names.</param>
    public static string Mermaid(IReadOnlyList<string> names, IReadOnlyList<(int From, int To)> edges)
    {
        var text = new StringBuilder("flowchart TD\n");
        for (int i = 0; i < names.Count; i++) text.Append("\tnode").Append(i + 1).Append("[\"").Append(names[i].Replace("\"", "#quot;", StringComparison.Ordinal)).Append("\"]\n");
        foreach ((int from, int to) in edges) text.Append("\tnode").Append(from + 1).Append("-->node").Append(to + 1).Append('\n');
        return text.ToString();
    }

    /// <summary>In the language of Graphviz.</summary>
    /// <inheritdoc cref="Mermaid"/>
    public static string Dot(IReadOnlyList<string> names, IReadOnlyList<(int From, int To)> edges)
    {
        var text = new StringBuilder("strict digraph {\n");
        foreach (string name in names) text.Append(Quoted(name)).Append(";\n");
        foreach ((int from, int to) in edges) text.Append(Quoted(names[from])).Append(" -> ").Append(Quoted(names[to])).Append(";\n");
        return text.Append("}\n").ToString();

        static string Quoted(string name) => $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>As text: a line a node, in layers, with what it needs behind it.</summary>
    /// <remarks>Boxes with crossing lines cannot be read beyond a dozen stages; this can, and a screen reader can say it.</remarks>
    /// <inheritdoc cref="Mermaid"/>
    public static string Text(IReadOnlyList<string> names, IReadOnlyList<(int From, int To)> edges)
    {
        var layer = new int[names.Count];
        ILookup<int, int> needs = edges.ToLookup(edge => edge.To, edge => edge.From);
        for (int i = 0; i < names.Count; i++) layer[i] = needs[i].Select(from => layer[from] + 1).DefaultIfEmpty(0).Max();
        var text = new StringBuilder();
        foreach (IGrouping<int, int> row in Enumerable.Range(0, names.Count).GroupBy(i => layer[i]).OrderBy(group => group.Key))
        {
            foreach (int i in row)
            {
                text.Append(' ', row.Key * 2).Append(row.Key == 0 ? "● " : "└─● ").Append(names[i]);
                if (needs[i].Any()) text.Append("  ←  ").AppendJoin(", ", needs[i].Order().Select(from => names[from]));
                text.Append('\n');
            }
        }
        return text.ToString();
    }

    /// <summary>Stages and who needs whom; with <paramref name="outputs"/>, files in their place.</summary>
    /// <param name="workspace">The repository.</param>
    /// <param name="stages">Which stages, each behind those it needs.</param>
    /// <param name="outputs">Whether nodes are outputs.</param>
    public static (IReadOnlyList<string> Names, IReadOnlyList<(int From, int To)> Edges) Graph(PipelineWorkspace workspace, IReadOnlyList<Stage> stages, bool outputs)
    {
        var nodes = new List<(Stage Stage, string Name)>();
        foreach (Stage stage in stages)
        {
            if (outputs) nodes.AddRange(stage.Outputs.Select(output => (stage, workspace.Relative(output.FullPath))));
            else nodes.Add((stage, workspace.AddressOf(stage)));
        }
        var edges = new List<(int, int)>();
        for (int to = 0; to < nodes.Count; to++)
        {
            foreach (Stage needed in workspace.Pipeline.Before(nodes[to].Stage))
            {
                for (int from = 0; from < to; from++)
                {
                    if (ReferenceEquals(nodes[from].Stage, needed) && (!outputs || Reads(nodes[to].Stage, workspace, nodes[from].Name))) edges.Add((from, to));
                }
            }
        }
        return ([.. nodes.Select(node => node.Name)], edges);
    }

    private static bool Reads(Stage stage, PipelineWorkspace workspace, string output)
    {
        string path = Path.GetFullPath(Path.Combine(workspace.WorkingFolder, output));
        return stage.Dependencies.Concat(stage.Parameters).Any(read => read.FullPath == path || read.FullPath.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal) || path.StartsWith(read.FullPath + Path.DirectorySeparatorChar, StringComparison.Ordinal));
    }
}
