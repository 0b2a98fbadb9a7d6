using Vigie.Features;
using Vigie.Text;

namespace Vigie.Models;

/// <summary>A forest over the n-grams of a text.</summary>
public sealed class ForestTextModel : TextModel
{
    /// <summary>Puts the parts together.</summary>
    /// <param name="vectorizer">From text to features.</param>
    /// <param name="forest">From features to scores.</param>
    /// <exception cref="InvalidInputException">The parts do not fit together.</exception>
    public ForestTextModel(FittedVectorizer vectorizer, Forest forest)
    {
        if (forest.FeatureCount != vectorizer.FeatureCount) throw new InvalidInputException($"a forest of {forest.FeatureCount} features for a vectoriser of {vectorizer.FeatureCount}");
        (Vectorizer, Forest) = (vectorizer, forest);
    }

    /// <summary>From text to features.</summary>
    public FittedVectorizer Vectorizer { get; }

    /// <summary>From features to scores.</summary>
    public Forest Forest { get; }

    /// <inheritdoc/>
    public override int ScoreCount => Forest.ScoreCount;

    /// <inheritdoc/>
    public override TextPipeline Text => Vectorizer.Options.Text;

    /// <inheritdoc/>
    public override int FeatureCount => Vectorizer.FeatureCount;

    /// <inheritdoc/>
    public override TextScorer NewScorer() => new Scorer(this);

    private sealed class Scorer(ForestTextModel model) : TextScorer
    {
        private readonly FeatureRow row = model.Vectorizer.NewRow();
        private readonly float[] scratch = model.Forest.NewScratch();

        public override bool IsOversized => row.Ngrams.IsOversized;

        public override Evidence Score(string text, Span<double> scores)
        {
            model.Vectorizer.Transform(text, row);
            model.Forest.Score(row.Columns, row.Values, scratch, scores);
            return model.Vectorizer.Evidence(row);
        }
    }
}
