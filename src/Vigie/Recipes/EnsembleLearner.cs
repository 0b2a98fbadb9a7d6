using Vigie.Models;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>How an ensemble's members are combined.</summary>
public enum Combination
{
    /// <summary>The mean of their probabilities.</summary>
    Voting,

    /// <summary>A logistic regression over their log-odds, learnt on validation rows.</summary>
    Stacking,
}

/// <summary>Combines classifiers that were trained before. The training rows are not looked at: members have learnt from theirs.</summary>
/// <param name="Members">Classifiers of the same classes.</param>
/// <param name="Combination">How.</param>
public sealed record EnsembleLearner(IReadOnlyList<EnsembleMember> Members, Combination Combination) : TextLearner
{
    /// <summary>Each member's weight in a vote; null weighs all alike.</summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>The members' own pipelines read the texts; this is the first one's.</summary>
    public override TextPipeline Text
    {
        get => Members[0].Classifier.Model.Text;
        init => throw new InvalidOperationException("members keep their text pipelines");
    }

    /// <inheritdoc/>
    public override bool LooksAtValidation => Combination == Combination.Stacking;

    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        EnsembleModel.Check(Members);
        if (!Members[0].Classifier.Classes.SequenceEqual(rows.Classes))
            throw new InvalidInputException($"the members tell {string.Join(", ", Members[0].Classifier.Classes)} apart, the data has {string.Join(", ", rows.Classes)}");
        if (Combination == Combination.Voting) return new EnsembleModel(Members, new SoftVote(Weights ?? [.. Members.Select(_ => 1.0)]));
        if (Weights is not null) throw new InvalidInputException("weights are of a vote; stacking learns its own");
        if (rows.ValidationTexts.Count == 0) throw new InvalidInputException("stacking learns on validation rows, and there are none: give more rows, or combine by voting");
        var probabilities = new double[Members.Count][];
        for (int m = 0; m < Members.Count; m++)
        {
            probabilities[m] = Members[m].Classifier.PredictProbabilities(rows.ValidationTexts, context.Cancellation);
            context.Progress?.Report(new TrainingProgress("asking the members", (m + 1.0) / Members.Count));
        }
        return new EnsembleModel(Members, Stacking.Fit(probabilities, rows.ValidationLabels, rows.Classes.Count, context.Cancellation));
    }
}
