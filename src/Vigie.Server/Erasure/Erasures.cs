namespace Vigie.Server;

/// <summary>Has something forgotten, for endpoints and pages alike.</summary>
internal sealed class Erasures(Recorder recorder, ShadowQueue shadows, ServerOptions options)
{
    /// <summary>A disk that does not answer within this counts as one that takes nothing.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    /// <summary>Notes that it is to be forgotten, and waits a little for its end.</summary>
    /// <param name="tweet">The identifier under which predictions were asked for; null for none.</param>
    /// <param name="author">What stands for an author; null for nobody.</param>
    /// <param name="cancellation">Ends the wait, and not what is noted.</param>
    /// <exception cref="RequestException">501: nothing is kept; 503: it could not be made safe.</exception>
    public async Task<ErasureAnswer> EraseAsync(string? tweet, long? author, CancellationToken cancellation)
    {
        var erasure = new ErasureRecord(recorder.NextId(), options.Clock.GetUtcNow(), tweet, author);
        Task<ErasureCounts> done = await Durably.DoAsync(NoteAsync().WaitAsync(LongestWait, options.Clock, CancellationToken.None));
        await Task.WhenAny(done, Task.Delay(TimeSpan.FromSeconds(options.Records.ErasureWaitSeconds), options.Clock, cancellation));
        ErasureAnswer answer = done.IsCompletedSuccessfully
            ? new() { ErasureId = erasure.Id, State = ErasureAnswer.Done, Predictions = done.Result.Predictions, Corrections = done.Result.Corrections }
            : new() { ErasureId = erasure.Id, State = ErasureAnswer.Waiting, Detail = Wanting(recorder.State) };
        recorder.Forget(erasure.Id);
        return answer;

        async Task<Task<ErasureCounts>> NoteAsync()
        {
            await shadows.DrainedAsync(); // a tweet that still waits for the shadow was answered before, and is erased with the others
            return await recorder.EraseAsync(erasure);
        }
    }

    private static string Wanting(RecordsState state) =>
        (state.StoreFailure ?? state.JournalFailure) is { } failure ? $"the records cannot be written at present ({failure}); it is carried out as soon as they can, and the same request then answers 200"
        : state.CopiesWaiting is { } away ? $"what this server keeps is erased, or about to be; {away}, and the same request answers 200 once they have gone"
        : $"{state.BytesBehind} bytes of earlier records come first; the same request answers 200 once it is carried out";
}
