namespace Vigie.Server;

/// <summary>
/// Counts requests by the minute in which they end, and writes the counts to the journal every few seconds: what a crash can take is what came since. Each minute's
/// counts are told anew, under one number, until they no longer grow, so that a disk that takes nothing for a while loses none either.
/// </summary>
internal sealed class TrafficCount(Recorder recorder, RecordKeeper keeper, TimeProvider clock) : IHostedService, IAsyncDisposable
{
    /// <summary>How often counts are written.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private readonly SemaphoreSlim writing = new(1);
    private readonly List<TrafficMinute> minutes = [];
    private readonly CancellationTokenSource ending = new();
    private volatile TrafficMinute current = new(recorder.NextId(), -1);
    private Task ended = Task.CompletedTask;

    /// <summary>The counts of the minute that a request was counted in last.</summary>
    public TrafficCounts Running => current.Counts;

    /// <summary>Counts a request.</summary>
    /// <param name="status">Of its answer.</param>
    public void Add(int status)
    {
        long minute = (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMinute;
        TrafficMinute now = current;
        (now.Minute == minute ? now : Turn(minute)).Add(status);
    }

    /// <summary>Writes what has grown since the last time. What cannot be written is told the next time.</summary>
    public async Task WriteAsync()
    {
        await writing.WaitAsync();
        try
        {
            TrafficMinute[] all;
            lock (gate) all = [.. minutes];
            foreach (TrafficMinute minute in all)
            {
                if (minute.Counts is var counts && counts != minute.Written)
                {
                    if (!await TryWriteAsync(new TrafficRecord(minute.Id, minute.Minute, counts))) return;
                    minute.Written = counts;
                }
                else if (minute != current)
                {
                    lock (gate) minutes.Remove(minute); // not even somebody who began to count in it before it ended has come since the last time
                }
            }
        }
        finally
        {
            writing.Release();
        }
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        ended = RunAsync();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await ending.CancelAsync();
        await ended;
        await WriteAsync();
    }

    /// <summary>Writes what has grown: a server may be disposed of without being stopped.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None);

    private async Task RunAsync()
    {
        while (!ending.IsCancellationRequested)
        {
            await Task.Delay(Interval, clock, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await WriteAsync();
        }
    }

    private async Task<bool> TryWriteAsync(TrafficRecord record)
    {
        try
        {
            await keeper.AddAsync(record);
            return true;
        }
        catch (IOException)
        {
            return false; // the journal has said why; the counts wait here
        }
    }

    private TrafficMinute Turn(long minute)
    {
        lock (gate)
        {
            if (current.Minute == minute) return current;
            // A clock that was set back comes to minutes that are counted already.
            if (minutes.Find(known => known.Minute == minute) is not { } next) minutes.Add(next = new TrafficMinute(recorder.NextId(), minute));
            return current = next;
        }
    }
}

/// <summary>The requests of one minute.</summary>
/// <param name="id">The number under which they are told.</param>
/// <param name="minute">Since the epoch.</param>
internal sealed class TrafficMinute(PredictionId id, long minute)
{
    private long succeeded, refused, failed;

    public PredictionId Id => id;

    public long Minute => minute;

    /// <summary>What the journal has.</summary>
    public TrafficCounts Written { get; set; }

    public TrafficCounts Counts => new(Interlocked.Read(ref succeeded), Interlocked.Read(ref refused), Interlocked.Read(ref failed));

    public void Add(int status)
    {
        if (status < StatusCodes.Status400BadRequest) Interlocked.Increment(ref succeeded);
        else if (status < StatusCodes.Status500InternalServerError) Interlocked.Increment(ref refused);
        else Interlocked.Increment(ref failed);
    }
}
