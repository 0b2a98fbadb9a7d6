using System.Globalization;
using System.Text.Json;

namespace Vigie.Models;

/// <summary>Reads a model as XGBoost writes it in JSON.</summary>
internal static class XgboostModel
{
    /// <param name="json">The model.</param>
    /// <param name="classes">Number of classes it was trained for.</param>
    /// <param name="features">Number of columns it was trained on.</param>
    /// <param name="rounds">Take the trees of so many first rounds.</param>
    /// <exception cref="InvalidInputException">The text is not a model of trees for so many classes and features.</exception>
    public static Forest Parse(ReadOnlyMemory<byte> json, int classes, int features, int rounds)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement.GetProperty("learner"), classes, features, rounds);
        }
        // A property that is missing, or holds another type than its name promises.
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new InvalidInputException($"not a model of XGBoost: {fault.Message}", fault);
        }
    }

    private static Forest Read(JsonElement learner, int classes, int features, int rounds)
    {
        JsonElement parameters = learner.GetProperty("learner_model_param");
        int scores = classes == 2 ? 1 : classes;
        int modelClasses = Math.Max(1, int.Parse(parameters.GetProperty("num_class").GetString()!, CultureInfo.InvariantCulture));
        if (modelClasses != scores) throw new InvalidInputException($"XGBoost's model has {modelClasses} scores, {classes} classes have {scores}");
        JsonElement model = learner.GetProperty("gradient_booster").GetProperty("model");
        int[] groups = Numbers(model.GetProperty("tree_info"), element => element.GetInt32());
        var forest = new ForestBuilder(ForestKind.Boosted, classes, features);
        foreach ((int t, JsonElement tree) in model.GetProperty("trees").EnumerateArray().Index())
        {
            // One tree a class in each round.
            if (t < rounds * scores) forest.Add(ReadTree(tree), groups.Length > t ? groups[t] : throw new InvalidInputException($"XGBoost's model has {groups.Length} entries in tree_info, fewer than trees"));
        }
        double intercept = BaseScore(parameters.GetProperty("base_score").GetString()!);
        return forest.Build([.. Enumerable.Repeat(classes == 2 ? Math.Log(intercept / (1 - intercept)) : intercept, scores)]);
    }

    // Version 3 writes one number for each score.
    private static double BaseScore(string text) => double.Parse(text.Trim('[', ']').Split(',')[0], NumberStyles.Float, CultureInfo.InvariantCulture);

    private static GrownTree ReadTree(JsonElement json)
    {
        int[] left = Numbers(json.GetProperty("left_children"), element => element.GetInt32()), right = Numbers(json.GetProperty("right_children"), element => element.GetInt32());
        int[] features = Numbers(json.GetProperty("split_indices"), element => element.GetInt32());
        float[] conditions = Numbers(json.GetProperty("split_conditions"), element => element.GetSingle());
        // Numbers in some versions, true and false in others.
        bool[] defaults = Numbers(json.GetProperty("default_left"), element => element.ValueKind == JsonValueKind.Number ? element.GetInt32() != 0 : element.GetBoolean());
        if (left.Length == 0 || right.Length != left.Length || features.Length != left.Length || conditions.Length != left.Length || defaults.Length != left.Length)
            throw new InvalidInputException($"a tree of XGBoost's model has {left.Length} left children, {right.Length} right ones, {features.Length} features, {conditions.Length} conditions and {defaults.Length} defaults");
        var tree = new GrownTree();
        // Splits and leaves are numbered together there, apart here.
        var number = new int[left.Length];
        int splits = 0;
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] < 0) tree.Leaves.Add(conditions[i]);
            number[i] = left[i] < 0 ? ~(tree.Leaves.Count - 1) : splits++;
        }
        for (int i = 0; i < left.Length; i++)
        {
            if (left[i] < 0) continue;
            if (left[i] >= number.Length || right[i] < 0 || right[i] >= number.Length || features[i] < 0)
                throw new InvalidInputException($"node {i} of a tree of XGBoost's model splits by feature {features[i]} into {left[i]} and {right[i]} of {number.Length} nodes");
            // There, values below the condition go left; here, those up to the threshold.
            tree.Nodes.Add(new ForestNode(defaults[i] ? features[i] : ~features[i], MathF.BitDecrement(conditions[i]), number[left[i]], number[right[i]]));
        }
        return tree;
    }

    private static T[] Numbers<T>(JsonElement array, Func<JsonElement, T> read) => [.. array.EnumerateArray().Select(read)];
}
