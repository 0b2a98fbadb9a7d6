namespace Vigie.Server.Tests;

public sealed class NoticeTests
{
    private const string Down = """
        group_wait: 10s
        group_interval: 5m
        rules:
          - { name: down, severity: warning, signal: condition, condition: down, resolve_after: 1m, repeat: 1h, escalate: { after: 30m, channels: [sms] } }
        """;

    private static readonly string Narrow = Down.Replace("repeat: 1h", "repeat: 1h, channels: [email, slack]", StringComparison.Ordinal);

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void What_begins_together_is_told_together()
    {
        AlertRun run = new AlertRun(Down).Step();
        run.Conditions.Add(Is("a"));
        run.Step();
        Assert.Empty(run.Notices);
        Assert.Equal(run.Now + (10 * Second), run.Next);
        run.To(run.Now + (5 * Second)).Conditions.Add(Is("b"));
        run.Step().To(run.Now + (5 * Second)).Step();
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told);
        Assert.Equal(2, run.Notices[0].Alerts.Count);

        // The next one waits for the group's interval.
        run.To(run.Now + Minute).Conditions.Add(Is("c"));
        run.Step().Go((4 * Minute) - Second);
        Assert.Equal(2, run.Notices.Count);
        run.Go(Second);
        Assert.Equal(4, run.Notices.Count);
        Assert.Equal([run.Open.Single(alert => alert.Summary == "c is down").Id], run.Notices[2].Alerts);
    }

    [Fact]
    public void Nobody_hears_of_what_is_over_before_it_was_told()
    {
        AlertRun run = new AlertRun("""
            rules:
              - { name: down, severity: warning, signal: condition, condition: down, resolve_after: 0s, group_wait: 10s }
            """).Step();
        run.Conditions.Add(Is("a"));
        run.Step().To(run.Now + Second).Conditions.Clear();
        run.Step().Go(10 * Minute);
        Assert.Empty(run.Notices);
        Assert.Equal([AlertState.Open, AlertState.Resolved], run.Changes.Select(change => change.Alert.State).Distinct());
        Assert.Empty(run.Engine.State.Alerts);
    }

    [Fact]
    public void What_goes_on_is_repeated_until_somebody_takes_it_on()
    {
        AlertRun run = Opened(out string id);
        DateTimeOffset told = run.Notices[0].At;
        run.Channels.Remove("sms");
        run.Go(told.AddHours(1) - run.Now - Second);
        Assert.Equal(2, run.Notices.Count);
        run.Go(Second);
        Assert.Equal(["email Repeated down", "slack Repeated down"], run.Told.Skip(2));
        Assert.True(run.Command(engine => engine.Acknowledge(id, "anna", run.Now)));
        Assert.Equal((AlertState.Acknowledged, "anna"), (run.Open[0].State, run.Open[0].By));
        run.Go(TimeSpan.FromHours(5));
        Assert.Equal(4, run.Notices.Count);
        run.Conditions.Clear();
        run.Go(2 * Minute);
        Assert.Equal(["email Resolved down", "slack Resolved down"], run.Told.Skip(4));
        Assert.False(run.Command(engine => engine.Acknowledge(id, "anna", run.Now)));
    }

    [Fact]
    public void What_nobody_takes_on_is_told_to_others()
    {
        AlertRun run = Opened(out string id);
        DateTimeOffset told = run.Notices[0].At;
        run.Go(told.AddMinutes(30) - run.Now - Second);
        Assert.Equal(2, run.Notices.Count);
        run.Go(Second);
        Assert.Equal(["sms Escalated down"], run.Told.Skip(2));
        Assert.Equal([id], run.Notices[2].Alerts);
        run.Go(40 * Minute);
        Assert.Equal(["email Repeated down", "slack Repeated down"], run.Told.Skip(3)); // once, and those who know are told again in their turn
        run.Conditions.Clear();
        run.Go(6 * Minute);
        Assert.Equal(["email Resolved down", "slack Resolved down", "sms Resolved down"], run.Told.Skip(5));

        run = Opened(out id);
        run.Command(engine => engine.Acknowledge(id, "anna", run.Now));
        run.Go(TimeSpan.FromHours(1));
        Assert.DoesNotContain(run.Told, notice => notice.StartsWith("sms", StringComparison.Ordinal));
    }

    [Fact]
    public void Others_are_told_too_where_the_first_channel_is_not_set_up()
    {
        AlertRun run = new AlertRun("""
            rules:
              - { name: down, severity: warning, signal: condition, condition: down, channels: [pagerduty], escalate: { after: 30m, channels: [email] } }
            """).Step();
        run.Conditions.Add(Is("a"));
        run.Step().Go(29 * Minute);
        Assert.Empty(run.Notices);
        run.Go(Minute);
        Assert.Equal(["email Escalated down"], run.Told);
    }

    [Fact]
    public void A_channel_may_want_to_hear_of_grave_alerts_only()
    {
        AlertRun run = new AlertRun("""
            rules:
              - { name: down, severity: warning, signal: condition, condition: down, resolve_after: 1m, channels: [slack], escalate: { after: 30m, channels: [email] } }
            """).Step();
        run.Channels["slack"] = AlertSeverity.Critical;
        run.Conditions.Add(Is("a"));
        run.Step().Go(40 * Minute);
        Assert.Equal(["email Escalated down"], run.Told); // nobody else heard of it
        run.Conditions[0] = Is("a") with { Severity = AlertSeverity.Critical };
        run.Step().Go(6 * Minute);
        Assert.Equal(["slack Opened down"], run.Told.Skip(1));
        run.Conditions.Clear();
        run.Go(7 * Minute);
        Assert.Equal(["email Resolved down", "slack Resolved down"], run.Told.Skip(2));
    }

    [Fact]
    public void What_becomes_graver_is_told_again_though_somebody_took_it_on()
    {
        AlertRun run = Opened(out string id);
        run.Command(engine => engine.Acknowledge(id, "anna", run.Now));
        run.Go(10 * Minute);
        run.Conditions[0] = Is("a") with { Severity = AlertSeverity.Critical };
        run.Step().Go(Minute);
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told.Skip(2));
        Assert.Equal((id, AlertState.Open, AlertSeverity.Critical), (run.Open[0].Id, run.Open[0].State, run.Notices[2].Severity));
        run.Conditions[0] = Is("a"); // and back: nobody need hear of that
        run.Go(10 * Minute);
        Assert.Equal((4, AlertSeverity.Warning), (run.Notices.Count, run.Open[0].Severity));
    }

    [Fact]
    public void A_graver_alert_covers_the_lesser_one()
    {
        var run = new AlertRun();
        void Latency(double milliseconds, int minutes)
        {
            for (int i = 0; i < minutes; i++)
            {
                run.Figures.Predict(run.Now, 50, milliseconds);
                run.Figures.Predict(run.Now, 50, milliseconds, Tweets.Sentiment.Negative);
                run.To(run.Now + Minute).Step();
            }
        }

        Latency(300, 45);
        Assert.Equal(["latency-critical", "latency-warning"], run.Open.Select(alert => alert.Rule));
        Assert.Equal(["latency-critical"], run.Notices.Select(notice => notice.Rule).Distinct());
        Latency(160, 5);
        Assert.Equal(2, run.Open.Count); // fast enough, but not for long enough
        Latency(160, 7);
        Assert.Equal(["latency-warning"], run.Open.Select(alert => alert.Rule));
        Assert.Equal(["email Opened latency-critical", "slack Opened latency-critical", "email Resolved latency-critical", "slack Resolved latency-critical", "email Opened latency-warning", "slack Opened latency-warning"], run.Told);

        // Where both end, the lesser one is never told.
        run = new AlertRun();
        Latency(300, 45);
        Latency(10, 30);
        Assert.Empty(run.Open);
        Assert.Equal(["latency-critical"], run.Notices.Select(notice => notice.Rule).Distinct());
    }

    [Fact]
    public void Of_models_that_are_judged_by_themselves_each_covers_its_own()
    {
        AlertRun run = new AlertRun("""
            rules:
              - { name: grave, severity: critical, signal: class_share, above: 90 %, at_least: 10, window: 5m, group_by: model, inhibits: [light] }
              - { name: light, severity: warning, signal: class_share, above: 60 %, at_least: 10, window: 5m, group_by: model }
            """).Step();
        run.Models.Add(new AlertModel("m2", "air-paradis 4", ModelPart.Named));
        run.Figures.Predict(run.Now, 20, model: "m1");
        run.Figures.Predict(run.Now, 7, model: "m2");
        run.Figures.Predict(run.Now, 3, label: Tweets.Sentiment.Negative, model: "m2");
        run.Go(2 * Minute);
        Assert.Equal(["grave air-paradis 3", "light air-paradis 3", "light air-paradis 4"], run.Open.Select(alert => $"{alert.Rule} {alert.Model}"));
        Assert.Equal([run.Open[0].Id, run.Open[2].Id], run.Notices.Where(notice => notice.Channel == "email").SelectMany(notice => notice.Alerts));
    }

    [Fact]
    public void A_silence_keeps_quiet_and_ends()
    {
        AlertRun run = new AlertRun(Down).Step();
        DateTimeOffset until = run.Now.AddHours(1);
        Assert.True(run.Command(engine => engine.Silence("down", until, "anna", run.Now)));
        run.Conditions.Add(Is("a"));
        run.Step().Go(50 * Minute);
        Assert.Equal((AlertState.Silenced, until), (run.Open[0].State, run.Open[0].SilencedUntil));
        Assert.Empty(run.Notices);
        run.Go(until - run.Now - Second);
        Assert.Empty(run.Notices);
        run.Go(Second);
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told);
        Assert.Equal(AlertState.Open, run.Changes[^1].Alert.State);

        // One alert alone; its end waits for the end of the silence, so that no receiver keeps it open for good.
        string id = run.Open[0].Id;
        Assert.True(run.Command(engine => engine.Silence(id, run.Now.AddHours(2), "anna", run.Now)));
        run.Conditions.Clear();
        run.Go(TimeSpan.FromHours(1));
        Assert.Empty(run.Open);
        Assert.Equal(2, run.Notices.Count);
        run.Go(TimeSpan.FromHours(1));
        Assert.Equal(["email Resolved down", "slack Resolved down"], run.Told.Skip(2));
        Assert.Empty(run.Engine.State.Alerts);
        Assert.False(run.Command(engine => engine.Silence("nothing", run.Now.AddHours(2), "anna", run.Now)));
    }

    [Fact]
    public void A_silence_can_be_ended_before_its_time()
    {
        AlertRun run = new AlertRun(Down).Step();
        run.Command(engine => engine.Silence("down", run.Now.AddHours(9), "anna", run.Now));
        run.Conditions.Add(Is("a"));
        run.Step().Go(20 * Minute);
        run.Command(engine => engine.Silence("down", run.Now, "anna", run.Now));
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told);
    }

    [Fact]
    public void What_was_ended_by_hand_and_goes_on_comes_back_after_a_repeat_interval_or_anew()
    {
        AlertRun run = Opened(out string id);
        run.Channels.Remove("sms");
        run.Command(engine => engine.Resolve(id, "anna", run.Now));
        run.Go(TimeSpan.FromHours(1) - Second);
        Assert.Empty(run.Open);
        run.Go(Second);
        Assert.Single(run.Open);

        run.Command(engine => engine.Resolve(run.Open[0].Id, "anna", run.Now));
        run.Conditions.Clear();
        run.To(run.Now + Minute).Step().Conditions.Add(Is("a"));
        run.To(run.Now + Minute).Step();
        Assert.Single(run.Open); // it was away in between
    }

    [Fact]
    public void The_channel_that_is_down_is_not_told_of_it()
    {
        AlertRun run = new AlertRun().Step();
        run.Conditions.Add(new AlertCondition("channel_down", "slack", "slack takes no messages", 7, 0) { NotOn = "slack" });
        run.Step().Go(TimeSpan.FromSeconds(10));
        Assert.Equal(["email Opened channel-down"], run.Told);
        run.Go(TimeSpan.FromHours(5));
        Assert.Equal(["email Opened channel-down", "email Repeated channel-down"], run.Told);
    }

    [Fact]
    public void A_storm_is_a_handful_of_notices()
    {
        AlertRun run = new AlertRun(Down, restarts: false).Step();
        for (int i = 0; i < 100; i++)
        {
            for (int k = 0; k < 100; k++) run.Conditions.Add(Is($"{i}-{k}"));
            run.To(run.Now + Second).Step();
        }

        run.Go(20 * Minute);
        Assert.Equal(10_000, run.Open.Count);
        PlannedNotice[] email = [.. run.Notices.Where(notice => notice.Channel == "email")];
        Assert.Equal(2, email.Length);
        Assert.Equal(10_000, email.Sum(notice => notice.Alerts.Count + notice.More));
        Assert.All(email, notice => Assert.Equal(PlannedNotice.Listed, notice.Alerts.Count));
        Assert.Equal(10_000, run.Open.Select(alert => alert.Id).Distinct().Count());
        run.Conditions.Clear();
        run.Go(10 * Minute);
        Assert.Equal(3, run.Notices.Count(notice => notice.Channel == "email"));
        Assert.Empty(run.Engine.State.Alerts);
        Assert.Empty(run.Engine.State.Watches);
    }

    [Fact]
    public void What_falls_away_and_comes_back_at_once_is_one_alert()
    {
        AlertRun run = Opened(out string id);
        for (int i = 0; i < 5; i++)
        {
            run.Conditions.Clear();
            run.To(run.Now + (30 * Second)).Step().Conditions.Add(Is("a"));
            run.To(run.Now + (20 * Second)).Step();
        }

        Assert.Equal((id, 6L, 2), (Assert.Single(run.Open).Id, run.Open[0].Count, run.Notices.Count));
    }

    [Fact]
    public void Other_rules_judge_what_there_is()
    {
        AlertRun run = Opened(out string id);
        run.Use(Narrow.Replace("severity: warning", "severity: critical", StringComparison.Ordinal)).Step().Go(10 * Minute);
        Assert.Equal((id, AlertSeverity.Critical), (run.Open[0].Id, run.Open[0].Severity));
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told.Skip(2));

        // The condition of the changed rule does not hold: the alert ends as it would have.
        run.Use(Narrow.Replace("condition: down", "condition: gone", StringComparison.Ordinal)).Step();
        Assert.Single(run.Open);
        run.Go(6 * Minute);
        Assert.Empty(run.Open);
        Assert.Equal(["email Resolved down", "slack Resolved down"], run.Told.Skip(4));

        run = Opened(out id);
        run.Use("rules: [{ name: other, severity: info, signal: drift }]").Step();
        Assert.Empty(run.Open);
        Assert.Equal((AlertState.Resolved, "the rule was taken out"), (run.Changes[^1].Alert.State, run.Changes[^1].Alert.By));
        Assert.Equal(["email Resolved down", "slack Resolved down"], run.Told.Skip(2));
    }

    [Fact]
    public void A_changed_condition_has_to_hold_anew()
    {
        const string rules = """
            rules:
              - { name: mix, severity: warning, signal: class_share, above: 60 %, at_least: 10, window: 5m, for: 10m }
            """;
        AlertRun run = new AlertRun(rules).Step();
        run.Go(9 * Minute, each: at => run.Figures.Predict(at.AddSeconds(-1), 20));
        Assert.Single(run.Engine.State.Watches);
        run.Use(rules.Replace("60 %", "70 %", StringComparison.Ordinal)).Go(9 * Minute, each: at => run.Figures.Predict(at.AddSeconds(-1), 20));
        Assert.Empty(run.Open);
        run.Go(3 * Minute, each: at => run.Figures.Predict(at.AddSeconds(-1), 20));
        Assert.Single(run.Open);
    }

    private static AlertCondition Is(string name) => new("down", name, $"{name} is down", 1, 0);

    private static AlertRun Opened(out string id)
    {
        AlertRun run = new AlertRun(Down).Step();
        run.Channels.Add("sms", AlertSeverity.Info);
        run.Use(Narrow).Conditions.Add(Is("a"));
        run.Step().Go(10 * Second);
        Assert.Equal(["email Opened down", "slack Opened down"], run.Told);
        id = run.Open[0].Id;
        return run;
    }
}
