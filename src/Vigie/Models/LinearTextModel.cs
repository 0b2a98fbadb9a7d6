using Vigie.Features;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Models;

/// <summary>A linear model over the n-grams of a text.</summary>
public sealed class LinearTextModel : TextModel
{
    /// <summary>Puts the parts together.</summary>
    /// <param name="vectorizer">From text to features.</param>
    /// <param name="linear">From features to scores.</param>
    /// <exception cref="InvalidInputException">The parts do not fit together.</exception>
    public LinearTextModel(FittedVectorizer vectorizer, LinearModel linear)
    {
        if (linear.Coefficients.Any(row => row.Length != vectorizer.FeatureCount))
            throw new InvalidInputException($"coefficients of {linear.Coefficients[0].Length} features for a vectoriser of {vectorizer.FeatureCount}");
        (Vectorizer, Linear) = (vectorizer, linear);
    }

    /// <summary>From text to features.</summary>
    public FittedVectorizer Vectorizer { get; }

    /// <summary>From features to scores.</summary>
    public LinearModel Linear { get; }

    /// <inheritdoc/>
    public override int ScoreCount => Linear.ScoreCount;

    /// <inheritdoc/>
    public override Link Link => Linear.Link;

    /// <inheritdoc/>
    public override TextPipeline Text => Vectorizer.Options.Text;

    /// <inheritdoc/>
    public override int FeatureCount => Vectorizer.FeatureCount;

    /// <inheritdoc/>
    public override TextScorer NewScorer() => new Scorer(this);

    internal override Explanation Explain(string text, Prediction prediction, int explained, Sentiment classOf)
    {
        FeatureRow row = Vectorizer.NewRow();
        Vectorizer.Transform(text, row);
        row.Ngrams.Fill(text, locate: true);
        double[] coefficients = Linear.Coefficients[explained];
        return new LinearExplainer(Vectorizer.Options.Ngrams, Vectorizer.Column, Linear.Intercepts[explained]).Explain(
            row.Ngrams, (column, _) => row.Values[row.IndexOf(column)], column => coefficients[column], prediction, classOf);
    }

    private sealed class Scorer(LinearTextModel model) : TextScorer
    {
        private readonly FeatureRow row = model.Vectorizer.NewRow();

        public override bool IsOversized => row.Ngrams.IsOversized;

        public override Evidence Score(string text, Span<double> scores)
        {
            model.Vectorizer.Transform(text, row);
            model.Linear.Decide(row.Columns, row.Values, scores);
            return model.Vectorizer.Evidence(row);
        }
    }
}
