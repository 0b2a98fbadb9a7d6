using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

public sealed class LightGbmTests
{
    // decision_type 2: rows without the feature left, missing is not a number; 4: right, missing is zero; 6: left, missing is zero.
    private const string Model = """
        tree
        version=v4
        num_class=1
        num_tree_per_iteration=1
        max_feature_idx=1

        Tree=0
        num_leaves=3
        split_feature=0 1
        threshold=0.5 0.25
        decision_type=2 4
        left_child=1 -2
        right_child=-1 -3
        leaf_value=1 2 4

        Tree=1
        num_leaves=1
        leaf_value=8

        end of trees

        parameters:
        [boosting: gbdt]
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, 255)]
    [InlineData(2, 3)]
    [InlineData(3, 255)]
    public void Scores_are_the_library_s_own(int classes, int bins)
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.LightGbm);
        LabelledRows train = SparseRows.Of(classes), unseen = SparseRows.Of(classes, seed: 2);
        using LightGbmTraining training = new LightGbm { Rounds = 25, MinChildSamples = 5, MaxBin = bins }.Train(train, null, classes, 1, null, Cancel);

        double[] expected = training.Score(unseen);
        double[] scores = training.ToForest().Score(unseen.Features);

        Assert.Equal(expected.Length, scores.Length);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void Scores_are_the_library_s_own_at_the_values_it_splits_at()
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.LightGbm);
        LabelledRows rows = SparseRows.Of(2);
        using LightGbmTraining training = new LightGbm { Rounds = 10, MinChildSamples = 5, MaxBin = 8 }.Train(rows, null, 2, 1, null, Cancel);
        Forest forest = training.ToForest();
        var thresholds = forest.Nodes.Where(node => node.Threshold > 0.001f).GroupBy(node => node.Feature).ToDictionary(nodes => nodes.Key, nodes => nodes.Select(node => node.Threshold).ToArray());
        Assert.NotEmpty(thresholds);
        for (int k = 0; k < rows.Features.Values.Length; k++)
        {
            if (!thresholds.TryGetValue(rows.Features.Columns[k], out float[]? own)) continue;
            float threshold = own[k % own.Length];
            rows.Features.Values[k] = (k % 3) switch { 0 => threshold, 1 => MathF.BitIncrement(threshold), _ => MathF.BitDecrement(threshold) };
        }
        Assert.All(training.Score(rows).Zip(forest.Score(rows.Features)), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void Where_no_split_is_left_it_is_content_with_fewer_trees()
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.LightGbm);
        LabelledRows rows = SparseRows.Of(2, 30);
        Forest forest = new LightGbm { Rounds = 50, MinChildSamples = 20 }.Fit(rows, null, 2, 1, null, Cancel);
        Assert.Empty(forest.Nodes);
        Assert.All(forest.Score(rows.Features), score => Assert.True(double.IsFinite(score)));
    }

    [Fact]
    public void A_model_is_read_as_it_stands()
    {
        Forest forest = Parse(Model);
        var scores = new double[1];
        foreach ((int[] columns, double[] values, double score) in new (int[], double[], double)[]
        {
            ([], [], 4 + 8), ([0], [0.5], 4 + 8), ([0], [0.51], 1 + 8), ([1], [0.25], 2 + 8), ([1], [0.26], 4 + 8),
        })
        {
            forest.Score(columns, values, forest.NewScratch(), scores);
            Assert.Equal(score, scores[0]);
        }
    }

    [Theory]
    [InlineData("end of trees", "", "breaks off after 2 trees")]
    [InlineData("left_child=1 -2", "left_child=0 -2", "reaches a node twice")]
    [InlineData("right_child=-1 -3", "right_child=5 -3", "leads to node 5")]
    [InlineData("right_child=-1 -3", "right_child=-1 -9", "leads to leaf 8")]
    [InlineData("threshold=0.5 0.25", "threshold=0.5", "1 numbers in threshold, expected 2")]
    [InlineData("threshold=0.5 0.25", "threshold=0.5 x", "threshold=x")]
    [InlineData("leaf_value=8", "", "without leaf_value")]
    [InlineData("leaf_value=1 2 4", "leaf_value=1 2 nan", "not all finite")]
    [InlineData("decision_type=2 4", "decision_type=2 1", "decision 1")]
    [InlineData("split_feature=0 1", "split_feature=0 9", "feature 9 of 2")]
    [InlineData("num_leaves=3", "num_leaves=-3", "-3 leaves")]
    [InlineData("num_tree_per_iteration=1", "num_tree_per_iteration=3", "has 3 scores")]
    public void A_corrupted_model_is_refused(string part, string by, string message)
    {
        string corrupted = Model.Replace(part, by, StringComparison.Ordinal);
        Assert.NotEqual(Model, corrupted);
        Assert.Contains(message, Assert.Throws<InvalidInputException>(() => Parse(corrupted)).Message, StringComparison.Ordinal);
    }

    private static Forest Parse(string text) => LightGbmModel.Parse(text, 2, 2);
}
