using System.Data.Common;
using Vigie.Monitoring;
using Vigie.Server;

namespace Vigie.Dashboard.Overview;

/// <summary>What the overview shows of one moment.</summary>
internal sealed record OverviewFigures
{
    /// <summary>The window that was asked for.</summary>
    public required PeriodReport Window { get; init; }

    /// <summary>The same bucket by bucket.</summary>
    public required IReadOnlyList<PeriodReport> Buckets { get; init; }

    /// <summary>Alerts that last, by severity.</summary>
    public required IReadOnlyDictionary<AlertSeverity, long> Going { get; init; }

    /// <summary>The newest of all alerts that began in the window, newest first.</summary>
    public required IReadOnlyList<Alert> Alerts { get; init; }

    /// <summary>What the champion's drift monitor sees; null where it has none.</summary>
    public DriftLook? Drift { get; init; }

    /// <summary>Why something of it is older than it should be; null where all is fresh.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether anything is critical, or worth a look; null where all is well.</summary>
    public AlertSeverity? Worst => Failure is not null || Going.GetValueOrDefault(AlertSeverity.Critical) > 0 ? AlertSeverity.Critical
        : Going.GetValueOrDefault(AlertSeverity.Warning) > 0 || Drift?.Alarms.Any() == true ? AlertSeverity.Warning
        : null;
}

/// <summary>Puts the overview together from the records of this server.</summary>
internal sealed class OverviewReader(Reporting reporting, AlertKeeper? keeper, ModelHost host, RecordKeeper records, TimeProvider clock)
{
    private const int MostAlerts = 50;

    /// <summary>The windows that a reader may choose, and how long a bucket of each is.</summary>
    public static IReadOnlyDictionary<string, (TimeSpan Window, TimeSpan Bucket)> Windows { get; } = new Dictionary<string, (TimeSpan, TimeSpan)>
    {
        ["1h"] = (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
        ["24h"] = (TimeSpan.FromHours(24), TimeSpan.FromMinutes(15)),
        ["7d"] = (TimeSpan.FromDays(7), TimeSpan.FromHours(2)),
    };

    /// <summary>Reads it.</summary>
    /// <param name="window">A key of <see cref="Windows"/>.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="RequestException">The records were never read.</exception>
    public async Task<OverviewFigures> ReadAsync(string window, CancellationToken cancellation)
    {
        (TimeSpan length, TimeSpan bucket) = Windows[window];
        string? failure = await reporting.RefreshAsync(cancellation);
        DateTimeOffset now = clock.GetUtcNow();
        try
        {
            return await Task.Run(
                () => new OverviewFigures
                {
                    Window = reporting.Last(length, null),
                    Buckets = reporting.Buckets(Bounds(now, length, bucket), null),
                    Going = keeper?.Going() ?? new Dictionary<AlertSeverity, long>(),
                    Alerts = [.. (keeper?.Store?.List(null, null, MostAlerts) ?? []).Where(alert => alert.Since >= now - length)],
                    Drift = host.DutyIfReady is { } duty ? keeper?.Drift.Looks(now).Where(look => look.Model.Digest == duty.Champion.Digest).Select(look => look.Look).FirstOrDefault() : null,
                    Failure = failure ?? records.Failure ?? keeper?.Failure,
                },
                cancellation);
        }
        catch (Exception away) when (away is DbException or ObjectDisposedException)
        {
            throw RequestException.NoFigures(away.Message);
        }
    }

    // Whole buckets, the running one last.
    private static DateTimeOffset[] Bounds(DateTimeOffset now, TimeSpan length, TimeSpan bucket)
    {
        DateTimeOffset last = now.AddTicks(bucket.Ticks - (now.UtcTicks % bucket.Ticks));
        int count = (int)(length / bucket);
        return [.. Enumerable.Range(0, count + 1).Select(i => last - ((count - i) * bucket))];
    }
}
