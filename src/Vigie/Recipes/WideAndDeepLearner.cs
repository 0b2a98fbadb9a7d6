using Vigie.Models;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>
/// A network that reads words in their order, and a linear model of n-grams that knows each rare phrase by itself, joined by a last layer over both their log-odds
/// (after Cheng et al., 'Wide and deep learning', 2016; here the last layer is learnt after the two, on validation rows). Parameters set by name are those of the network.
/// </summary>
/// <param name="Deep">The network.</param>
/// <param name="Wide">The linear model.</param>
public sealed record WideAndDeepLearner(NetworkLearner Deep, LinearLearner Wide) : TextLearner
{
    /// <summary>The network's pipeline; the linear model has its own.</summary>
    public override TextPipeline Text
    {
        get => Deep.Text;
        init => Deep = Deep with { Text = value };
    }

    /// <inheritdoc/>
    public override bool LooksAtValidation => true;

    /// <inheritdoc/>
    public override bool TrainsNetwork => true;

    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        if (rows.ValidationTexts.Count == 0) throw new InvalidInputException("network and linear model are joined on validation rows, and there are none: give more rows, or train them apart");
        double[] prior = [.. rows.Classes.Select((_, c) => (double)rows.Labels.AsSpan().Count((byte)c) / rows.Labels.Length)];
        // The network first: it is what takes long, and what goes on from a checkpoint.
        EnsembleMember[] members = [Member("network", Deep.Fit(rows, context)), Member("n-grams", Wide.Fit(rows, context))];
        double[][] probabilities = [.. members.Select(member => member.Classifier.PredictProbabilities(rows.ValidationTexts, context.Cancellation))];
        return new EnsembleModel(members, Stacking.Fit(probabilities, rows.ValidationLabels, rows.Classes.Count, context.Cancellation));

        EnsembleMember Member(string name, TextModel model) => new(name, name, "", new TextClassifier(rows.Classes, model, prior));
    }

    internal override TLearner? Part<TLearner>()
        where TLearner : class => Deep as TLearner;

    internal override TextLearner With(TextLearner part) => this with { Deep = (NetworkLearner)part };
}
