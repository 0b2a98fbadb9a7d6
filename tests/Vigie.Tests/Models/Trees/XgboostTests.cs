using System.Text;
using System.Text.Json.Nodes;
using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

public sealed class XgboostTests
{
    // Two trees of two features: a split by each way of leading on rows without the feature.
    private const string Model = """
        {"learner": {"learner_model_param": {"base_score": "5E-1", "num_class": "0", "num_feature": "2"}, "gradient_booster": {"model": {"tree_info": [0, 0], "trees": [
          {"left_children": [1, 3, -1, -1, -1], "right_children": [2, 4, -1, -1, -1], "split_indices": [0, 1, 0, 0, 0], "split_conditions": [0.5, 0.25, 1, 2, 4], "default_left": [1, 0, 0, 0, 0]},
          {"left_children": [-1], "right_children": [-1], "split_indices": [0], "split_conditions": [8], "default_left": [0]}]}}}}
        """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2, XgboostTreeMethod.Hist, 256)]
    [InlineData(2, XgboostTreeMethod.Hist, 2)]
    [InlineData(2, XgboostTreeMethod.Exact, 256)]
    [InlineData(3, XgboostTreeMethod.Hist, 256)]
    public void Scores_are_the_library_s_own(int classes, XgboostTreeMethod method, int bins)
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.Xgboost);
        LabelledRows train = SparseRows.Of(classes), unseen = SparseRows.Of(classes, seed: 2);
        using XgboostTraining training = new Xgboost { Rounds = 25, TreeMethod = method, MaxBin = bins }.Train(train, null, classes, 1, null, Cancel);
        Forest forest = training.ToForest();

        float[] expected = training.Score(unseen);
        double[] scores = forest.Score(unseen.Features);

        Assert.Equal(expected.Length, scores.Length);
        Assert.All(expected.Zip(scores), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
        Assert.Contains(forest.Nodes, node => !node.DefaultLeft);
        Assert.Contains(forest.Nodes, node => node.DefaultLeft);
    }

    [Fact]
    public void Scores_are_the_library_s_own_at_the_values_it_splits_at()
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.Xgboost);
        LabelledRows rows = SparseRows.Of(2);
        using XgboostTraining training = new Xgboost { Rounds = 10, TreeMethod = XgboostTreeMethod.Hist, MaxBin = 8 }.Train(rows, null, 2, 1, null, Cancel);
        Forest forest = training.ToForest();
        // Each row's values replaced by thresholds of the same feature, and by the numbers beside them.
        var thresholds = forest.Nodes.GroupBy(node => node.Feature).ToDictionary(nodes => nodes.Key, nodes => nodes.Select(node => node.Threshold).ToArray());
        for (int k = 0; k < rows.Features.Values.Length; k++)
        {
            if (!thresholds.TryGetValue(rows.Features.Columns[k], out float[]? own)) continue;
            float threshold = own[k % own.Length];
            rows.Features.Values[k] = (k % 3) switch { 0 => threshold, 1 => MathF.BitIncrement(threshold), _ => MathF.BitDecrement(threshold) };
        }
        Assert.All(training.Score(rows).Zip(forest.Score(rows.Features)), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void A_zero_is_a_missing_value()
    {
        SparseRows.SkipUnlessInstalled(NativeTreeLibrary.Xgboost);
        LabelledRows rows = SparseRows.Of(2);
        for (int k = 0; k < rows.Features.Values.Length; k += 3) rows.Features.Values[k] = 0;
        using XgboostTraining training = new Xgboost { Rounds = 10 }.Train(rows, null, 2, 1, null, Cancel);
        Assert.All(training.Score(rows).Zip(training.ToForest().Score(rows.Features)), pair => Assert.Equal(pair.First, pair.Second, 2e-5));
    }

    [Fact]
    public void A_model_is_read_as_it_stands()
    {
        Forest forest = Parse(Model);
        var scores = new double[1];
        foreach ((int[] columns, double[] values, double score) in new (int[], double[], double)[]
        {
            ([], [], 4 + 8), ([0], [0.5], 1 + 8), ([0], [0.49], 4 + 8), ([1], [0.2], 2 + 8), ([1], [0.25], 4 + 8),
        })
        {
            forest.Score(columns, values, forest.NewScratch(), scores);
            Assert.Equal(score, scores[0]);
        }
        Assert.Equal(1, Parse(Model, rounds: 1).TreeCount);
    }

    [Theory]
    [InlineData("learner", "learner", null, "not a model of XGBoost")]
    [InlineData("left", "\"left_children\": [1, 3, -1, -1, -1]", "\"left_children\": [0, 3, -1, -1, -1]", "reaches a node twice")]
    [InlineData("outside", "\"right_children\": [2, 4", "\"right_children\": [2, 9", "into 3 and 9 of 5 nodes")]
    [InlineData("feature", "\"split_indices\": [0, 1, 0, 0, 0]", "\"split_indices\": [7, 1, 0, 0, 0]", "feature 7 of 2")]
    [InlineData("short", "\"default_left\": [1, 0, 0, 0, 0]", "\"default_left\": [1, 0]", "2 defaults")]
    [InlineData("text", "0.25, 1, 2", "\"a\", 1, 2", "not a model of XGBoost")]
    [InlineData("classes", "\"num_class\": \"0\"", "\"num_class\": \"3\"", "has 3 scores")]
    [InlineData("groups", "\"tree_info\": [0, 0]", "\"tree_info\": [0]", "fewer than trees")]
    [InlineData("base", "5E-1", "NaN", "not all finite")]
    public void A_corrupted_model_is_refused(string what, string part, string? by, string message)
    {
        string corrupted = by is null ? Model[..(Model.Length / 2)] : Model.Replace(part, by, StringComparison.Ordinal);
        Assert.NotEqual(Model, corrupted);
        Assert.True(Assert.Throws<InvalidInputException>(() => Parse(corrupted)).Message.Contains(message, StringComparison.Ordinal), what);
    }

    [Fact]
    public void Whatever_part_is_missing_the_answer_is_an_error()
    {
        foreach (string name in new[] { "learner_model_param", "gradient_booster", "trees", "tree_info", "base_score", "split_conditions", "left_children", "default_left" })
        {
            JsonNode json = JsonNode.Parse(Model)!;
            Remove(json, name);
            Assert.Throws<InvalidInputException>(() => Parse(json.ToJsonString()));
        }
    }

    private static Forest Parse(string json, int rounds = 2) => XgboostModel.Parse(Encoding.UTF8.GetBytes(json), 2, 2, rounds);

    private static void Remove(JsonNode? node, string name)
    {
        if (node is JsonObject parent && !parent.Remove(name))
        {
            foreach ((string _, JsonNode? child) in parent) Remove(child, name);
        }
        if (node is not JsonArray items) return;
        foreach (JsonNode? item in items) Remove(item, name);
    }
}
