using Vigie.Models;
using Vigie.Text;

namespace Vigie.Recipes;

/// <summary>Learns fastText's classifier.</summary>
/// <param name="Trainer">Its settings; the seed is the training's.</param>
public sealed record FastTextLearner(FastTextTrainer Trainer) : TextLearner
{
    /// <inheritdoc/>
    public override TextPipeline Text
    {
        get => Trainer.Input.Text;
        init => Trainer = Trainer with { Input = Trainer.Input with { Text = value } };
    }

    /// <inheritdoc/>
    public override TextModel Fit(LearningRows rows, FitContext context) =>
        (Trainer with { Seed = context.Seed }).Fit(rows.Texts, rows.Labels, rows.Classes.Count, context.Phase("reading n-grams"), context.Fitting, context.Cancellation);
}
