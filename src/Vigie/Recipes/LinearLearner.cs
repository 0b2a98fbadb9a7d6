using Vigie.Features;
using Vigie.Models;

namespace Vigie.Recipes;

/// <summary>Learns a linear model from the whole training matrix.</summary>
/// <param name="Estimator">Finds the coefficients.</param>
public sealed record LinearLearner(ILinearEstimator Estimator) : VectorizingLearner
{
    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context)
    {
        (FittedVectorizer vectorizer, NgramMatrix matrix) = Vectorizer.Fit(rows.Texts, rows.Labels, context.Phase("vectorising"), context.Cancellation);
        ILinearEstimator estimator = Estimator is DualLogisticRegression dual ? dual with { Seed = context.Seed } : Estimator;
        return new LinearTextModel(vectorizer, estimator.Fit(vectorizer, matrix, rows.Labels, rows.Classes.Count, context.Fitting, context.Cancellation));
    }
}
