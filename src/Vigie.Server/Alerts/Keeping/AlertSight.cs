using System.Collections.Concurrent;
using System.Data.Common;
using Vigie.Monitoring;

namespace Vigie.Server;

/// <summary>What the engine is shown at a step: figures, models, the trial, drift, and what other parts of the server say.</summary>
internal sealed class AlertSight(ModelHost host, IFigures figures, DriftWatch drift, RecordKeeper records, Trials trials, TrialLedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan TrialEvery = TimeSpan.FromMinutes(1), DriftEvery = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ChannelCondition> down = [];
    private readonly string boot = clock == TimeProvider.System && File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : System.Security.Cryptography.RandomNumberGenerator.GetHexString(16);
    private long? driftAt, trialAt;
    private IReadOnlyList<AlertDrift> alarms = [];
    private (TrialPeriod Trial, TrialCounts Counts)? trial;

    /// <summary>The channels that are down. On any thread.</summary>
    public IReadOnlyCollection<ChannelCondition> Down => [.. down.Values];

    /// <summary>A channel went down or came up. On any thread.</summary>
    public void Tell(ChannelCondition channel)
    {
        if (channel.IsDown) down[channel.Channel] = channel;
        else down.TryRemove(channel.Channel, out _);
    }

    /// <summary>Has the drift monitors follow the models on duty.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Follow()
    {
        if (host.DutyIfReady is not { } duty) return false;
        drift.Follow(duty);
        return true;
    }

    /// <summary>All that there is to be seen now.</summary>
    /// <param name="channels">The channels that are set up, each with the least severity that it is told of.</param>
    /// <param name="corrections">What came since the step before.</param>
    public AlertInputs Look(IReadOnlyDictionary<string, AlertSeverity> channels, IReadOnlyList<AlertCorrection> corrections)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Duty? duty = host.DutyIfReady;
        (TrialPeriod? period, TrialCounts? counts) = duty is null ? (null, null) : Trial(duty);
        return new AlertInputs
        {
            Now = now,
            Elapsed = clock.GetElapsedTime(0),
            Boot = boot,
            Figures = figures,
            Channels = channels,
            Models = duty is null ? [] : Models(duty),
            Corrections = corrections,
            Drift = Drift(now),
            Conditions = Conditions(now),
            Trial = period,
            TrialCounts = counts,
        };
    }

    private static List<AlertModel> Models(Duty duty)
    {
        var models = new List<AlertModel> { Of(duty.Champion, ModelPart.Champion) };
        if (duty.Challenge is { } trial) models.Add(Of(trial.Challenger, ModelPart.Challenger));
        models.AddRange(duty.Others.Values.Select(model => Of(model, ModelPart.Named)));
        return [.. models.DistinctBy(model => model.Digest)];
    }

    private static AlertModel Of(ServedModel model, ModelPart part) => new(model.Digest, KeptRecords.NameOf(model.Name, model.Version), part);

    private IReadOnlyList<AlertDrift> Drift(DateTimeOffset now)
    {
        if (driftAt is { } last && clock.GetElapsedTime(last) < DriftEvery) return alarms;
        driftAt = clock.GetTimestamp();
        return alarms = [.. drift.Looks(now).SelectMany(model => model.Look.Alarms.Select(reading => new AlertDrift(
            NameOf(reading.Signal),
            reading.Says,
            reading.Figure ?? reading.Evidence ?? 0,
            reading.Limit ?? 1,
            KeptRecords.NameOf(model.Model.Name, model.Model.Version),
            [.. reading.Examples.Concat(reading.Words.SelectMany(word => word.Examples)).Select(example => example.Id).OfType<string>().Distinct().Take(10).Select(id => new AlertTweet(id, null, null, null, null, now))])))];
    }

    /// <summary><c>class_mix</c>, as rules and answers have it.</summary>
    public static string NameOf(DriftSignal signal) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(signal.ToString());

    private List<AlertCondition> Conditions(DateTimeOffset now)
    {
        var conditions = new List<AlertCondition>();
        if (records.Failure is { } reason)
            conditions.Add(new AlertCondition("records_behind", "", $"predictions and corrections cannot be written to the records: {reason}", records.State.BytesBehind, 0));
        foreach (ChannelCondition channel in down.Values)
        {
            conditions.Add(new AlertCondition("channel_down", channel.Channel, $"alerts do not get through by {channel.Channel}: {channel.Reason}", Math.Round((now - channel.Since).TotalMinutes), ChannelHealth.DownAfter.TotalMinutes)
            {
                NotOn = channel.Channel,
            });
        }

        return conditions;
    }

    // Counting goes through all corrections of the trial.
    private (TrialPeriod? Trial, TrialCounts? Counts) Trial(Duty duty)
    {
        if (trials.Of(duty) is not { } period) return (null, null);
        if (trial is { } known && known.Trial == period && trialAt is { } last && clock.GetElapsedTime(last) < TrialEvery) return (period, known.Counts);
        trialAt = clock.GetTimestamp();
        try
        {
            trial = (period, ledger(period, CancellationToken.None).GetAwaiter().GetResult()); // on the keeper's own thread, for which nobody waits
            return (period, trial.Value.Counts);
        }
        catch (DbException)
        {
            return (period, null); // the records are told of by a condition of their own
        }
    }
}
