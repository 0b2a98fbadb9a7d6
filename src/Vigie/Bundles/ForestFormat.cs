using System.Globalization;
using Vigie.Features;
using Vigie.Models;

namespace Vigie.Bundles;

/// <summary>
/// Trees over n-grams: vectoriser, vocabulary, and the nodes of all trees as arrays. Whichever library grew them, reading needs none. Leaves are called <c>votes</c>
/// (leaves × classes) in a random forest and <c>leaf_values</c> in a boosted one.
/// </summary>
internal sealed class ForestFormat : ModelFormat
{
    private const int Tensors = 8, MostWordsNamed = 20;

    public override string Classifier => "forest";

    public override string Noun => "A forest of decision trees";

    public override IReadOnlyList<string> Required { get; } = [VectorizerFile.Name, WeightsFile.Name];

    public override IReadOnlyList<string> Optional { get; } = [VectorizerFile.Vocabulary];

    public override IReadOnlyList<string> Large { get; } = [VectorizerFile.Vocabulary, WeightsFile.Name];

    public override bool Fits(TextModel model) => model is ForestTextModel;

    public override void Write(BundleWriter to, TextModel model)
    {
        (FittedVectorizer vectorizer, Forest forest) = (((ForestTextModel)model).Vectorizer, ((ForestTextModel)model).Forest);
        IReadOnlyList<ForestNode> nodes = forest.Nodes;
        List<Tensor> tensors =
        [
            Tensor.Of<int>("nodes.feature", [.. nodes.Select(node => node.FeatureAndDefault)]),
            Tensor.Of<float>("nodes.threshold", [.. nodes.Select(node => node.Threshold)]),
            Tensor.Of<int>("nodes.left", [.. nodes.Select(node => node.Left)]),
            Tensor.Of<int>("nodes.right", [.. nodes.Select(node => node.Right)]),
            Tensor.Of("trees.root", forest.Roots),
            Tensor.Of("trees.target", forest.Targets),
            Tensor.Of(LeavesOf(forest.Kind), forest.Leaves),
            Tensor.Of("intercepts", forest.Intercepts),
        ];
        VectorizerFile.Write(to, vectorizer, tensors);
        to.Tensors(WeightsFile.Name, tensors);
    }

    public override TextModel Read(VerifiedFiles files, ModelFile file) => VectorizerFile.Read(files, file, (vectorizer, tensors) =>
    {
        int[] features = tensors.ReadVector<int>("nodes.feature");
        float[] thresholds = tensors.Read<float>("nodes.threshold", features.Length);
        int[] left = tensors.Read<int>("nodes.left", features.Length), right = tensors.Read<int>("nodes.right", features.Length);
        var nodes = new ForestNode[features.Length];
        for (int i = 0; i < nodes.Length; i++) nodes[i] = new ForestNode(features[i], thresholds[i], left[i], right[i]);
        int[] roots = tensors.ReadVector<int>("trees.root");
        ForestKind kind = tensors.Names.Contains(LeavesOf(ForestKind.Voting)) ? ForestKind.Voting : ForestKind.Boosted;
        var forest = new Forest(
            kind, nodes, roots, tensors.Read<int>("trees.target", roots.Length), tensors.ReadVector<float>(LeavesOf(kind)),
            tensors.Read<double>("intercepts", file.ScoreCount), file.Classes.Count, vectorizer.FeatureCount);
        return (new ForestTextModel(vectorizer, forest), Tensors);
    });

    public override string TextProbe(TextModel model) => VectorizerFile.Probe(((ForestTextModel)model).Vectorizer.Options);

    public override IEnumerable<string> Describe(TextModel model)
    {
        (FittedVectorizer vectorizer, Forest forest) = (((ForestTextModel)model).Vectorizer, ((ForestTextModel)model).Forest);
        yield return string.Create(CultureInfo.InvariantCulture, $"{model.FeatureCount:N0} features: {VectorizerFile.Describe(vectorizer.Options)}.");
        string kind = forest.Kind == ForestKind.Voting ? "a random forest: each tree votes" : "gradient boosting: each tree adds to the score";
        yield return string.Create(CultureInfo.InvariantCulture, $"{forest.TreeCount:N0} trees of {forest.Nodes.Count:N0} splits, {kind}.");
        if (vectorizer.Vocabulary is not Vocabulary vocabulary) yield break;
        // How often a feature is asked for shows what the trees look at, not which way it speaks.
        IEnumerable<string> asked = forest.Nodes.CountBy(node => node.Feature).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key).Take(MostWordsNamed)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{vocabulary.Names[pair.Key]} ({pair.Value:N0})"));
        yield return $"Asked for most often, with the number of splits: {string.Join(", ", asked)}.";
    }

    private static string LeavesOf(ForestKind kind) => kind == ForestKind.Voting ? "votes" : "leaf_values";
}
