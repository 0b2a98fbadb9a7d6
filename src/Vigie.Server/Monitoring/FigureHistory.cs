using System.Data.Common;

namespace Vigie.Server;

/// <summary>
/// The figures of the last days in memory, kept up to date by reading what has changed: a question costs no more than adding up its minutes. It follows the
/// database, so that late records, corrections of old predictions and what other replicas write are in it as soon as they are there.
/// </summary>
/// <param name="connect">Connects to the database.</param>
/// <param name="clock">The clock.</param>
/// <param name="retention">How long the database keeps them.</param>
internal sealed class FigureHistory(Func<DbConnection> connect, TimeProvider clock, TimeSpan retention) : IFigures
{
    private static readonly TimeSpan Most = TimeSpan.FromDays(8), LongestWait = TimeSpan.FromSeconds(3);

    private readonly TimeSpan span = retention < Most ? retention : Most;

    private readonly Lock gate = new(), reading = new();
    private FigureTable table = new();
    private (long Era, long Change)? state;
    private (DateTimeOffset At, long Stamp)? read;

    /// <summary>When the database was read last; null where it never was.</summary>
    public DateTimeOffset? ReadAt
    {
        get
        {
            lock (gate) return read?.At;
        }
    }

    /// <summary>The minutes after this moment are in memory, as far as there are any; older ones are read from the database when they are asked for.</summary>
    public DateTimeOffset Begin => clock.GetUtcNow() - span;

    /// <inheritdoc/>
    public DateTimeOffset? LastPrediction
    {
        get
        {
            lock (gate) return table.Newest is { } newest ? DateTimeOffset.FromUnixTimeMilliseconds(newest) : null;
        }
    }

    /// <inheritdoc/>
    public Figures Over(DateTimeOffset from, DateTimeOffset to, string? model = null, ModelPart? part = null)
    {
        lock (gate) return table.Over(MinuteOf(from), MinuteOf(to), model, part);
    }

    /// <summary>As <see cref="Over"/>, added to what is there.</summary>
    public void AddTo(Figures sum, DateTimeOffset from, DateTimeOffset to, string? model)
    {
        lock (gate) table.AddTo(sum, MinuteOf(from), MinuteOf(to), model, null);
    }

    /// <summary>How many predictions each model made, by digest, and the sum of their confidences.</summary>
    public IReadOnlyDictionary<string, (long Predictions, double Confidence)> Confidences(DateTimeOffset from, DateTimeOffset to)
    {
        lock (gate) return table.Confidences(MinuteOf(from), MinuteOf(to));
    }

    /// <summary>Minutes from the database, however old; memory is left as it is.</summary>
    /// <exception cref="DbException">It cannot be read.</exception>
    public FigureTable Read(DateTimeOffset from, DateTimeOffset to)
    {
        var minutes = new FigureTable();
        using DbConnection connection = connect();
        new FigureReader(connection).Read(minutes, MinuteOf(from), MinuteOf(to));
        return minutes;
    }

    /// <summary>Reads what has changed, unless that was done a moment ago.</summary>
    /// <exception cref="DbException">The database cannot be read; what is known stays.</exception>
    /// <exception cref="TimeoutException">Somebody else reads, and does not come to an end.</exception>
    public void Refresh(TimeSpan moment)
    {
        if (!reading.TryEnter(LongestWait)) throw new TimeoutException("the database does not answer");
        try
        {
            if (read is { } last && clock.GetElapsedTime(last.Stamp) < moment) return;
            Refresh();
        }
        finally
        {
            reading.Exit();
        }
    }

    /// <summary>Reads what has changed.</summary>
    /// <exception cref="DbException">The database cannot be read; what is known stays.</exception>
    public void Refresh()
    {
        lock (reading)
        {
            DateTimeOffset at = clock.GetUtcNow();
            long begin = MinuteOf(at - span);
            using DbConnection connection = connect();
            var reader = new FigureReader(connection);
            // Asked for first: what changes while the rows are read is read again the next time.
            (long Era, long Change) now = reader.State();
            if (state is not { } known || known.Era != now.Era)
            {
                var anew = new FigureTable();
                reader.Read(anew, begin, long.MaxValue);
                lock (gate) table = anew;
            }
            else if (known.Change != now.Change)
            {
                var changed = new FigureTable();
                reader.ReadChanges(changed, known.Change, begin);
                lock (gate) table.Put(changed);
            }

            lock (gate)
            {
                table.Forget(begin);
                read = (at, clock.GetTimestamp());
            }

            state = now;
        }
    }

    public static long MinuteOf(DateTimeOffset time) => (long)Math.Floor(time.ToUnixTimeMilliseconds() / 60_000.0);
}

/// <summary>Keeps the history up to date while the server runs.</summary>
internal sealed class FigureRefresh(FigureHistory history, TimeProvider clock, ILogger<FigureRefresh> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private bool fails;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // nobody waits for the first reading
        while (!stoppingToken.IsCancellationRequested)
        {
            TryRefresh();
            await Task.Delay(Interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // a start that fails stops it before it has begun
        }
    }

    private void TryRefresh()
    {
        try
        {
            history.Refresh();
            if (fails) log.FiguresRead();
            fails = false;
        }
        catch (Exception away) when (away is DbException or IOException or InvalidDataException)
        {
            // A database that is not made yet, or not brought up to date, is no failure.
            if (!fails && history.ReadAt is not null) log.FiguresUnread(away.Message);
            fails = history.ReadAt is not null;
        }
    }
}
