namespace Vigie.Server;

/// <summary>An engine that lives through the past: its clock goes from one thing that is due to the next, by ten seconds at least, and stops at every correction.</summary>
internal sealed class PastLife
{
    private static readonly Dictionary<string, AlertSeverity> Channels = AlertRules.KnownChannels.ToDictionary(name => name, _ => AlertSeverity.Info);

    private static readonly long Pace = TimeSpan.FromSeconds(10).Ticks;

    private readonly AlertEngine engine;
    private readonly PastFigures figures;
    private readonly PastDuty duty = new();
    private readonly AlertCorrection[] one = new AlertCorrection[1];
    private readonly Dictionary<string, (Alert First, DateTimeOffset At, Alert Last)> alerts = [];
    private readonly Dictionary<(string Rule, string Channel), int> notices = [];
    private readonly DateTimeOffset? from;
    private DateTimeOffset due;

    /// <param name="rules">The rules.</param>
    /// <param name="model">The model whose drift is watched; null for none.</param>
    /// <param name="from">The first moment that counts; null for the first record.</param>
    public PastLife(AlertRules rules, ServedModel? model, DateTimeOffset? from)
    {
        engine = new AlertEngine(rules);
        this.from = from;
        Horizon = rules.All.Select(rule => rule.Signal is AlertSignal.NoTraffic ? rule.Window + rule.Before : rule.Window).Append(TimeSpan.FromHours(1)).Max();
        figures = new PastFigures(Horizon + TimeSpan.FromHours(1));
        Drift = model is null ? null : new PastDrift(model);
    }

    /// <summary>How far back the rules look.</summary>
    public TimeSpan Horizon { get; }

    public PastDrift? Drift { get; }

    /// <summary>Of the time that is judged.</summary>
    public (long Predictions, long Corrections, long Requests) Counted { get; private set; }

    /// <summary>The time of the first record that is judged.</summary>
    public DateTimeOffset? First { get; private set; }

    /// <summary>The time of the last record.</summary>
    public DateTimeOffset? Last { get; private set; }

    /// <summary>Whether any trial was under way.</summary>
    public bool HasTrials { get; private set; }

    /// <summary>The alerts as they began and as they ended.</summary>
    public IReadOnlyCollection<(Alert First, DateTimeOffset At, Alert Last)> Alerts => alerts.Values;

    /// <summary>Messages about a rule, on the channel that gets most.</summary>
    public int NoticesOf(string rule) => notices.Where(pair => pair.Key.Rule == rule).Select(pair => pair.Value).DefaultIfEmpty().Max();

    /// <summary>Goes on to a record and takes it in.</summary>
    public void Take(in PastRecord record, CancellationToken cancellation)
    {
        if (Last is null) due = Ceiling(record.At); // the first step, from which on the engine says itself when it wants to be asked
        To(record.At, cancellation);
        Last = record.At;
        bool counts = !(record.At < from);
        if (counts) First ??= record.At;
        switch (record.Kind)
        {
            case PastKind.Correction:
                duty.Correct(record);
                one[0] = new AlertCorrection(record.Id!, record.At, record.Prediction, record.Model?.Digest, record.Model?.Name, record.Predicted, record.Right) { IsReview = record.IsReview };
                Step(record.At, one);
                if (counts) Counted = Counted with { Corrections = Counted.Corrections + 1 };
                break;
            case PastKind.Prediction:
                figures.Add(record);
                duty.Add(record);
                Drift?.Add(record);
                if (counts) Counted = Counted with { Predictions = Counted.Predictions + 1 };
                break;
            default:
                figures.Add(record);
                if (counts) Counted = Counted with { Requests = Counted.Requests + record.Succeeded + record.Refused + record.Failed };
                break;
        }
    }

    /// <summary>Goes on to a time.</summary>
    public void To(DateTimeOffset time, CancellationToken cancellation)
    {
        while (due <= time)
        {
            cancellation.ThrowIfCancellationRequested();
            Step(due, []);
        }
    }

    private void Step(DateTimeOffset at, IReadOnlyList<AlertCorrection> corrections)
    {
        (TrialPeriod Trial, TrialCounts Counts)? trial = duty.TrialAt(at);
        HasTrials |= trial is not null;
        AlertOutcome outcome = engine.Step(new AlertInputs
        {
            Now = at,
            Elapsed = at - DateTimeOffset.UnixEpoch,
            Boot = "the past",
            Figures = figures,
            Channels = Channels,
            Models = duty.ModelsAt(at),
            Corrections = corrections,
            Drift = Drift?.AlarmsAt(at) ?? [],
            Trial = trial?.Trial,
            TrialCounts = trial?.Counts,
        });
        foreach (Alert alert in outcome.Changed) alerts[alert.Id] = alerts.TryGetValue(alert.Id, out var known) ? known with { Last = alert } : (alert, at, alert);
        foreach (PlannedNotice notice in at < from ? [] : outcome.Notices) notices[(notice.Rule, notice.Channel)] = notices.GetValueOrDefault((notice.Rule, notice.Channel)) + 1;
        due = Ceiling(outcome.Next);
    }

    private static DateTimeOffset Ceiling(DateTimeOffset time) => new((time.UtcTicks + Pace - 1) / Pace * Pace, TimeSpan.Zero);
}
