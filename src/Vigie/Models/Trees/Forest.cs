using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Vigie.Features;

namespace Vigie.Models;

/// <summary>What the trees of a forest say together.</summary>
public enum ForestKind
{
    /// <summary>Each tree adds to one score: gradient boosting.</summary>
    Boosted,

    /// <summary>Each tree casts one vote, divided among the classes: random forest.</summary>
    Voting,
}

/// <summary>
/// One split: rows whose value is at most the threshold go left, the others right; rows without the feature go where the sign says.
/// A child from 0 on is a node, a negative one is leaf <c>~child</c>.
/// </summary>
/// <param name="FeatureAndDefault">The feature's column where rows without it go left, <c>~column</c> where they go right.</param>
/// <param name="Threshold">Compared with the value in single precision.</param>
/// <param name="Left">Child for values up to the threshold.</param>
/// <param name="Right">Child for values above it.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ForestNode(int FeatureAndDefault, float Threshold, int Left, int Right)
{
    /// <summary>The feature's column.</summary>
    public int Feature => FeatureAndDefault ^ (FeatureAndDefault >> 31);

    /// <summary>Whether rows without the feature go left.</summary>
    public bool DefaultLeft => FeatureAndDefault >= 0;
}

/// <summary>
/// Trees over sparse rows, whoever grew them: XGBoost, LightGBM or <see cref="RandomForest"/>. Immutable and safe for any number of threads.
/// A value of 0 and no value are the same. All nodes lie in one array, a node before its children and, between them, next to the child of rows
/// without the feature: few texts have any one word, so that most paths run forward through memory.
/// </summary>
public sealed class Forest
{
    private readonly ForestNode[] nodes;
    private readonly int scratch;

    /// <summary>Puts the parts together and checks that every path ends in a leaf.</summary>
    /// <param name="kind">What the trees say together.</param>
    /// <param name="nodes">The splits of all trees.</param>
    /// <param name="roots">First child of each tree: a node, or <c>~leaf</c> of a tree without a split.</param>
    /// <param name="targets">The score that each tree of a boosted forest adds to; of a voting forest, 0 for every tree.</param>
    /// <param name="leaves">leaves × <see cref="LeafWidth"/>, row by row; several nodes may share one.</param>
    /// <param name="intercepts">What each score starts from: as many as <see cref="ScoreCount"/>.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <param name="features">Number of columns of the rows.</param>
    /// <exception cref="InvalidInputException">The parts do not make a forest.</exception>
    public Forest(ForestKind kind, ForestNode[] nodes, int[] roots, int[] targets, float[] leaves, double[] intercepts, int classes, int features)
    {
        Kind = kind;
        this.nodes = nodes;
        (Roots, Targets, Leaves, Intercepts, ClassCount, FeatureCount) = (roots, targets, leaves, intercepts, classes, features);
        Check();
        foreach (ForestNode node in nodes) scratch = Math.Max(scratch, node.Feature + 1);
    }

    /// <summary>What the trees say together.</summary>
    public ForestKind Kind { get; }

    /// <summary>The splits of all trees.</summary>
    public IReadOnlyList<ForestNode> Nodes => nodes;

    /// <summary>First child of each tree.</summary>
    public int[] Roots { get; }

    /// <summary>The score that each tree adds to.</summary>
    public int[] Targets { get; }

    /// <summary>leaves × <see cref="LeafWidth"/>: what is added to the score, or the vote's share of each class.</summary>
    public float[] Leaves { get; }

    /// <summary>What each score starts from.</summary>
    public double[] Intercepts { get; }

    /// <summary>Number of classes.</summary>
    public int ClassCount { get; }

    /// <summary>Number of columns of the rows.</summary>
    public int FeatureCount { get; }

    /// <summary>Number of trees.</summary>
    public int TreeCount => Roots.Length;

    /// <summary>Number of scores: 1 for two classes, the log-odds of the second; else one a class, for a softmax.</summary>
    public int ScoreCount => ClassCount == 2 ? 1 : ClassCount;

    /// <summary>Numbers in a leaf: 1 in a boosted forest, one a class in a voting one.</summary>
    public int LeafWidth => Kind == ForestKind.Boosted ? 1 : ClassCount;

    /// <summary>Room for the values of one row, for use by one thread at a time; all zero between calls.</summary>
    public float[] NewScratch() => new float[scratch];

    /// <summary>
    /// The scores of one row. The votes v of a voting forest of T trees become log-odds as ln((v₁ + ½) / (v₀ + ½)), and the scores of a softmax as
    /// ln(v + ½): half a vote for each class, so that a unanimous forest is sure to 1 in 2T + 2, not without end.
    /// </summary>
    /// <param name="columns">The row's columns, each once.</param>
    /// <param name="values">The value of each.</param>
    /// <param name="scratch">From <see cref="NewScratch"/>.</param>
    /// <param name="scores">Receives <see cref="ScoreCount"/> scores.</param>
    public void Score(ReadOnlySpan<int> columns, ReadOnlySpan<double> values, float[] scratch, Span<double> scores)
    {
        for (int k = 0; k < columns.Length; k++)
        {
            if (columns[k] < scratch.Length) scratch[columns[k]] = (float)values[k];
        }
        if (Kind == ForestKind.Boosted) Add(scratch, scores);
        else Vote(scratch, scores);
        foreach (int column in columns)
        {
            if (column < scratch.Length) scratch[column] = 0;
        }
    }

    /// <summary>The scores of every row of a matrix, row by row, on all processors.</summary>
    public double[] Score(SparseMatrix rows, CancellationToken cancellation = default)
    {
        var scores = new double[rows.RowCount * ScoreCount];
        if (rows.RowCount == 0) return scores;
        Parallel.ForEach(Partitioner.Create(0, rows.RowCount), new ParallelOptions { CancellationToken = cancellation }, range =>
        {
            float[] scratch = NewScratch();
            for (int i = range.Item1; i < range.Item2; i++)
            {
                int start = rows.RowStart[i], length = rows.RowStart[i + 1] - start;
                Score(rows.Columns.AsSpan(start, length), rows.Values.AsSpan(start, length), scratch, scores.AsSpan(i * ScoreCount, ScoreCount));
            }
        });
        return scores;
    }

    private void Add(ReadOnlySpan<float> row, Span<double> scores)
    {
        Intercepts.CopyTo(scores);
        for (int t = 0; t < Roots.Length; t++) scores[Targets[t]] += Leaves[Leaf(Roots[t], row)];
    }

    private void Vote(ReadOnlySpan<float> row, Span<double> scores)
    {
        Span<double> votes = stackalloc double[ClassCount];
        votes.Fill(0.5);
        foreach (int root in Roots)
        {
            int leaf = Leaf(root, row) * ClassCount;
            for (int c = 0; c < votes.Length; c++) votes[c] += Leaves[leaf + c];
        }
        if (ClassCount == 2) scores[0] = Intercepts[0] + Math.Log(votes[1] / votes[0]);
        else
        {
            for (int c = 0; c < votes.Length; c++) scores[c] = Intercepts[c] + Math.Log(votes[c]);
        }
    }

    private int Leaf(int child, ReadOnlySpan<float> row)
    {
        ReadOnlySpan<ForestNode> all = nodes;
        while (child >= 0)
        {
            ref readonly ForestNode node = ref all[child];
            float value = row[node.Feature];
            bool left = value == 0 ? node.DefaultLeft : value <= node.Threshold;
            child = left ? node.Left : node.Right;
        }
        return ~child;
    }

    private void Check()
    {
        if (ClassCount is < 2 or > byte.MaxValue) throw new InvalidInputException($"a forest of {ClassCount} classes: expected 2 to {byte.MaxValue}");
        if (Roots.Length == 0) throw new InvalidInputException("a forest without a tree");
        if (Targets.Length != Roots.Length) throw new InvalidInputException($"{Targets.Length} targets of {Roots.Length} trees: they must be as many");
        if (Intercepts.Length != ScoreCount) throw new InvalidInputException($"{Intercepts.Length} intercepts for {ScoreCount} scores");
        if (Leaves.Length % LeafWidth != 0) throw new InvalidInputException($"{Leaves.Length} leaf values: not a multiple of {LeafWidth}");
        if (!Array.TrueForAll(Leaves, float.IsFinite) || !Array.TrueForAll(Intercepts, double.IsFinite)) throw new InvalidInputException("a forest whose leaves or intercepts are not all finite numbers");
        if (Kind == ForestKind.Voting && Array.Exists(Leaves, share => share < 0)) throw new InvalidInputException("a vote below 0 in a voting forest");
        for (int t = 0; t < Roots.Length; t++)
        {
            if (Targets[t] < 0 || Targets[t] >= (Kind == ForestKind.Voting ? 1 : ScoreCount)) throw new InvalidInputException($"tree {t} adds to score {Targets[t]} of {ScoreCount}");
            CheckChild(Roots[t], 0, $"tree {t}");
        }
        for (int i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Feature >= FeatureCount) throw new InvalidInputException($"node {i} splits by feature {nodes[i].Feature} of {FeatureCount}");
            if (float.IsNaN(nodes[i].Threshold)) throw new InvalidInputException($"node {i} has a threshold that is no number");
            // Children behind their parent: no path can go round in a circle.
            CheckChild(nodes[i].Left, i + 1, $"node {i}");
            CheckChild(nodes[i].Right, i + 1, $"node {i}");
        }
    }

    private void CheckChild(int child, int first, string of)
    {
        if (child >= 0 && (child < first || child >= nodes.Length)) throw new InvalidInputException($"{of} leads to node {child}: expected {first} to {nodes.Length - 1}");
        if (child < 0 && ~child >= Leaves.Length / LeafWidth) throw new InvalidInputException($"{of} leads to leaf {~child} of {Leaves.Length / LeafWidth}");
    }
}
