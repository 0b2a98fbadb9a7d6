namespace Vigie.Mlflow.Client;

/// <summary>What both kinds of <see cref="IRunLog"/> share: taking entries at once, sending them in batches, and the end of a run.</summary>
public abstract class RunLog : IRunLog
{
    /// <summary>How long disposing waits for a store that is away.</summary>
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(10);

    private readonly LogQueue queue;
    private readonly RunStart start;
    private bool ended;
    private bool disposed;

    private protected RunLog(RunInfo info, RunStart start)
    {
        Info = info;
        this.start = start;
        queue = new LogQueue(SendAsync, start.Clock);
    }

    /// <inheritdoc/>
    public RunInfo Info { get; }

    /// <inheritdoc/>
    public void LogParam(string key, string value)
    {
        CheckKey("param", key);
        CheckValue("param", key, value, Limits.ParamValue);
        Open().Add(new Param(key, value));
    }

    /// <inheritdoc/>
    public void LogMetric(string key, double value, long step = 0, long? timestamp = null)
    {
        CheckKey("metric", key);
        Open().Add(new Metric(key, value, timestamp ?? start.Clock.GetUtcNow().ToUnixTimeMilliseconds(), step));
    }

    /// <inheritdoc/>
    public void SetTag(string key, string value)
    {
        CheckKey("tag", key);
        CheckValue("tag", key, value, Limits.TagValue);
        Open().Add(new Tag(key, value));
    }

    /// <inheritdoc/>
    public abstract Task LogInputsAsync(IReadOnlyList<DatasetInput> datasets, CancellationToken cancellation = default);

    /// <inheritdoc/>
    public Task WriteArtifactAsync(string path, Stream content, CancellationToken cancellation = default) => UploadAsync(Info.ArtifactUri, path, content, cancellation);

    /// <inheritdoc/>
    public async Task<LoggedModel> LogModelAsync(
        string folder, string name, IReadOnlyList<Param>? parameters = null, IReadOnlyList<Tag>? tags = null, CancellationToken cancellation = default)
    {
        IReadOnlyList<(string File, string Path)> files = LocalFiles.Below(folder);
        LoggedModel model = await CreateModelAsync(name, parameters, tags, cancellation);
        try
        {
            foreach ((string file, string path) in files)
            {
                await using FileStream content = LocalFiles.OpenRead(file);
                await UploadAsync(model.Info.ArtifactUri, path, content, cancellation);
            }

            model = await FinalizeModelAsync(model.Info.ModelId, LoggedModelStatus.Ready, cancellation);
        }
        catch
        {
            // Cancelled or failed: a model whose files are not all there must not look like one that waits for more.
            using var limit = new CancellationTokenSource(LastWait, start.Clock);
            await FinalizeModelAsync(model.Info.ModelId, LoggedModelStatus.UploadFailed, limit.Token);
            throw;
        }

        await AddOutputAsync(model.Info.ModelId, cancellation);
        return model;
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellation = default) => Open().FlushAsync(cancellation);

    /// <inheritdoc/>
    public async Task EndAsync(string status, CancellationToken cancellation = default)
    {
        if (!RunStatus.All.Contains(status)) throw MlflowException.Invalid($"a run cannot end as '{status}'; it must be one of {string.Join(", ", RunStatus.All)}");
        await Open().FlushAsync(cancellation);
        await UpdateAsync(status, start.Clock.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        ended = true;
    }

    private protected abstract Task SendAsync(RunBatch batch, CancellationToken cancellation);

    private protected abstract Task UploadAsync(string artifactUri, string path, Stream content, CancellationToken cancellation);

    private protected abstract Task<LoggedModel> CreateModelAsync(string name, IReadOnlyList<Param>? parameters, IReadOnlyList<Tag>? tags, CancellationToken cancellation);

    private protected abstract Task<LoggedModel> FinalizeModelAsync(string modelId, string status, CancellationToken cancellation);

    private protected abstract Task AddOutputAsync(string modelId, CancellationToken cancellation);

    private protected abstract Task UpdateAsync(string status, long endTime, CancellationToken cancellation);

    private LogQueue Open()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return ended ? throw new MlflowException(ErrorCode.InvalidState, $"run {Info.RunId} has ended; nothing more can be logged") : queue;
    }

    private static void CheckKey(string what, string key)
    {
        if (string.IsNullOrEmpty(key)) throw MlflowException.Invalid($"a {what} needs a key");
        if (key.Length > Limits.Key) throw MlflowException.Invalid($"the {what} '{key[..40]}…' has a key of {key.Length} characters; {Limits.Key} are allowed");
    }

    private static void CheckValue(string what, string key, string value, int most)
    {
        if (value is null) throw MlflowException.Invalid($"the {what} '{key}' has no value");
        if (value.Length > most) throw MlflowException.Invalid($"the {what} '{key}' has a value of {value.Length} characters; {most} are allowed");
    }

    /// <summary>Marks the run FAILED where it was not ended. Does not throw: what it cannot deliver goes to <see cref="RunStart.WhenLost"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        if (disposed) return;
        if (!ended)
        {
            using var limit = new CancellationTokenSource(LastWait, start.Clock);
            await TryAsync(() => queue.FlushAsync(limit.Token), limit.Token);
            await TryAsync(() => UpdateAsync(RunStatus.Failed, start.Clock.GetUtcNow().ToUnixTimeMilliseconds(), limit.Token), limit.Token);
        }

        disposed = true;
        await queue.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task TryAsync(Func<Task> last, CancellationToken limit)
    {
        try
        {
            await last();
        }
        catch (MlflowException failure)
        {
            start.WhenLost?.Invoke(failure);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            start.WhenLost?.Invoke(new MlflowException(ErrorCode.TemporarilyUnavailable,
                $"the store did not answer within {LastWait.TotalSeconds} s; {queue.Waiting:N0} values of run {Info.RunId} are lost, and it is not marked as failed"));
        }
    }
}
