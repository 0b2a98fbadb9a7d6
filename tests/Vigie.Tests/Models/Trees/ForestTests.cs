using Vigie.Models;

namespace Vigie.Tests.Models.Trees;

public sealed class ForestTests
{
    // Tree 0: feature 2 above 0.5 → leaf 1, else feature 0 there → leaf 2, not there → leaf 0. Tree 1 is leaf 1.
    private static readonly ForestNode[] Nodes = [new(2, 0.5f, 1, ~1), new(~0, float.MaxValue, ~2, ~0)];

    private static Forest Boosted(ForestNode[]? nodes = null, int[]? roots = null, int[]? targets = null, float[]? leaves = null, double[]? intercepts = null) =>
        new(ForestKind.Boosted, nodes ?? Nodes, roots ?? [0, ~1], targets ?? [0, 0], leaves ?? [-1, 2, 8], intercepts ?? [0.25], 2, 4);

    [Theory]
    [InlineData("", -1 + 2 + 0.25)]
    [InlineData("0:0.1", 8 + 2 + 0.25)]
    [InlineData("2:0.5", -1 + 2 + 0.25)]
    [InlineData("2:0.51 0:1", 2 + 2 + 0.25)]
    [InlineData("3:1", -1 + 2 + 0.25)]
    [InlineData("0:0", -1 + 2 + 0.25)]
    public void A_row_goes_down_every_tree(string row, double score)
    {
        string[][] parts = [.. row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(':'))];
        int[] columns = [.. parts.Select(part => int.Parse(part[0], System.Globalization.CultureInfo.InvariantCulture))];
        double[] values = [.. parts.Select(part => double.Parse(part[1], System.Globalization.CultureInfo.InvariantCulture))];
        Forest forest = Boosted();
        float[] scratch = forest.NewScratch();
        var scores = new double[1];

        forest.Score(columns, values, scratch, scores);

        Assert.Equal(score, scores[0], 1e-12);
        Assert.All(scratch, value => Assert.Equal(0, value));
    }

    [Fact]
    public void Votes_become_log_odds_with_half_a_vote_for_each_class()
    {
        var two = new Forest(ForestKind.Voting, [], [~0, ~0, ~1], [0, 0, 0], [0, 1, 0.5f, 0.5f], [0], 2, 1);
        var three = new Forest(ForestKind.Voting, [], [~0, ~1], [0, 0], [1, 0, 0, 0, 0.5f, 0.5f], [0, 0, 0], 3, 1);
        double[] scores = new double[1], softmax = new double[3];

        two.Score([], [], two.NewScratch(), scores);
        three.Score([], [], three.NewScratch(), softmax);

        Assert.Equal(Math.Log((2.5 + 0.5) / (0.5 + 0.5)), scores[0], 1e-12);
        Assert.Equal([Math.Log(1.5), Math.Log(1), Math.Log(1)], softmax);
    }

    [Fact]
    public void What_is_no_forest_is_refused()
    {
        Refused("node 1 leads to node 1: expected 2 to 1", () => Boosted([Nodes[0], Nodes[1] with { Left = 1 }]));
        Refused("node 0 leads to node 2", () => Boosted([Nodes[0] with { Left = 2 }, Nodes[1]]));
        Refused("node 0 leads to leaf 3 of 3", () => Boosted([Nodes[0] with { Right = ~3 }, Nodes[1]]));
        Refused("tree 1 leads to leaf 7 of 3", () => Boosted(roots: [0, ~7]));
        Refused("node 1 splits by feature 4 of 4", () => Boosted([Nodes[0], Nodes[1] with { FeatureAndDefault = ~4 }]));
        Refused("no number", () => Boosted([Nodes[0] with { Threshold = float.NaN }, Nodes[1]]));
        Refused("not all finite", () => Boosted(leaves: [0, float.PositiveInfinity, 0]));
        Refused("not all finite", () => Boosted(intercepts: [double.NaN]));
        Refused("tree 1 adds to score 1 of 1", () => Boosted(targets: [0, 1]));
        Refused("1 targets of 2 trees", () => Boosted(targets: [0]));
        Refused("2 intercepts for 1 scores", () => Boosted(intercepts: [0, 0]));
        Refused("without a tree", () => Boosted(roots: [], targets: []));
        Refused("not a multiple of 2", () => new Forest(ForestKind.Voting, [], [~0], [0], [1, 0, 1], [0], 2, 1));
        Refused("below 0", () => new Forest(ForestKind.Voting, [], [~0], [0], [1, -1], [0], 2, 1));
    }

    [Fact]
    public void A_tree_on_its_way_into_a_forest_must_be_a_tree()
    {
        var circle = new GrownTree();
        circle.Nodes.AddRange([new ForestNode(0, 0, 1, 1), new ForestNode(0, 0, ~0, ~0)]);
        circle.Leaves.Add(1);
        Refused("reaches a node twice", () => Build(circle));

        var apart = new GrownTree();
        apart.Nodes.AddRange([new ForestNode(0, 0, ~0, ~0), new ForestNode(0, 0, ~0, ~0)]);
        apart.Leaves.Add(1);
        Refused("reaches 1 of its 2 nodes", () => Build(apart));
    }

    private static Forest Build(GrownTree tree)
    {
        var forest = new ForestBuilder(ForestKind.Boosted, 2, 1);
        forest.Add(tree, 0);
        return forest.Build([0]);
    }

    private static void Refused(string message, Func<object?> act) => Assert.Contains(message, Assert.Throws<InvalidInputException>(act).Message, StringComparison.Ordinal);
}
