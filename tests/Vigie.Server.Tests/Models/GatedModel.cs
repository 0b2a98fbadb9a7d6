using Vigie.Models;
using Vigie.Text;

namespace Vigie.Server.Tests;

/// <summary>A model that stands still at a gate.</summary>
internal sealed class GatedModel : TextModel
{
    private readonly TextClassifier inner;
    private readonly ManualResetEventSlim gate;

    public GatedModel(TextClassifier inner, ManualResetEventSlim gate)
    {
        (this.inner, this.gate) = (inner, gate);
        Classifier = new TextClassifier(inner.Classes, this, inner.Prior, inner.Calibrations, inner.Threshold);
    }

    public TextClassifier Classifier { get; }

    /// <summary>Whether it waits for the gate.</summary>
    public bool IsShut { get; set; }

    public override int ScoreCount => inner.Model.ScoreCount;

    public override TextPipeline Text => inner.Model.Text;

    public override int FeatureCount => inner.Model.FeatureCount;

    public override TextScorer NewScorer() => new Scorer(this);

    private sealed class Scorer(GatedModel model) : TextScorer
    {
        private readonly TextScorer inner = model.inner.Model.NewScorer();

        public override Evidence Score(string text, Span<double> scores)
        {
            if (model.IsShut) model.gate.Wait();
            return inner.Score(text, scores);
        }
    }
}
