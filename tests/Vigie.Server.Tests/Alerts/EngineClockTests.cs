using System.Globalization;
using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>Restarts, clocks that are put, and steps that come when they like.</summary>
public sealed class EngineClockTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    /// <summary>A day with something of everything, drawn from a seed.</summary>
    private static AlertRun Day(int seed, bool restarts, TimeSpan? pace)
    {
        var run = new AlertRun(restarts: restarts);
        var chance = new Xoshiro256((ulong)seed);
        var plan = new List<(DateTimeOffset At, Action<AlertRun> Do)>();
        for (int minute = 0; minute < 12 * 60; minute++)
        {
            int m = minute, kind = minute / 45 % 6; // quarters of an hour of slow answers, failures, one class, silence…
            int latency = kind == 1 ? 300 : kind == 2 ? 170 : 20, unknown = chance.Next(30);
            if (kind != 5)
            {
                plan.Add((AlertRun.Start.AddMinutes(m), r =>
                {
                    r.Figures.Predict(r.Now, 30, latency, Sentiment.Negative, kind == 4 ? unknown / 100.0 : 0.01);
                    if (kind != 3) r.Figures.Predict(r.Now, 30, latency);
                    r.Figures.Request(r.Now, 200, 50);
                    r.Figures.Request(r.Now, 500, kind == 3 ? 20 : 0);
                }));
            }

            for (int i = 0; i < chance.Next(kind == 0 ? 3 : 2); i++)
            {
                int second = 10 * chance.Next(6);
                bool wrong = chance.Next(3) > 0;
                plan.Add((AlertRun.Start.AddMinutes(m).AddSeconds(second), r => r.Report(wrong)));
            }

            int draw = chance.Next(200);
            if (draw == 0) plan.Add((AlertRun.Start.AddMinutes(m), r => r.Command(engine => engine.Alerts.FirstOrDefault(alert => alert.State is AlertState.Open) is { } open ? engine.Acknowledge(open.Id, "anna", r.Now) : null)));
            if (draw == 1) plan.Add((AlertRun.Start.AddMinutes(m), r => r.Command(engine => engine.Silence("wrong-reports", r.Now.AddMinutes(50), "anna", r.Now))));
            if (draw == 2) plan.Add((AlertRun.Start.AddMinutes(m), r => r.Command(engine => engine.Alerts.FirstOrDefault(alert => alert.State is AlertState.Open) is { } open ? engine.Resolve(open.Id, "anna", r.Now) : null)));
            if (draw == 3) plan.Add((AlertRun.Start.AddMinutes(m), r => r.Drift.Add(new AlertDrift("class_mix", "it has drifted", 1, 2, null, []))));
            if (draw == 4) plan.Add((AlertRun.Start.AddMinutes(m), r => r.Drift.Clear()));
        }

        run.Step();
        foreach (IGrouping<DateTimeOffset, (DateTimeOffset At, Action<AlertRun> Do)> moment in plan.GroupBy(one => one.At).OrderBy(one => one.Key))
        {
            if (moment.Key > run.Now) run.Go(moment.Key - run.Now, pace);
            foreach ((_, Action<AlertRun> act) in moment) act(run);
            run.Step();
        }

        return run;
    }

    private static string[] Story(AlertRun run) =>
    [
        .. run.Notices.Select(notice => string.Create(CultureInfo.InvariantCulture, $"{notice.At:O} {notice.Key} {notice.Severity} {string.Join(",", notice.Alerts)} {notice.More}")),
        .. run.Changes.Where(change => change.Alert.State is AlertState.Resolved).Select(change => $"{change.At:O} {change.Alert.Id} {change.Alert.Summary} {change.Alert.Count} {change.Alert.By} {string.Join(",", change.Alert.Tweets.Select(tweet => tweet.PredictionId))}"),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_restart_after_every_step_changes_nothing(int seed)
    {
        AlertRun through = Day(seed, restarts: false, null), restarted = Day(seed, restarts: true, null);
        Assert.InRange(through.Notices.Select(notice => notice.Rule).Distinct().Count(), 5, 20);
        Assert.InRange(through.Notices.Select(notice => notice.Kind).Distinct().Count(), 2, 4);
        Assert.Equal(Story(through), Story(restarted));
        Assert.Equal(through.Engine.State.ToJson(), restarted.Engine.State.ToJson());
        Assert.Equal(through.Notices.Count, through.Notices.Select(notice => notice.Key).Distinct().Count());
    }

    [Fact]
    public void Being_asked_more_often_changes_nothing()
    {
        AlertRun seldom = Day(3, restarts: false, null), often = Day(3, restarts: false, TimeSpan.FromSeconds(10));
        Assert.InRange(seldom.Notices.Count, 10, 1_000);
        Assert.Equal(Story(seldom), Story(often));
    }

    [Theory]
    [InlineData("{\"format\":2}", "the state of the alerts has format 2, this program reads 1. Update Vigie")]
    [InlineData("{\"format\":1,\"alerts\":[{\"id\":1}]}", "the state of the alerts is damaged")]
    [InlineData("null", "the state of the alerts is null")]
    [InlineData("{\"format\":1,\"watched\":3}", "the state of the alerts is damaged")]
    public void A_state_that_cannot_be_read_is_refused(string json, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidDataException>(() => AlertEngineState.FromJson(System.Text.Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public void A_clock_that_is_put_raises_nothing_and_ends_nothing(int days)
    {
        AlertRun run = Busy(out _);
        run.Report().Report().Step();
        Jump(run, TimeSpan.FromDays(days));
        Traffic(run, 6, 300);
        Assert.Equal(["latency-critical"], run.Open.Select(alert => alert.Rule));
        Assert.Equal(2, run.Notices.Count);

        Jump(run, TimeSpan.FromDays(-days));
        Traffic(run, 6, 300);
        Assert.Equal((1, 2), (run.Open.Count, run.Notices.Count));
        Traffic(run, 20, 10);
        Assert.Empty(run.Open);
        Assert.Equal(["email Resolved latency-critical", "slack Resolved latency-critical"], run.Told.Skip(2));
    }

    [Theory]
    [InlineData(48)]
    [InlineData(-48)]
    public void Ten_minutes_stay_ten_minutes_when_the_clock_is_put(int hours)
    {
        AlertRun run = new AlertRun().Step();
        Traffic(run, 7, 300); // it has held for six minutes
        Assert.Empty(run.Open);
        Jump(run, TimeSpan.FromHours(hours));
        Traffic(run, 3, 300);
        Assert.Empty(run.Open);
        Traffic(run, 2, 300);
        Assert.Single(run.Open);

        // So do the four hours until it is repeated, and the five minutes of three reports.
        run = new AlertRun().Step().Report().Report().Step();
        run.Go(4 * Minute);
        Jump(run, TimeSpan.FromHours(hours));
        run.Report().Step();
        Assert.Equal("wrong-reports", Assert.Single(run.Open).Rule);
        run = new AlertRun().Step().Report().Report().Step();
        run.Go(4 * Minute);
        Jump(run, TimeSpan.FromHours(hours));
        run.Go(2 * Minute).Report().Step();
        Assert.Empty(run.Open);
    }

    [Fact]
    public void A_report_that_was_under_way_when_the_clock_was_put_counts()
    {
        AlertRun run = new AlertRun().Step().Report().Report().Step();
        run.Go(Minute).Report(); // by the clock before
        Jump(run, TimeSpan.FromDays(2));
        Assert.Single(run.Step().Open);
    }

    [Fact]
    public void A_clock_put_ahead_is_no_lack_of_traffic_and_hides_none()
    {
        AlertRun run = Busy(out _);
        Traffic(run, 60, 10);
        Assert.Empty(run.Open);
        Jump(run, TimeSpan.FromDays(2));
        run.Go(10 * Minute);
        Assert.Empty(run.Open);
        run.Go(10 * Minute); // and now there really is none
        Assert.Equal("no-traffic", Assert.Single(run.Open).Rule);
    }

    [Fact]
    public void Steering_is_no_jump()
    {
        AlertRun run = Busy(out _);
        run.Now += TimeSpan.FromSeconds(59);
        run.Step();
        Assert.Null(run.Engine.State.WindowsFrom);
        run.Now += TimeSpan.FromSeconds(61);
        run.Step();
        Assert.NotNull(run.Engine.State.WindowsFrom);
    }

    [Fact]
    public void After_a_pause_what_held_before_has_to_hold_anew_and_alerts_last()
    {
        AlertRun run = Busy(out string id);
        run.To(run.Now.AddHours(3)).Step(); // nobody watched
        Assert.Equal(id, Assert.Single(run.Open).Id);
        Traffic(run, 3, 300);
        Assert.Equal((id, 2), (Assert.Single(run.Open).Id, run.Notices.Count(notice => notice.Kind is NoticeKind.Opened)));

        run = new AlertRun().Step();
        Traffic(run, 9, 300);
        run.To(run.Now.AddMinutes(6)).Step();
        Traffic(run, 6, 300);
        Assert.Empty(run.Open);

        run = new AlertRun().Step();
        Traffic(run, 60, 10);
        run.To(run.Now.AddHours(2)).Step(); // the server was off: of course nobody could ask it
        Assert.Empty(run.Open);
        run.Go(14 * Minute);
        Assert.Empty(run.Open);
    }

    [Fact]
    public void A_machine_that_was_off_is_no_jump_and_one_whose_clock_went_back_is()
    {
        AlertRun run = Busy(out string id);
        AlertEngine engine = new(AlertRules.Default, AlertEngineState.FromJson(run.Engine.State.ToJson()));
        AlertInputs At(DateTimeOffset now) => new() { Now = now, Elapsed = Minute, Boot = "another", Figures = run.Figures };
        engine.Step(At(run.Now.AddDays(2)));
        Assert.Null(engine.State.WindowsFrom);
        Assert.Equal(id, Assert.Single(engine.Alerts).Id);
        Assert.Equal(run.Open[0].Since, engine.Alerts[0].Since);

        engine = new(AlertRules.Default, AlertEngineState.FromJson(run.Engine.State.ToJson()));
        DateTimeOffset since = engine.Alerts[0].Since;
        engine.Step(At(run.Now.AddDays(-2)));
        Assert.Equal(since.AddDays(-2), engine.Alerts[0].Since);
    }

    [Fact]
    public void Times_have_no_summer()
    {
        // The same night, told in the zones of Paris before and after the clocks go back.
        AlertRun run = new AlertRun { Now = new DateTimeOffset(2026, 10, 25, 2, 55, 0, TimeSpan.FromHours(2)) };
        run.Step();
        Traffic(run, 5, 300);
        run.Now = run.Now.ToOffset(TimeSpan.FromHours(1));
        Traffic(run, 7, 300);
        Assert.Equal("latency-critical", Assert.Single(run.Open).Rule);
        Assert.Null(run.Engine.State.WindowsFrom);
    }

    private static AlertRun Busy(out string id)
    {
        AlertRun run = new AlertRun().Step();
        Traffic(run, 15, 300);
        id = Assert.Single(run.Open).Id;
        Assert.Equal(2, run.Notices.Count);
        return run;
    }

    private static void Jump(AlertRun run, TimeSpan by)
    {
        run.Now += by;
        run.To(run.Now.AddSeconds(1)).Step();
    }

    private static void Traffic(AlertRun run, int minutes, double milliseconds)
    {
        for (int i = 0; i < minutes; i++)
        {
            run.Figures.Predict(run.Now, 15, milliseconds);
            run.Figures.Predict(run.Now, 15, milliseconds, Sentiment.Negative);
            run.To(run.Now + Minute).Step();
        }
    }
}
