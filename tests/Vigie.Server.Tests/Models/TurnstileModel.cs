using Vigie.Models;
using Vigie.Text;

namespace Vigie.Server.Tests;

/// <summary>A model that gains from company, and lets a test count and hold its runs.</summary>
internal sealed class TurnstileModel : TextModel, IDisposable
{
    private readonly TextClassifier inner;
    private readonly SemaphoreSlim passes = new(0);
    private int entered, inside, most;

    public TurnstileModel(ServedModel model)
    {
        inner = model.Classifier;
        Served = model with { Classifier = new TextClassifier(inner.Classes, this, inner.Prior, inner.Calibrations, inner.Threshold) };
    }

    public ServedModel Served { get; }

    /// <summary>Whether runs need a pass.</summary>
    public bool IsShut { get; set; }

    /// <summary>Runs that began while it was shut.</summary>
    public int Entered => Volatile.Read(ref entered);

    /// <summary>Most of them at the same time.</summary>
    public int Most => Volatile.Read(ref most);

    public override int ScoreCount => inner.Model.ScoreCount;

    public override TextPipeline Text => inner.Model.Text;

    public override int FeatureCount => inner.Model.FeatureCount;

    public override bool GainsFromBatches => true;

    /// <summary>Waits for so many runs to have begun.</summary>
    public Task EnteredAsync(int runs) => RunningServer.UntilAsync(() => Task.FromResult(Entered >= runs));

    /// <summary>Lets so many runs pass.</summary>
    public void Pass(int runs = 1) => passes.Release(runs);

    public override TextScorer NewScorer() => new Scorer(this);

    public override void ScoreTogether(IReadOnlyList<string> texts, Span<double> scores, Span<Evidence> evidence)
    {
        Enter();
        inner.Model.ScoreTogether(texts, scores, evidence);
        Leave();
    }

    public void Dispose() => passes.Dispose();

    private void Enter()
    {
        int now = Interlocked.Increment(ref inside);
        if (!IsShut) return;
        lock (passes) most = Math.Max(most, now);
        Interlocked.Increment(ref entered);
        passes.Wait();
    }

    private void Leave() => Interlocked.Decrement(ref inside);

    private sealed class Scorer(TurnstileModel model) : TextScorer
    {
        private readonly TextScorer inner = model.inner.Model.NewScorer();

        public override Evidence Score(string text, Span<double> scores)
        {
            model.Enter();
            Evidence evidence = inner.Score(text, scores);
            model.Leave();
            return evidence;
        }
    }
}
