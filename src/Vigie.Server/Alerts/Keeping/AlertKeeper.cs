using System.Data.Common;

namespace Vigie.Server;

/// <summary>
/// Watches over the records while the server runs: one thread, so that nothing of it waits for anything else. What fails is tried again. Of several servers that
/// share a database one does it, and another takes over when that one is gone.
/// </summary>
internal sealed class AlertKeeper : IHostedService, IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5), Turn = TimeSpan.FromSeconds(2), FirstPause = TimeSpan.FromMilliseconds(200), LongestPause = TimeSpan.FromSeconds(5);

    private readonly Wakeup wake = new();
    private readonly CancellationTokenSource stopping = new();
    private readonly ServerOptions options;
    private readonly RecordKeeper records;
    private readonly FigureHistory figures;
    private readonly ILogger<AlertKeeper> log;
    private readonly RuleFile rules;
    private readonly DriftWatch drift;
    private readonly AlertSight sight;
    private readonly Thread thread;
    private volatile AlertStore? store;
    private volatile bool onDuty;
    private volatile string? failure;

    public AlertKeeper(ServerOptions options, RuleBook book, RecordKeeper records, ModelHost host, FigureHistory figures, Trials trials, ILogger<AlertKeeper> log)
    {
        (this.options, this.records, this.figures, this.log) = (options, records, figures, log);
        rules = book.Watch(options.Clock);
        drift = new DriftWatch(new Monitoring.DriftOptions(), digest => store?.Drift(digest), log);
        sight = new AlertSight(host, figures, drift, records, trials, new TrialRecords(records.OpenToRead, options.Clock).CountAsync, options.Clock);
        thread = new Thread(Run) { Name = "alerts", IsBackground = true };
    }

    /// <summary>The alerts; null while their database cannot be had.</summary>
    public AlertStore? Store => store;

    /// <summary>The same, where it is this server that judges and sends.</summary>
    public AlertStore? StoreOnDuty => onDuty ? store : null;

    /// <summary>The drift monitors of the models on duty, where it is this server that watches.</summary>
    public DriftWatch Drift => drift;

    /// <summary>The rules in force.</summary>
    public AlertRules Rules => rules.Current;

    /// <summary>Why nothing is watched at present; null where all is well.</summary>
    public string? Failure => failure ?? rules.Failure;

    /// <summary>Called when there is something to send, on the keeper's thread.</summary>
    public Action Sends { get; set; } = static () => { };

    /// <summary>How many alerts last, by severity; none where their database cannot be asked.</summary>
    public IReadOnlyDictionary<AlertSeverity, long> Going()
    {
        try
        {
            return store?.Going() ?? new Dictionary<AlertSeverity, long>();
        }
        catch (Exception away) when (away is DbException or ObjectDisposedException)
        {
            return new Dictionary<AlertSeverity, long>();
        }
    }

    /// <summary>The channels that take nothing.</summary>
    public IReadOnlyCollection<ChannelCondition> Down => sight.Down;

    /// <summary>A channel went down or came up.</summary>
    public void Tell(ChannelCondition channel)
    {
        sight.Tell(channel);
        wake.Set();
    }

    /// <summary>There is something new to judge.</summary>
    public void Wake() => wake.Set();

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        records.OnCorrected(wake.Set);
        records.OnErase(gone =>
        {
            foreach (PredictionId id in gone.Predictions) drift.Forget(id.ToString());
        });
        thread.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        Stop();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        Stop();
        stopping.Dispose();
    }

    private void Stop()
    {
        if (stopping.IsCancellationRequested) return;
        stopping.Cancel();
        wake.Set();
        if (thread.IsAlive) thread.Join();
    }

    private void Run()
    {
        TimeSpan pause = FirstPause;
        if (!RecordsOpened()) return;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                Watch(ref pause);
            }
            catch (Exception fault) when (fault is not OutOfMemoryException) // whatever it is must not end the server, whose predictions need nothing of this
            {
                Failed(fault);
                stopping.Token.WaitHandle.WaitOne(pause);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
            }
        }
    }

    /// <summary>Waits for the records' database, which is made, or brought up to date, at this moment; where it cannot be, the records tell why.</summary>
    private bool RecordsOpened()
    {
        try
        {
            records.Opened.Wait(stopping.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Watches until it is stopped, or something fails.</summary>
    private void Watch(ref TimeSpan pause)
    {
        AlertDatabase database = options.Records.Database is null ? AlertDatabase.InFile(Path.Combine(options.Records.Folder!, "alerts.db")) : AlertDatabase.Shared(records.OpenToRead);
        using AlertStore opened = AlertStore.Open(database);
        store = opened;
        try
        {
            while (!opened.TryWatch())
            {
                Well(ref pause);
                if (stopping.Token.WaitHandle.WaitOne(Turn)) return;
            }

            var digest = new DailyDigest(options.Alerts.Digest, figures, opened.Going);
            var watch = new AlertWatch(opened, sight, drift, rules, digest, options.Alerts, records.OpenToRead, TimeSpan.FromDays(options.Records.RetentionDays), options.Clock);
            onDuty = true;
            Sends(); // what an earlier run, or another server, has left in the outbox
            while (!stopping.IsCancellationRequested)
            {
                figures.Refresh();
                (DateTimeOffset next, bool sends) = watch.Step(stopping.Token);
                if (sends) Sends();
                Well(ref pause);
                TimeSpan left = next - options.Clock.GetUtcNow();
                wake.Wait(left < Tick ? left < TimeSpan.Zero ? TimeSpan.Zero : left : Tick);
            }
        }
        finally
        {
            onDuty = false;
            store = null;
        }
    }

    private void Well(ref TimeSpan pause)
    {
        pause = FirstPause;
        if (failure is null) return;
        failure = null;
        log.AlertsRecovered();
    }

    private void Failed(Exception fault)
    {
        if (failure is null) log.AlertsFail(fault.Message);
        failure = fault.Message;
    }
}
