namespace Vigie.Pipelines;

/// <summary>Which stage reads what which other writes: a file, a part of a folder, or a folder with it inside.</summary>
internal sealed class StageGraph
{
    private readonly string root;
    private readonly IReadOnlyList<Stage> stages;
    private readonly Dictionary<string, Stage> writers = new(StringComparer.Ordinal);
    private readonly string[] written;
    private readonly Dictionary<Stage, List<Stage>> before = new(ReferenceEqualityComparer.Instance), after = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="PipelineException">Two stages have one output, or an output lies within another.</exception>
    public StageGraph(string root, IReadOnlyList<Stage> stages)
    {
        (this.root, this.stages) = (root, stages);
        foreach (Stage stage in stages)
        {
            (before[stage], after[stage]) = ([], []);
            foreach (StageOutput output in stage.Outputs)
            {
                if (!writers.TryAdd(output.FullPath, stage)) throw new PipelineException($"{Place(stage)}: {Name(stage)} writes {output.Path}, and so does {Name(writers[output.FullPath])} ({Place(writers[output.FullPath])}); only one may");
            }
        }
        written = [.. writers.Keys.Order(StringComparer.Ordinal)];
        RefuseNested();
        foreach (Stage stage in stages)
        {
            foreach (Stage other in stage.Dependencies.Concat(stage.Parameters).SelectMany(read => WritersOf(read.FullPath)).Distinct())
            {
                if (ReferenceEquals(other, stage)) throw new PipelineException($"{Place(stage)}: {Name(stage)} reads what it writes itself");
                before[stage].Add(other);
                after[other].Add(stage);
            }
        }
    }

    public IReadOnlyList<Stage> Before(Stage stage) => before[stage];

    public IReadOnlyList<Stage> After(Stage stage) => after[stage];

    /// <summary>Every stage behind those it needs.</summary>
    /// <exception cref="PipelineException">Stages wait for each other.</exception>
    public IReadOnlyList<Stage> Sorted()
    {
        var sorted = new List<Stage>(stages.Count);
        var done = new HashSet<Stage>(ReferenceEqualityComparer.Instance);
        foreach (Stage first in stages)
        {
            // Depth first, without recursion: chains may be long.
            var way = new Stack<(Stage Stage, int Next)>();
            var open = new HashSet<Stage>(ReferenceEqualityComparer.Instance);
            if (!done.Contains(first)) Enter(first);
            while (way.TryPop(out (Stage Stage, int Next) at))
            {
                if (at.Next < before[at.Stage].Count)
                {
                    way.Push((at.Stage, at.Next + 1));
                    Stage needed = before[at.Stage][at.Next];
                    if (open.Contains(needed)) throw Circle(needed, [.. way.Reverse().Select(step => step.Stage)]);
                    if (!done.Contains(needed)) Enter(needed);
                }
                else
                {
                    open.Remove(at.Stage);
                    done.Add(at.Stage);
                    sorted.Add(at.Stage);
                }
            }

            void Enter(Stage stage)
            {
                open.Add(stage);
                way.Push((stage, 0));
            }
        }
        return sorted;
    }

    private IEnumerable<Stage> WritersOf(string path)
    {
        for (string? at = path; at is not null && at.Length >= root.Length; at = Path.GetDirectoryName(at))
        {
            if (writers.TryGetValue(at, out Stage? writer)) return [writer];
        }
        return Inside(path).Select(inner => writers[inner]);
    }

    private IEnumerable<string> Inside(string folder)
    {
        string prefix = folder + Path.DirectorySeparatorChar;
        int at = Array.BinarySearch(written, prefix, StringComparer.Ordinal);
        for (int i = at < 0 ? ~at : at; i < written.Length && written[i].StartsWith(prefix, StringComparison.Ordinal); i++) yield return written[i];
    }

    private void RefuseNested()
    {
        foreach (string outer in written)
        {
            if (Inside(outer).FirstOrDefault() is { } inner)
            {
                Stage one = writers[inner], other = writers[outer];
                throw new PipelineException($"{Place(one)}: {Name(one)} writes {Path.GetRelativePath(root, inner)}, which lies within {Path.GetRelativePath(root, outer)} of {Name(other)} ({Place(other)}); outputs may not overlap");
            }
        }
    }

    private static PipelineException Circle(Stage first, IReadOnlyList<Stage> way)
    {
        int start = way.ToList().FindIndex(stage => ReferenceEquals(stage, first));
        return new PipelineException($"{Place(first)}: stages wait for each other: {string.Join(" needs ", way.Skip(start).Append(first).Select(stage => stage.Name))}");
    }

    private static string Name(Stage stage) => stage.IsData ? stage.Name : $"stage {stage.Name}";

    private static string Place(Stage stage) => $"{stage.File}:{stage.Position.Line}";
}
