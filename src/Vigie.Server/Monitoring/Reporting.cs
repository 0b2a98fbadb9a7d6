using System.Data.Common;

namespace Vigie.Server;

/// <summary>Puts reports together, from memory and for older times from the database.</summary>
internal sealed class Reporting(FigureHistory history, HeldOutFigures heldOut, RecordKeeper records, TimeProvider clock)
{
    /// <summary>How old what is known may be before it is read again for somebody who asks.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    /// <summary>Reads what the database has by now.</summary>
    /// <returns>Why it cannot be read; null where it can.</returns>
    /// <exception cref="RequestException">503: it was never read.</exception>
    public async Task<string?> RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            await records.Opened.WaitAsync(LongestWait, clock, cancellation);
            await Task.Run(() => history.Refresh(Moment), cancellation);
            return null;
        }
        catch (Exception away) when (away is DbException or IOException or TimeoutException)
        {
            if (history.ReadAt is null) throw RequestException.NoFigures(away is TimeoutException ? records.Failure ?? "the database is not open yet" : away.Message);
            return away.Message;
        }
    }

    /// <summary>The report of the last whole minutes and the running one.</summary>
    public PeriodReport Last(TimeSpan window, string? model)
    {
        DateTimeOffset now = clock.GetUtcNow(), minute = now.AddTicks(-(now.UtcTicks % TimeSpan.TicksPerMinute));
        return Of(new Figures(), minute - window, now, minute.AddMinutes(1), now, model);
    }

    /// <summary>The reports of buckets.</summary>
    /// <param name="bounds">Where they end and begin, one more than there are.</param>
    /// <param name="model">Digest; null for all.</param>
    /// <exception cref="DbException">The database is needed for what is old, and cannot be read.</exception>
    public PeriodReport[] Buckets(DateTimeOffset[] bounds, string? model)
    {
        DateTimeOffset now = clock.GetUtcNow();
        var figures = new Figures(); // one for all of them: its histogram is large
        return [.. bounds.Zip(bounds.Skip(1), (from, to) =>
        {
            figures.Clear();
            return Of(figures, from, to, to, now, model);
        })];
    }

    private PeriodReport Of(Figures figures, DateTimeOffset from, DateTimeOffset to, DateTimeOffset counted, DateTimeOffset now, string? model)
    {
        IReadOnlyDictionary<string, (long, double)> models;
        if (from >= history.Begin || from > now)
        {
            history.AddTo(figures, from, counted, model);
            models = model is null ? history.Confidences(from, counted) : Alone(model, figures);
        }
        else
        {
            FigureTable old = history.Read(from, counted);
            (long first, long last) = (FigureHistory.MinuteOf(from), FigureHistory.MinuteOf(counted));
            old.AddTo(figures, first, last, model, null);
            models = model is null ? old.Confidences(first, last) : Alone(model, figures);
        }

        return PeriodReport.Of(from, to, (to < now ? to : now) - from, figures, AccuracyEstimate.Of(models, heldOut.Of), withRequests: model is null);
    }

    private static Dictionary<string, (long, double)> Alone(string model, Figures figures) => new() { [model] = (figures.Predictions, figures.Confidence) };
}
