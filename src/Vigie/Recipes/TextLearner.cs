using Vigie.Models;
using Vigie.Networks;
using Vigie.Text;
using Vigie.Tweets;

namespace Vigie.Recipes;

/// <summary>How a recipe learns: hyperparameters only. Same learner, seed, rows and order → same model.</summary>
public abstract record TextLearner
{
    /// <summary>From raw text to tokens.</summary>
    public abstract TextPipeline Text { get; init; }

    /// <summary>Whether learning looks at validation rows, to stop early say.</summary>
    public virtual bool LooksAtValidation => false;

    /// <summary>Whether learning trains a network, for which <see cref="FitContext.Networks"/> is then needed.</summary>
    public virtual bool TrainsNetwork => false;

    /// <summary>Learns a model.</summary>
    /// <param name="rows">What there is to learn from.</param>
    /// <param name="context">Seed, progress and what else the training brings along.</param>
    /// <exception cref="InvalidInputException">A setting is out of range, or the rows do not suffice.</exception>
    /// <exception cref="OperationCanceledException">The training was stopped.</exception>
    public abstract TextModel Fit(LearningRows rows, FitContext context);

    /// <summary>What parameters of learners of one kind are set in: the learner itself, or a part of it; null where they have no effect.</summary>
    internal virtual TLearner? Part<TLearner>()
        where TLearner : TextLearner => this as TLearner;

    /// <summary>The learner with another <see cref="Part"/>.</summary>
    internal virtual TextLearner With(TextLearner part) => part;
}

/// <summary>Rows to learn from, every class among the training rows.</summary>
/// <param name="Classes">The classes in column order.</param>
/// <param name="Texts">Training texts.</param>
/// <param name="Labels">Class column of each training text.</param>
/// <param name="ValidationTexts">Texts to stop by; may be empty.</param>
/// <param name="ValidationLabels">Class column of each of them.</param>
public sealed record LearningRows(
    IReadOnlyList<Sentiment> Classes, IReadOnlyList<string> Texts, byte[] Labels, IReadOnlyList<string> ValidationTexts, byte[] ValidationLabels);

/// <summary>What a training brings along besides rows.</summary>
public sealed record FitContext
{
    /// <summary>Seeds whatever is drawn by chance.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Told what is being done.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Ends the fit with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>A folder where a long fit keeps what it needs to go on after a stop; null for none.</summary>
    public string? Checkpoints { get; init; }

    /// <summary>Trains networks; null where no recipe in question does.</summary>
    public INetworkTrainer? Networks { get; init; }

    /// <summary>Takes the share done of one phase, from 0 to 1; null where nobody listens.</summary>
    internal IProgress<double>? Phase(string phase) => Progress is null ? null : new Renamed(Progress, phase);

    /// <summary>Takes the iterations of an estimator; null where nobody listens.</summary>
    internal IProgress<FitProgress>? Fitting => Progress is null ? null : new FitReports(Progress);

    private sealed class FitReports(IProgress<TrainingProgress> progress) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => progress.Report(new TrainingProgress("fitting", value.Share) { Step = value.Iteration, Loss = value.Loss, ValidationLoss = value.ValidationLoss });
    }

    private sealed class Renamed(IProgress<TrainingProgress> progress, string phase) : IProgress<double>
    {
        public void Report(double share) => progress.Report(new TrainingProgress(phase, share));
    }
}
