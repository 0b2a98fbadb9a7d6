using System.Globalization;
using System.Text;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>An engine with a clock of its own, and all that it has decided. Unless told otherwise it is written down and taken up again before every step.</summary>
internal sealed class AlertRun
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly List<AlertCorrection> waiting = [];
    private readonly bool restarts;
    private AlertEngine engine;
    private int corrections;

    public AlertRun(string? rules = null, bool restarts = true)
    {
        engine = new AlertEngine(rules is null ? AlertRules.Default : Parse(rules));
        this.restarts = restarts;
    }

    public MadeFigures Figures { get; } = new();

    public DateTimeOffset Now { get; set; } = Start;

    public TimeSpan Elapsed { get; set; } = TimeSpan.FromHours(5);

    public Dictionary<string, AlertSeverity> Channels { get; } = new() { ["email"] = AlertSeverity.Info, ["slack"] = AlertSeverity.Info };

    public List<AlertModel> Models { get; } = [new("m1", "air-paradis 3", ModelPart.Champion)];

    public List<AlertDrift> Drift { get; } = [];

    public List<AlertCondition> Conditions { get; } = [];

    public TrialPeriod? Trial { get; set; }

    public TrialCounts? TrialCounts { get; set; }

    /// <summary>Everything that was decided, in its order.</summary>
    public List<PlannedNotice> Notices { get; } = [];

    public List<(DateTimeOffset At, Alert Alert)> Changes { get; } = [];

    public DateTimeOffset Next { get; private set; }

    public AlertEngine Engine => engine;

    public IReadOnlyList<Alert> Open => [.. engine.Alerts.Where(alert => alert.State is not AlertState.Resolved)];

    public IEnumerable<string> Told => Notices.Select(notice => $"{notice.Channel} {notice.Kind} {notice.Rule}");

    public static AlertRules Parse(string rules) => AlertRules.Parse(Encoding.UTF8.GetBytes(rules), "alerts.yaml");

    public AlertRun Step()
    {
        Restart();
        Keep(engine.Step(new AlertInputs
        {
            Now = Now,
            Elapsed = Elapsed,
            Boot = "b",
            Figures = Figures,
            Channels = Channels,
            Models = Models,
            Corrections = [.. waiting],
            Drift = Drift,
            Conditions = Conditions,
            Trial = Trial,
            TrialCounts = TrialCounts,
        }));
        waiting.Clear();
        return this;
    }

    /// <summary>Goes on for a while, by as long steps as the engine allows or by shorter ones.</summary>
    public AlertRun Go(TimeSpan time, TimeSpan? pace = null, Action<DateTimeOffset>? each = null)
    {
        DateTimeOffset end = Now + time;
        while (Now < end)
        {
            DateTimeOffset next = pace is { } own ? Now + own : Next > Now ? Next : Now.AddMinutes(1);
            To(next < end ? next : end);
            each?.Invoke(Now);
            Step();
        }

        return this;
    }

    public AlertRun To(DateTimeOffset time)
    {
        Elapsed += time - Now;
        Now = time;
        return this;
    }

    /// <summary>Somebody reports a prediction, some time ago.</summary>
    public AlertRun Report(bool wrong = true, string? prediction = null, TimeSpan ago = default, string model = "m1")
    {
        string number = (++corrections).ToString(CultureInfo.InvariantCulture);
        waiting.Add(new AlertCorrection($"f{number}", Now - ago, prediction ?? $"p{number}", model, model, Sentiment.Negative, wrong ? Sentiment.Positive : Sentiment.Negative));
        return this;
    }

    public AlertRun Correct(AlertCorrection correction)
    {
        waiting.Add(correction);
        return this;
    }

    public AlertRun Use(string rules)
    {
        engine.Rules = Parse(rules);
        return this;
    }

    public bool Command(Func<AlertEngine, AlertOutcome?> command)
    {
        Restart();
        if (command(engine) is not { } outcome) return false;
        Keep(outcome);
        return true;
    }

    private void Restart()
    {
        if (restarts) engine = new AlertEngine(engine.Rules, AlertEngineState.FromJson(engine.State.ToJson()));
    }

    private void Keep(AlertOutcome outcome)
    {
        Assert.True(outcome.Next > Now, $"next {outcome.Next:O} is not after {Now:O}");
        Next = outcome.Next;
        Notices.AddRange(outcome.Notices);
        Changes.AddRange(outcome.Changed.Select(alert => (Now, alert)));
    }
}
