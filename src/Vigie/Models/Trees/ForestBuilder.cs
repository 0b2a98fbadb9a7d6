using System.Runtime.InteropServices;

namespace Vigie.Models;

/// <summary>One tree on its way into a forest: nodes in any order from the first, which is the root; children as in <see cref="ForestNode"/>, but numbered within the tree.</summary>
internal sealed class GrownTree
{
    public List<ForestNode> Nodes { get; } = [];

    /// <summary>leaves × width; of a tree without a node, the first is the whole tree.</summary>
    public List<float> Leaves { get; } = [];
}

/// <summary>Lays trees out as <see cref="Forest"/> wants them, equal leaves once.</summary>
internal sealed class ForestBuilder(ForestKind kind, int classes, int features)
{
    private readonly int width = kind == ForestKind.Boosted ? 1 : classes;
    private readonly List<ForestNode> nodes = [];
    private readonly List<int> roots = [], targets = [];
    private readonly List<float> leaves = [];
    // The bits of a leaf's numbers, read as characters.
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);

    /// <exception cref="InvalidInputException">A child is out of range, or is reached twice.</exception>
    public void Add(GrownTree tree, int target)
    {
        targets.Add(target);
        if (tree.Nodes.Count == 0)
        {
            roots.Add(Leaf(tree, 0));
            return;
        }
        roots.Add(nodes.Count);
        int last = nodes.Count + tree.Nodes.Count;
        // Where a child stands in the tree, and which place of which node waits for its number.
        var waiting = new Stack<(int Child, int Parent, bool IsLeft)>();
        waiting.Push((0, -1, false));
        while (waiting.TryPop(out (int Child, int Parent, bool IsLeft) next))
        {
            if (next.Child >= tree.Nodes.Count) throw new InvalidInputException($"tree {targets.Count - 1} leads to node {next.Child} of {tree.Nodes.Count}");
            int number = next.Child < 0 ? Leaf(tree, ~next.Child) : nodes.Count;
            if (number >= last) throw new InvalidInputException($"tree {targets.Count - 1} reaches a node twice");
            if (next.Parent >= 0)
            {
                ForestNode parent = nodes[next.Parent];
                nodes[next.Parent] = next.IsLeft ? parent with { Left = number } : parent with { Right = number };
            }
            if (number < 0) continue;
            ForestNode node = tree.Nodes[next.Child];
            nodes.Add(node);
            // The child of rows without the feature is taken up first, and so comes to lie behind its parent.
            waiting.Push(node.DefaultLeft ? (node.Right, number, false) : (node.Left, number, true));
            waiting.Push(node.DefaultLeft ? (node.Left, number, true) : (node.Right, number, false));
        }
        if (nodes.Count != last) throw new InvalidInputException($"tree {targets.Count - 1} reaches {tree.Nodes.Count - (last - nodes.Count)} of its {tree.Nodes.Count} nodes");
    }

    public Forest Build(double[] intercepts) => new(kind, [.. nodes], [.. roots], [.. targets], [.. leaves], intercepts, classes, features);

    private int Leaf(GrownTree tree, int leaf)
    {
        if ((leaf + 1) * width > tree.Leaves.Count) throw new InvalidInputException($"tree {targets.Count - 1} leads to leaf {leaf} of {tree.Leaves.Count / width}");
        ReadOnlySpan<float> values = CollectionsMarshal.AsSpan(tree.Leaves).Slice(leaf * width, width);
        ReadOnlySpan<char> key = MemoryMarshal.Cast<float, char>(values);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> byBits = known.GetAlternateLookup<ReadOnlySpan<char>>();
        if (byBits.TryGetValue(key, out int found)) return ~found;
        byBits[key] = known.Count;
        leaves.AddRange(values);
        return ~(known.Count - 1);
    }
}
