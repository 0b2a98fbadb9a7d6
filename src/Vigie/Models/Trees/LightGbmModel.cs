using System.Globalization;

namespace Vigie.Models;

/// <summary>Reads a model as LightGBM writes it in text: a head and then trees, each a block of <c>name=values</c> lines.</summary>
internal static class LightGbmModel
{
    // Bits of decision_type.
    private const int Categorical = 1, DefaultLeft = 2, MissingShift = 2, MissingIsZero = 1;

    /// <param name="text">The model.</param>
    /// <param name="classes">Number of classes it was trained for.</param>
    /// <param name="features">Number of columns it was trained on.</param>
    /// <exception cref="InvalidInputException">The text is not a model of trees for so many classes and features.</exception>
    public static Forest Parse(string text, int classes, int features)
    {
        int scores = classes == 2 ? 1 : classes;
        Dictionary<string, string>? block = null;
        Dictionary<string, string> head = [];
        var trees = new List<Dictionary<string, string>>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (line == "end of trees") return Build(head, trees, scores, classes, features);
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0) continue;
            if (line.StartsWith("Tree=", StringComparison.Ordinal)) trees.Add(block = []);
            (block ?? head)[line[..equals]] = line[(equals + 1)..];
        }
        throw new InvalidInputException($"LightGBM's model breaks off after {trees.Count} trees");
    }

    private static Forest Build(Dictionary<string, string> head, List<Dictionary<string, string>> trees, int scores, int classes, int features)
    {
        int perRound = Numbers<int>(head, "num_tree_per_iteration", 1)[0];
        if (perRound != scores) throw new InvalidInputException($"LightGBM's model has {perRound} scores, {classes} classes have {scores}");
        var forest = new ForestBuilder(ForestKind.Boosted, classes, features);
        foreach ((int t, Dictionary<string, string> tree) in trees.Index()) forest.Add(Read(tree), t % scores);
        // What scores start from is in the leaves of the first trees.
        return forest.Build(new double[scores]);
    }

    private static GrownTree Read(Dictionary<string, string> block)
    {
        var tree = new GrownTree();
        int leaves = Numbers<int>(block, "num_leaves", 1)[0];
        if (leaves < 1) throw new InvalidInputException($"a tree of LightGBM's model has {leaves} leaves");
        tree.Leaves.AddRange(Numbers<double>(block, "leaf_value", leaves).Select(value => (float)value));
        if (leaves == 1) return tree;
        int[] features = Numbers<int>(block, "split_feature", leaves - 1), decisions = Numbers<int>(block, "decision_type", leaves - 1);
        int[] left = Numbers<int>(block, "left_child", leaves - 1), right = Numbers<int>(block, "right_child", leaves - 1);
        double[] thresholds = Numbers<double>(block, "threshold", leaves - 1);
        for (int i = 0; i < features.Length; i++)
        {
            if (features[i] < 0 || (decisions[i] & Categorical) != 0) throw new InvalidInputException($"a tree of LightGBM's model splits by feature {features[i]} with decision {decisions[i]}: expected a number");
            bool defaultLeft = decisions[i] >> MissingShift == MissingIsZero ? (decisions[i] & DefaultLeft) != 0 : 0 <= thresholds[i];
            tree.Nodes.Add(new ForestNode(defaultLeft ? features[i] : ~features[i], RoundDown(thresholds[i]), left[i], right[i]));
        }
        return tree;
    }

    // A value in single precision is at most the threshold exactly where it is at most the next number below that has single precision.
    private static float RoundDown(double threshold)
    {
        float single = (float)threshold;
        return single > threshold ? MathF.BitDecrement(single) : single;
    }

    private static T[] Numbers<T>(Dictionary<string, string> block, string name, int count) where T : IParsable<T>
    {
        if (!block.TryGetValue(name, out string? line)) throw new InvalidInputException($"LightGBM's model has a part without {name}");
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != count) throw new InvalidInputException($"LightGBM's model has {parts.Length} numbers in {name}, expected {count}");
        return Array.ConvertAll(parts, part => T.TryParse(part, CultureInfo.InvariantCulture, out T? number) ? number : throw new InvalidInputException($"LightGBM's model has {name}={part}: not a number"));
    }
}
