using Vigie.Features;
using Vigie.Models;

namespace Vigie.Recipes;

/// <summary>Grows a forest over the whole training matrix.</summary>
/// <param name="Estimator">Grows the trees.</param>
public sealed record ForestLearner(IForestEstimator Estimator) : VectorizingLearner
{
    /// <summary>Boosting watches its loss on validation rows, whether or not it stops by it.</summary>
    public override bool LooksAtValidation => Estimator is not RandomForest;

    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        (FittedVectorizer vectorizer, NgramMatrix matrix) = Vectorizer.Fit(rows.Texts, rows.Labels, context.Phase("vectorising"), context.Cancellation);
        LabelledRows? validation = rows.ValidationTexts.Count == 0 ? null : new LabelledRows(vectorizer.Transform(rows.ValidationTexts), rows.ValidationLabels);
        var train = new LabelledRows(vectorizer.Weigh(matrix), rows.Labels);
        return new ForestTextModel(vectorizer, Estimator.Fit(train, validation, rows.Classes.Count, context.Seed, context.Fitting, context.Cancellation));
    }
}
