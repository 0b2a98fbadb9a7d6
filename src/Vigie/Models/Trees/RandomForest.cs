namespace Vigie.Models;

/// <summary>
/// Random forest (L. Breiman, Machine Learning 45, 2001) over sparse rows: every tree learns from rows drawn with replacement, and every split is the one of least Gini
/// impurity among features drawn by chance, from those that tell the rows of the node apart (scikit-learn draws from all, most of which occur in none of the rows).
/// </summary>
public sealed record RandomForest : IForestEstimator
{
    /// <summary>Number of trees; from 1.</summary>
    public int TreeCount { get; init; } = 100;

    /// <summary>Longest way from root to leaf in splits; null for as long as it takes.</summary>
    public int? MaxDepth { get; init; }

    /// <summary>Features to choose each split from; null for ⌊log₂ m⌋ + 1 of the m that tell the node's rows apart, as Breiman has it.</summary>
    public int? MaxFeatures { get; init; }

    /// <summary>Fewest rows in a leaf, a row drawn twice counted twice; from 1.</summary>
    public int MinSamplesLeaf { get; init; } = 1;

    /// <summary>Whether each tree learns from rows drawn with replacement, or from all.</summary>
    public bool Bootstrap { get; init; } = true;

    /// <summary>Most different values of a feature to tell apart, from 1, which asks only whether it is there, to 255.</summary>
    public int MaxBin { get; init; } = 1;

    /// <summary>Trees grown at once; null for one on each processor. The forest is the same.</summary>
    public int? Threads { get; init; }

    /// <inheritdoc/>
    public Forest Fit(LabelledRows train, LabelledRows? validation, int classes, int seed, IProgress<FitProgress>? progress = null, CancellationToken cancellation = default)
    {
        Validate();
        var rows = new BinnedRows(train.Features, MaxBin);
        var settings = new TreeSettings(MaxDepth ?? int.MaxValue, MaxFeatures, MinSamplesLeaf, Bootstrap, classes);
        var trees = new GrownTree[TreeCount];
        int grown = 0;
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Threads ?? Environment.ProcessorCount };
        Parallel.For(0, TreeCount, parallel, () => new TreeGrower(rows, train.Labels, settings), (t, _, grower) =>
        {
            // A generator for each tree: whichever thread grows it, it comes out the same.
            trees[t] = grower.Grow(new Xoshiro256((ulong)(uint)seed, (ulong)t + 1), cancellation);
            int done = Interlocked.Increment(ref grown);
            progress?.Report(new FitProgress((double)done / TreeCount) { Iteration = done });
            return grower;
        }, _ => { });
        var forest = new ForestBuilder(ForestKind.Voting, classes, rows.ColumnCount);
        foreach (GrownTree tree in trees) forest.Add(tree, 0);
        return forest.Build(new double[classes == 2 ? 1 : classes]);
    }

    private void Validate()
    {
        if (TreeCount < 1) throw new InvalidInputException($"n_estimators {TreeCount}: expected 1 or more");
        if (MaxDepth < 1) throw new InvalidInputException($"max_depth {MaxDepth}: expected 1 or more, or none");
        if (MaxFeatures < 1) throw new InvalidInputException($"max_split_features {MaxFeatures}: expected 1 or more, or none for 1 + log2 of those that occur");
        if (MinSamplesLeaf < 1) throw new InvalidInputException($"min_samples_leaf {MinSamplesLeaf}: expected 1 or more");
        if (MaxBin is < 1 or > BinnedRows.MostBins) throw new InvalidInputException($"max_bin {MaxBin}: expected 1 to {BinnedRows.MostBins}");
        if (Threads < 1) throw new InvalidInputException($"n_jobs {Threads}: expected 1 or more, or none for all processors");
    }
}

/// <summary>What a tree of a random forest is grown by.</summary>
internal sealed record TreeSettings(int MaxDepth, int? MaxFeatures, int MinSamplesLeaf, bool Bootstrap, int Classes);
