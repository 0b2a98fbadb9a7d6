using Vigie.Tweets;

namespace Vigie.Dashboard.Reading;

/// <summary>Where work of seconds or minutes is done for pages: off the circuits' threads, and no more of it at a time than leaves processors for predictions.</summary>
public sealed class Workbench : IDisposable
{
    private readonly SemaphoreSlim places = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>Does something when it is its turn.</summary>
    /// <param name="work">What; it heeds the same cancellation.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        try
        {
            return await Task.Run(work, cancellation);
        }
        finally
        {
            places.Release();
        }
    }

    /// <summary>Closes.</summary>
    public void Dispose() => places.Dispose();
}

/// <summary>A piece of long work that a page has under way: how far it is, and how to stop it.</summary>
public sealed class LongWork : IDisposable, IProgress<ReadProgress>
{
    private CancellationTokenSource? stop;
    private double share = double.NaN;

    /// <summary>Whether it is under way.</summary>
    public bool IsUnderWay => stop is not null;

    /// <summary>Whether the last one was stopped before its end.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>What it is at, in the reader's language.</summary>
    public string Stage { get; private set; } = "";

    /// <summary>How much of the stage is done, 0 to 1; null where nobody knows.</summary>
    public double? Share => Volatile.Read(ref share) is var now && double.IsNaN(now) ? null : Math.Clamp(now, 0, 1);

    /// <summary>Rows beyond which a reading ends with a fault; null for no limit.</summary>
    public long? MostRows { get; set; }

    /// <summary>Does it; one that is under way is stopped first.</summary>
    /// <param name="work">What.</param>
    /// <param name="gone">Ends when the reader has left.</param>
    /// <returns>What came of it; the default where it was stopped.</returns>
    public async Task<T?> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken gone)
    {
        ArgumentNullException.ThrowIfNull(work);
        stop?.Cancel();
        using var own = CancellationTokenSource.CreateLinkedTokenSource(gone);
        (stop, WasStopped) = (own, false);
        try
        {
            return await work(own.Token);
        }
        catch (OperationCanceledException) when (own.IsCancellationRequested && !gone.IsCancellationRequested)
        {
            WasStopped = true;
            return default;
        }
        finally
        {
            if (stop == own) stop = null;
        }
    }

    /// <summary>Says what it is at from now on.</summary>
    public void Begin(string stage)
    {
        Stage = stage;
        Volatile.Write(ref share, double.NaN);
    }

    /// <summary>Says how far it is.</summary>
    public void At(long done, long total) => Volatile.Write(ref share, total > 0 ? (double)done / total : double.NaN);

    /// <summary>Says how far a reading is.</summary>
    /// <exception cref="InvalidInputException">It has more rows than <see cref="MostRows"/>.</exception>
    public void Report(ReadProgress value)
    {
        if (value.Rows > MostRows) throw new InvalidInputException($"the file has more than {MostRows} rows, which is the most that is read here; the command line reads files of any size: vigie data describe FILE, vigie evaluate --model FOLDER --data FILE");
        At(value.Bytes, value.TotalBytes ?? 0);
    }

    /// <summary>Stops it.</summary>
    public void Stop() => stop?.Cancel();

    /// <summary>Stops it for good.</summary>
    public void Dispose() => stop?.Cancel();
}
