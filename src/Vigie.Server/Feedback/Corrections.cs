using Vigie.Tweets;

namespace Vigie.Server;

/// <summary>Puts down what people judge and report, by the way of POST /feedback: safe from a loss of power before it is answered, and seen by figures, alerts and trials alike.</summary>
internal sealed class Corrections(Recorder recorder, TimeProvider clock)
{
    /// <summary>A disk that does not answer within this counts as one that takes nothing. What was sent may be kept all the same.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private const int AtOnce = 500;

    /// <summary>Keeps a correction; completes when it is safe.</summary>
    /// <param name="correction">It; its id and time are given here.</param>
    /// <returns>Its id.</returns>
    /// <exception cref="RequestException">It could not be made safe, or nothing is kept here.</exception>
    public async Task<PredictionId> KeepAsync(CorrectionDraft correction)
    {
        FeedbackRecord record = correction.With(recorder.NextId(), clock.GetUtcNow());
        await Durably.DoAsync(recorder.RecordAsync(record).WaitAsync(LongestWait, clock));
        return record.Id;
    }

    /// <summary>Keeps many, in their order: those that wait for the disk share its answer.</summary>
    /// <param name="corrections">They.</param>
    /// <param name="kept">Told how many are safe.</param>
    /// <param name="cancellation">Ends it; those that were told of are kept.</param>
    /// <inheritdoc cref="KeepAsync(CorrectionDraft)"/>
    public async Task KeepAsync(IReadOnlyList<CorrectionDraft> corrections, Action<int> kept, CancellationToken cancellation)
    {
        int done = 0;
        foreach (CorrectionDraft[] some in corrections.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.WhenAll(some.Select(KeepAsync));
            kept(done += some.Length);
        }
    }
}

/// <summary>A correction that is not kept yet.</summary>
/// <param name="Label">What is right.</param>
internal sealed record CorrectionDraft(Sentiment Label)
{
    /// <inheritdoc cref="FeedbackRecord.Prediction"/>
    public PredictionId? Prediction { get; init; }

    /// <inheritdoc cref="FeedbackRecord.Text"/>
    public string? Text { get; init; }

    /// <inheritdoc cref="FeedbackRecord.Predicted"/>
    public Sentiment? Predicted { get; init; }

    /// <inheritdoc cref="FeedbackRecord.Reporter"/>
    public string? Reporter { get; init; }

    /// <inheritdoc cref="FeedbackRecord.Comment"/>
    public string? Comment { get; init; }

    /// <inheritdoc cref="FeedbackRecord.IsReview"/>
    public bool IsReview { get; init; }

    /// <inheritdoc cref="FeedbackRecord.Settles"/>
    public bool Settles { get; init; }

    /// <summary>A reviewer's judgement of a text in the queue. Of a text that came with its correction nothing is said to have been predicted: that would count it again.</summary>
    public static CorrectionDraft Of(ReviewItem item, Sentiment label, string reviewer, bool settles = false) => new(label)
    {
        Prediction = item.IsPrediction ? item.Id : null,
        Text = item.IsPrediction ? null : item.Text,
        Reporter = reviewer,
        IsReview = true,
        Settles = settles,
    };

    /// <summary>A judgement that was made elsewhere.</summary>
    public static CorrectionDraft Of(ImportedLabel row) => new(row.Label) { Prediction = row.Prediction, Text = row.Text, Reporter = row.Reviewer, IsReview = true };

    /// <summary>The record.</summary>
    public FeedbackRecord With(PredictionId id, DateTimeOffset at) => new()
    {
        Id = id,
        At = at,
        Prediction = Prediction,
        Text = Text,
        Predicted = Predicted,
        Label = Label,
        Reporter = Reporter,
        Comment = Comment,
        IsReview = IsReview,
        Settles = Settles,
    };
}
