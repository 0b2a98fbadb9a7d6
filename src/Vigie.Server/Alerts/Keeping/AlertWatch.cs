using System.Data.Common;
using System.Text;

namespace Vigie.Server;

/// <summary>
/// One step after the other: reads what the records have taken over since the last one, has the engine judge it, and commits what came of it together with how far
/// it has read. What a crash cuts off is done again from there: alerts come to the same, drift monitors to what another sample tells them.
/// </summary>
internal sealed class AlertWatch
{
    private const int MostCorrections = 1_000, MostPredictions = 1_000;

    /// <summary>Older corrections than this raise nothing where records are met for the first time.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromHours(1);

    /// <summary>So many predictions teach a drift monitor what the present is like, where it meets the records for the first time.</summary>
    private const long FirstPredictions = 20_000;

    private static readonly TimeSpan FeedDrift = TimeSpan.FromSeconds(2), SaveDrift = TimeSpan.FromMinutes(1), Day = TimeSpan.FromDays(1);

    private readonly AlertStore store;
    private readonly AlertEngine engine;
    private readonly AlertSight sight;
    private readonly DriftWatch drift;
    private readonly RuleFile rules;
    private readonly DailyDigest digest;
    private readonly IReadOnlyDictionary<string, AlertSeverity> channels;
    private readonly Func<DbConnection> connect;
    private readonly TimeSpan retention;
    private readonly TimeProvider clock;
    private AlertMemory memory;
    private long predictions;
    private long? savedAt, fedAt;
    private DateTimeOffset nextRemoval;

    public AlertWatch(AlertStore store, AlertSight sight, DriftWatch drift, RuleFile rules, DailyDigest digest, AlertOptions options, Func<DbConnection> connect, TimeSpan retention, TimeProvider clock)
    {
        (this.store, this.sight, this.drift, this.rules, this.digest, this.connect, this.retention, this.clock) = (store, sight, drift, rules, digest, connect, retention, clock);
        channels = options.Channels();
        memory = store.Memory();
        predictions = memory.Predictions;
        drift.BeginAnew(); // from the same place
        engine = new AlertEngine(rules.Current, memory.Engine.Length == 0 ? null : AlertEngineState.FromJson(Encoding.UTF8.GetBytes(memory.Engine)));
        nextRemoval = clock.GetUtcNow();
    }

    /// <summary>Does all that there is to do.</summary>
    /// <param name="stop">Ends it between two transactions.</param>
    /// <returns>When to come again at the latest, and whether there is something new to send.</returns>
    /// <exception cref="DbException">The records or the alerts cannot be read or written. To be begun anew.</exception>
    public (DateTimeOffset Next, bool HasNotices) Step(CancellationToken stop)
    {
        if (rules.Refresh()) engine.Rules = rules.Current;
        using DbConnection connection = connect();
        var records = new KeptRecords(connection);
        Meet(records);
        bool sends = false;
        while (true)
        {
            if (sight.Follow()) Feed(records); // else no model is loaded whose monitor could be told
            IReadOnlyList<(long Number, AlertCorrection Correction)> corrections = records.Corrections(memory.Corrections, MostCorrections);
            (DateTimeOffset next, bool notices) = Step(corrections);
            sends |= notices;
            if (corrections.Count < MostCorrections || stop.IsCancellationRequested)
            {
                Tidy();
                return (next, sends);
            }
        }
    }

    private (DateTimeOffset Next, bool HasNotices) Step(IReadOnlyList<(long Number, AlertCorrection Correction)> corrections)
    {
        DateTimeOffset now = clock.GetUtcNow();
        IReadOnlyList<AlertCommand> commands = store.Commands();
        var changed = new Dictionary<string, Alert>();
        var notices = new List<StoredNotice>();
        foreach (AlertCommand command in commands) Note(CarryOut(command, now), changed, notices);
        AlertOutcome outcome = engine.Step(sight.Look(channels, [.. corrections.Select(one => one.Correction)]));
        Note(outcome, changed, notices);
        (IReadOnlyList<StoredNotice> daily, DateTimeOffset? sentAt, DateTimeOffset digestNext) = digest.Look(memory.DigestSentAt, now);
        notices.AddRange(daily);

        bool saves = IsTimeToSave();
        memory = memory with
        {
            Engine = Encoding.UTF8.GetString(engine.State.ToJson()),
            Corrections = corrections.Count > 0 ? corrections[^1].Number : memory.Corrections,
            Predictions = saves ? predictions : memory.Predictions,
            DigestSentAt = sentAt,
        };
        store.Commit(memory, changed.Values, notices, commands, saves ? drift.Save() : new Dictionary<string, byte[]>(), now);
        return (outcome.Next < digestNext ? outcome.Next : digestNext, notices.Count > 0);
    }

    private static void Note(AlertOutcome? outcome, Dictionary<string, Alert> changed, List<StoredNotice> notices)
    {
        if (outcome is null) return; // the alert ended meanwhile
        foreach (Alert alert in outcome.Changed) changed[alert.Id] = alert;
        notices.AddRange(outcome.Notices.Select(notice => new StoredNotice { Key = notice.Key, Channel = notice.Channel, Kind = notice.Kind, Severity = notice.Severity, At = notice.At, Alerts = notice.Alerts, More = notice.More }));
    }

    private AlertOutcome? CarryOut(AlertCommand command, DateTimeOffset now) => command.Verb switch
    {
        AlertVerb.Acknowledge => engine.Acknowledge(command.Alert, command.By ?? "", now),
        AlertVerb.Silence => engine.Silence(command.Alert, command.Until ?? now, command.By ?? "", now),
        AlertVerb.Resolve => engine.Resolve(command.Alert, command.By ?? "", now),
        _ => throw new InvalidDataException($"a command of the kind {command.Verb}"),
    };

    /// <summary>Finds the places to read on from: other records than before are met as the first ones were.</summary>
    private void Meet(KeptRecords records)
    {
        long era = records.Era();
        if (era == memory.Source) return;
        memory = memory with
        {
            Source = era,
            Corrections = records.PlaceAt("feedback", clock.GetUtcNow() - Recent),
            Predictions = Math.Max(0, records.Last("predictions") - FirstPredictions),
        };
        predictions = memory.Predictions;
    }

    /// <summary>Tells the drift monitors of what came since. Of very many predictions some do, spread evenly over all: a sample drifts as the whole does, and a busy server has better to do than to look at each.</summary>
    private void Feed(KeptRecords records)
    {
        if (fedAt is { } at && clock.GetElapsedTime(at) < FeedDrift) return;
        fedAt = clock.GetTimestamp();
        long last = records.Last("predictions");
        if (last <= predictions) return;
        foreach (KeptPrediction prediction in records.Predictions(predictions, last, MostPredictions)) drift.Add(prediction);
        predictions = last;
    }

    private bool IsTimeToSave()
    {
        if (savedAt is { } last && clock.GetElapsedTime(last) < SaveDrift) return false;
        savedAt = clock.GetTimestamp();
        return true;
    }

    private void Tidy()
    {
        DateTimeOffset now = clock.GetUtcNow();
        if (now < nextRemoval && nextRemoval - now <= Day) return;
        nextRemoval = now + Day;
        store.RemoveBefore(now - retention);
    }
}
