namespace Vigie.Mlflow.Client;

/// <summary>What is sent at once, within the limits of MLflow's batches.</summary>
internal sealed record RunBatch(IReadOnlyList<Metric> Metrics, IReadOnlyList<Param> Params, IReadOnlyList<Tag> Tags)
{
    public int Count => Metrics.Count + Params.Count + Tags.Count;

    /// <summary>Two halves, to find what in it is refused.</summary>
    public (RunBatch First, RunBatch Second) Halves() =>
        Count == Metrics.Count ? Split(Metrics, (metrics, _, _) => new RunBatch(metrics, [], []))
        : Count == Params.Count ? Split(Params, (_, parameters, _) => new RunBatch([], parameters, []))
        : Count == Tags.Count ? Split(Tags, (_, _, tags) => new RunBatch([], [], tags))
        : Metrics.Count > 0 ? (this with { Params = [], Tags = [] }, this with { Metrics = [] })
        : (this with { Tags = [] }, this with { Params = [] });

    private static (RunBatch First, RunBatch Second) Split<T>(IReadOnlyList<T> items, Func<Metric[], Param[], Tag[], RunBatch> make)
    {
        RunBatch Of(T[] half) => make(half as Metric[] ?? [], half as Param[] ?? [], half as Tag[] ?? []);
        return (Of([.. items.Take(items.Count / 2)]), Of([.. items.Skip(items.Count / 2)]));
    }
}

/// <summary>
/// Takes entries without waiting and sends them in the background, as many at once as a batch may hold. Nothing is dropped while the store is away; what
/// the store refuses is dropped, and told by the next flush.
/// </summary>
/// <param name="send">Sends one batch: all of it or nothing.</param>
/// <param name="clock">Measures the wait before a store that was away is asked again.</param>
internal sealed class LogQueue(Func<RunBatch, CancellationToken, Task> send, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>More entries than this do not wait: the store is away, and the training should know.</summary>
    public const int Capacity = 1_000_000;

    /// <summary>How long a store that was away is left alone, unless a flush asks.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly Queue<Metric> metrics = new();
    private readonly Queue<Param> parameters = new();
    private readonly Queue<Tag> tags = new();
    private readonly List<MlflowException> refusals = [];
    private readonly CancellationTokenSource stop = new();
    private RunBatch? underWay;
    private Task? sender;
    private TaskCompletionSource wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<MlflowException?> idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Entries that the store has not accepted yet.</summary>
    public int Waiting
    {
        get { lock (gate) return Count; }
    }

    private int Count => metrics.Count + parameters.Count + tags.Count + (underWay?.Count ?? 0);

    public void Add(Metric metric) => Add(metrics, metric);

    public void Add(Param param) => Add(parameters, param);

    public void Add(Tag tag) => Add(tags, tag);

    private void Add<T>(Queue<T> queue, T entry)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(stop.IsCancellationRequested, this);
            if (Count >= Capacity)
                throw new MlflowException(ErrorCode.RequestLimitExceeded, $"{Capacity:N0} values wait to be sent; the store is away or too slow, and no more can be taken");
            queue.Enqueue(entry);
            sender ??= Task.Run(SendAllAsync);
        }
    }

    /// <summary>Sends what waits now, and returns when the store has it.</summary>
    /// <exception cref="MlflowException">The store is away; or it refused something since the last flush.</exception>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task<MlflowException?> attempt;
            lock (gate)
            {
                if (Count == 0) break;
                attempt = idle.Task;
                sender ??= Task.Run(SendAllAsync, CancellationToken.None);
                wake.TrySetResult();
            }

            if (await attempt.WaitAsync(cancellation) is { } away)
                throw new MlflowException(away.Code, $"{Waiting:N0} values are not yet accepted, and are kept: {away.Message}", away);
        }

        lock (gate)
        {
            if (refusals.Count == 0) return;
            MlflowException first = refusals[0];
            string message = refusals.Count == 1 ? first.Message : $"{refusals.Count:N0} values were refused; the first: {first.Message}";
            refusals.Clear();
            throw new MlflowException(first.Code, message, first);
        }
    }

    private async Task SendAllAsync()
    {
        while (true)
        {
            lock (gate)
            {
                underWay ??= Next();
                if (underWay is null)
                {
                    sender = null;
                    Announce(null);
                    return;
                }
            }

            try
            {
                await SendAsync(underWay);
                lock (gate) underWay = null;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                // Whatever it is, whoever flushes must learn of it: nobody awaits this task.
                Task woken;
                lock (gate)
                {
                    // A flush that came before this attempt learns of it; one that comes now starts the next.
                    wake = new(TaskCreationOptions.RunContinuationsAsynchronously);
                    woken = wake.Task;
                    Announce(failure as MlflowException ?? new MlflowException(ErrorCode.InternalError, failure.Message, failure));
                }

                await Task.WhenAny(woken, Task.Delay(Pause, clock, stop.Token));
                if (stop.IsCancellationRequested) return;
            }
        }
    }

    private void Announce(MlflowException? away)
    {
        TaskCompletionSource<MlflowException?> done = idle;
        idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
        done.SetResult(away);
    }

    /// <summary>Sends a batch; where it is refused, its halves, so that only what is refused is given up.</summary>
    private async Task SendAsync(RunBatch batch)
    {
        try
        {
            await send(batch, stop.Token);
        }
        catch (MlflowException refused) when (!IsPassing(refused))
        {
            if (batch.Count == 1 || !IsAboutAnEntry(refused))
            {
                lock (gate)
                {
                    for (int i = 0; i < batch.Count; i++) refusals.Add(refused);
                }

                return;
            }

            (RunBatch first, RunBatch second) = batch.Halves();
            await SendAsync(first);
            await SendAsync(second);
        }
    }

    private static bool IsPassing(MlflowException failure) =>
        failure.Code is ErrorCode.TemporarilyUnavailable or ErrorCode.RequestLimitExceeded or ErrorCode.Aborted or ErrorCode.InternalError;

    private static bool IsAboutAnEntry(MlflowException failure) =>
        failure.Code is ErrorCode.InvalidParameterValue or ErrorCode.BadRequest or ErrorCode.InvalidState or ErrorCode.ResourceAlreadyExists;

    private RunBatch? Next()
    {
        // One batch holds a key of a param or tag once, or its order would be lost.
        List<Param> nextParams = TakeDistinct(parameters, Limits.BatchParams, param => param.Key);
        List<Tag> nextTags = TakeDistinct(tags, Limits.BatchTags, tag => tag.Key);
        var nextMetrics = new List<Metric>(Math.Min(metrics.Count, Limits.BatchMetrics));
        int room = Math.Min(Limits.BatchMetrics, Limits.BatchTotal - nextParams.Count - nextTags.Count);
        while (nextMetrics.Count < room && metrics.TryDequeue(out Metric? metric)) nextMetrics.Add(metric);
        var batch = new RunBatch(nextMetrics, nextParams, nextTags);
        return batch.Count == 0 ? null : batch;
    }

    private static List<T> TakeDistinct<T>(Queue<T> queue, int most, Func<T, string> key)
    {
        var taken = new List<T>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (taken.Count < most && queue.TryPeek(out T? entry) && keys.Add(key(entry))) taken.Add(queue.Dequeue());
        return taken;
    }

    /// <summary>Stops sending; what still waits is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? running;
        lock (gate)
        {
            stop.Cancel();
            running = sender;
        }

        if (running is not null) await running;
        stop.Dispose();
    }
}
