namespace Vigie.Server;

/// <summary>
/// Decides which alerts there are and who is told of them. It reads no clock and no file and draws no chance: the same state, rules and inputs give the same outcome, down to the ids. Being asked more often than
/// it wants changes nothing. For one thread at a time.
/// </summary>
internal sealed class AlertEngine
{
    private readonly AlertBook book;
    private readonly ReportJudge reports;
    private readonly NoticePlanner planner;

    /// <summary>Begins, or goes on from what was known before.</summary>
    /// <param name="rules">The rules in force.</param>
    /// <param name="state">What another engine knew when it stopped; null to begin.</param>
    public AlertEngine(AlertRules rules, AlertEngineState? state = null)
    {
        Rules = rules;
        State = state ?? new AlertEngineState();
        book = new AlertBook(State);
        reports = new ReportJudge(State, book);
        planner = new NoticePlanner(State, book);
    }

    /// <summary>
    /// The rules in force; others may be set between two steps. At the next one the alerts of rules that are no more end, and those of changed rules are judged by what the rules say now: a condition that is another one
    /// has to hold anew for as long as its rule says, an open alert whose condition no longer holds ends as it would have without the change, and one that became graver is told again.
    /// </summary>
    public AlertRules Rules { get; set; }

    /// <summary>What has to be kept so that a restart neither forgets nor repeats anything.</summary>
    public AlertEngineState State { get; }

    /// <summary>The alerts that last, and those that are over and whose end was not told to all.</summary>
    public IReadOnlyList<Alert> Alerts => [.. State.Alerts.Select(alert => Shown(alert, State.Now ?? alert.LastSeen))];

    /// <summary>Looks at everything once.</summary>
    public AlertOutcome Step(AlertInputs inputs)
    {
        ClockWatch.Note(State, inputs);
        State.Channels = inputs.Channels;
        DateTimeOffset now = inputs.Now;
        // Figures are kept by the minute, so there is something new to see at the next.
        book.Begin(now, SignalJudge.MinuteOf(now).AddMinutes(1));
        NoteTraffic(inputs);
        var judge = new SignalJudge(inputs, State);
        foreach (AlertRule rule in Rules.All)
        {
            if (rule.Signal is AlertSignal.WrongReports)
            {
                reports.Judge(rule, inputs.Corrections, now);
            }
            else
            {
                foreach (Observation seen in judge.Look(rule)) book.Take(rule, seen);
                book.Miss(rule);
            }
        }

        EndSilences(now);
        book.Tidy(Rules);
        reports.Tidy(Rules, now);
        return Outcome(now);
    }

    /// <summary>Somebody takes an alert on: it is not repeated and not escalated, unless it becomes graver.</summary>
    /// <returns>Null where no alert of that id lasts.</returns>
    public AlertOutcome? Acknowledge(string id, string by, DateTimeOffset now) => Change(id, now, alert =>
    {
        if (alert.IsAcknowledged && alert.By == by) return;
        (alert.IsAcknowledged, alert.By) = (true, by);
        book.Changed(alert);
    });

    /// <summary>Nobody is told of an alert, or of any of a rule, until a time; one that has passed ends a silence. The alerts themselves go on.</summary>
    /// <param name="idOrRule">An alert's id, or a rule's name.</param>
    /// <param name="until">The end.</param>
    /// <param name="by">Who wants it.</param>
    /// <param name="now">The time.</param>
    /// <returns>Null where no alert of that id lasts and no rule has that name.</returns>
    public AlertOutcome? Silence(string idOrRule, DateTimeOffset until, string by, DateTimeOffset now)
    {
        if (Rules.All.All(rule => rule.Name != idOrRule))
        {
            return Change(idOrRule, now, alert =>
            {
                (alert.SilencedUntil, alert.By) = (until > now ? until : null, by);
                book.Changed(alert);
            });
        }

        Begin(now);
        State.Silences.RemoveAll(silence => silence.Rule == idOrRule);
        if (until > now) State.Silences.Add(new RuleSilence { Rule = idOrRule, Until = until, By = by });
        ChangedAll(idOrRule);
        return Outcome(now);
    }

    /// <summary>Somebody ends an alert. Where its condition goes on, another begins when the condition has been away in between, or a repeat interval later.</summary>
    /// <returns>Null where no alert of that id lasts.</returns>
    public AlertOutcome? Resolve(string id, string by, DateTimeOffset now) => Change(id, now, alert =>
    {
        book.Resolve(alert, by);
        reports.Spend(alert);
    });

    private AlertOutcome? Change(string id, DateTimeOffset now, Action<AlertItem> change)
    {
        if (State.Alerts.Find(alert => alert.IsOpen && alert.Id == id) is not { } found) return null;
        Begin(now);
        change(found);
        return Outcome(now);
    }

    // A command looks at no figures: the next step is to do so at once.
    private void Begin(DateTimeOffset now) => book.Begin(now, now.AddSeconds(1));

    private AlertOutcome Outcome(DateTimeOffset now)
    {
        IReadOnlyList<PlannedNotice> notices = planner.Plan(Rules, State.Channels, now);
        Alert[] changed = [.. book.ChangedAlerts.Select(alert => Shown(alert, now))];
        planner.Tidy(now);
        return new AlertOutcome(changed, notices, book.Next);
    }

    private Alert Shown(AlertItem alert, DateTimeOffset now) => alert.ToAlert(now, State.Silences.Find(silence => silence.Rule == alert.Rule)?.Until);

    private void EndSilences(DateTimeOffset now)
    {
        foreach (AlertItem alert in State.Alerts.Where(alert => alert.SilencedUntil <= now))
        {
            alert.SilencedUntil = null;
            book.Changed(alert);
        }

        foreach (RuleSilence over in State.Silences.Where(silence => silence.Until <= now)) ChangedAll(over.Rule);
    }

    private void ChangedAll(string rule)
    {
        foreach (AlertItem alert in State.Alerts.Where(alert => alert.IsOpen && alert.Rule == rule)) book.Changed(alert);
    }

    // Once a minute, as all figures: what is seen must not depend on when somebody else had a reason to look.
    private void NoteTraffic(AlertInputs inputs)
    {
        DateTimeOffset minute = SignalJudge.MinuteOf(inputs.Now);
        if (minute == State.TrafficLooked) return;
        State.TrafficLooked = minute;
        if (inputs.Figures.LastPrediction is not { } last || last == State.LastPrediction) return;
        (State.LastPrediction, State.LastTraffic) = (last, ClockWatch.Time(State, last, inputs.Now));
    }
}
