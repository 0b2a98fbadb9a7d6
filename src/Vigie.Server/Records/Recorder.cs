namespace Vigie.Server;

/// <summary>Keeps predictions and corrections: what endpoints call.</summary>
/// <param name="ids">Gives ids out.</param>
/// <param name="keeper">Keeps; null where nothing is kept.</param>
internal sealed class Recorder(PredictionIds ids, RecordKeeper? keeper = null)
{
    /// <summary>A new id.</summary>
    public PredictionId NextId() => ids.Next();

    /// <summary>Reads an id that was given out here.</summary>
    public bool TryParseId(ReadOnlySpan<char> text, out PredictionId id) => ids.TryParse(text, out id);

    /// <summary>Whether predictions are kept. Where they are not, nobody need put a record together.</summary>
    public bool IsOn { get; } = keeper is { IsOn: true };

    /// <summary>Keeps a prediction. Returns at once and never fails: what it waits for is not the caller's to wait for.</summary>
    public void Record(PredictionRecord prediction) => keeper?.Add(prediction);

    /// <summary>Keeps a correction; completes when it is safe from a loss of power.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="RequestException">501: nothing is kept here.</exception>
    public Task RecordAsync(FeedbackRecord feedback) => Kept().AddAsync(feedback);

    /// <summary>Has something forgotten; completes when the wish itself is safe.</summary>
    /// <returns>Completes when it is carried out.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="RequestException">501: nothing is kept here.</exception>
    public Task<Task<ErasureCounts>> EraseAsync(ErasureRecord erasure) => Kept().AddAsync(erasure);

    /// <summary>Waits no longer for an erasure.</summary>
    public void Forget(PredictionId erasure) => keeper?.Forget(erasure);

    /// <summary>How it stands with the records.</summary>
    public RecordsState State => keeper?.State ?? new RecordsState();

    /// <summary>Has somebody told of every text before it is erased; see <see cref="RecordKeeper.OnErase"/>.</summary>
    public void OnErase(Action<Erased> told) => keeper?.OnErase(told);

    private RecordKeeper Kept() => IsOn ? keeper! : throw RequestException.NoRecords();
}
