using Vigie.Features;
using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

public sealed class RandomForestTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 8)]
    public void The_same_seed_gives_the_same_forest_on_any_number_of_threads(int classes, int bins)
    {
        LabelledRows rows = SparseRows.Of(classes);
        Forest one = Fit(rows, classes, 3, new RandomForest { TreeCount = 12, Threads = 1, MaxBin = bins });
        Forest four = Fit(rows, classes, 3, new RandomForest { TreeCount = 12, Threads = 4, MaxBin = bins });
        Forest other = Fit(rows, classes, 4, new RandomForest { TreeCount = 12, Threads = 1, MaxBin = bins });

        Assert.Equal(one.Nodes, four.Nodes);
        Assert.Equal(one.Leaves, four.Leaves);
        Assert.Equal(one.Roots, four.Roots);
        Assert.NotEqual(one.Nodes, other.Nodes);
    }

    [Fact]
    public void It_learns_what_no_sum_over_features_can_say()
    {
        LabelledRows rows = SparseRows.ExclusiveOr();
        Assert.Equal(1, SparseRows.Accuracy(Fit(rows, 2, 1, new RandomForest { TreeCount = 30 }), rows));
    }

    [Theory]
    [InlineData(1, 0.6, 0.86)]
    [InlineData(16, 0.85, 1)]
    public void More_bins_see_how_large_a_value_is(int bins, double least, double most)
    {
        // Which of the classes 1 and 2 it is hangs on a value above 0.4.
        Forest forest = Fit(SparseRows.Of(3, 1500), 3, 1, new RandomForest { MaxBin = bins, TreeCount = 40, MaxFeatures = 20 });
        Assert.InRange(SparseRows.Accuracy(forest, SparseRows.Of(3, 500, seed: 2)), least, most);
    }

    [Fact]
    public void A_whole_tree_on_all_rows_and_features_knows_its_rows_by_heart()
    {
        // Every row is told apart by its values, so that a tree without limits errs nowhere.
        LabelledRows rows = SparseRows.Of(2, 300);
        Forest forest = Fit(rows, 2, 1, new RandomForest { TreeCount = 1, Bootstrap = false, MaxFeatures = SparseRows.Columns, MaxBin = 255 });
        Assert.Equal(1, SparseRows.Accuracy(forest, rows));
    }

    [Fact]
    public void The_first_split_is_that_of_least_impurity()
    {
        // Feature 0: 3 of 4 texts with it are of class 1, 0 of 4 without it: best by Gini. Feature 1: 2 of 4 and 1 of 4.
        var matrix = new SparseMatrix([0, 2, 3, 4, 5, 6, 7, 8, 8], [0, 1, 0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1], 2);
        var rows = new LabelledRows(matrix, [1, 1, 1, 0, 0, 0, 0, 0]);
        Forest stump = Fit(rows, 2, 1, new RandomForest { TreeCount = 1, Bootstrap = false, MaxFeatures = 2, MaxDepth = 1 });

        ForestNode root = Assert.Single(stump.Nodes);
        Assert.Equal((0, 0.5f, true), (root.Feature, root.Threshold, root.DefaultLeft));
        Assert.Equal([1, 0], stump.Leaves[(2 * ~root.Left)..(2 * ~root.Left + 2)]);
        Assert.Equal([0.25f, 0.75f], stump.Leaves[(2 * ~root.Right)..(2 * ~root.Right + 2)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Leaves_are_as_large_as_asked_for(int least)
    {
        LabelledRows rows = SparseRows.Of(2, 300);
        Forest forest = Fit(rows, 2, 1, new RandomForest { TreeCount = 1, Bootstrap = false, MinSamplesLeaf = least });
        var sizes = new Dictionary<double, int>();
        // One tree without a row drawn twice: rows of one leaf come out with one score, so leaves are at least as large as the smallest group.
        foreach (double score in forest.Score(rows.Features)) sizes[score] = sizes.GetValueOrDefault(score) + 1;
        Assert.True(sizes.Values.Min() >= least);
        Assert.All(forest.Leaves, share => Assert.InRange(share, 0, 1));
    }

    [Fact]
    public void Each_tree_is_reported_and_cancelling_stops()
    {
        var reports = new Reports();
        Fit(SparseRows.Of(2), 2, 1, new RandomForest { TreeCount = 9, Threads = 2 }, reports);
        Assert.Equal(Enumerable.Range(1, 9), reports.All.Select(report => report.Iteration!.Value).Order());
        Assert.Equal(1, reports.All.Max(report => report.Share));

        using var stop = new CancellationTokenSource();
        var stopping = new Reports { Then = report => { if (report.Iteration == 2) stop.Cancel(); } };
        Assert.ThrowsAny<OperationCanceledException>(() => new RandomForest { TreeCount = 100_000 }.Fit(SparseRows.Of(2), null, 2, 1, stopping, stop.Token));
        Assert.InRange(stopping.All.Count, 2, 100);
    }

    [Fact]
    public void Settings_out_of_range_and_negative_values_are_refused()
    {
        LabelledRows rows = SparseRows.Of(2, 50);
        foreach (RandomForest wrong in new[]
        {
            new RandomForest { TreeCount = 0 }, new() { MaxDepth = 0 }, new() { MaxFeatures = 0 }, new() { MinSamplesLeaf = 0 }, new() { MaxBin = 0 }, new() { MaxBin = 256 }, new() { Threads = 0 },
        })
        {
            Assert.Contains("expected", Assert.Throws<InvalidInputException>(() => Fit(rows, 2, 1, wrong)).Message, StringComparison.Ordinal);
        }
        rows.Features.Values[3] = -0.5;
        Assert.Contains("-0.5", Assert.Throws<InvalidInputException>(() => Fit(rows, 2, 1, new RandomForest())).Message, StringComparison.Ordinal);
    }

    private static Forest Fit(LabelledRows rows, int classes, int seed, RandomForest forest, Reports? reports = null) => forest.Fit(rows, null, classes, seed, reports, Cancel);
}
