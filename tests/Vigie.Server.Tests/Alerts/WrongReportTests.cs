namespace Vigie.Server.Tests;

public sealed class WrongReportTests
{
    private const string InARow = """
        rules:
          - { name: wrong, severity: critical, signal: wrong_reports, reports: in_a_row }
        """;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Two_are_none_three_are_an_alert_and_the_fourth_is_silent()
    {
        AlertRun run = new AlertRun().Step();
        run.To(run.Now + Second).Report().Step().To(run.Now + (2 * Second)).Report().Step();
        Assert.Empty(run.Notices);

        run.To(run.Now + Second).Report().Step();
        Assert.Equal(["email Opened wrong-reports", "slack Opened wrong-reports"], run.Told);
        Alert alert = Assert.Single(run.Open);
        Assert.Equal((3, AlertSeverity.Critical, AlertState.Open, "3 tweets were reported wrong within 5 minutes; the limit is 3"), (alert.Count, alert.Severity, alert.State, alert.Summary));
        Assert.Equal(["p3", "p2", "p1"], alert.Tweets.Select(tweet => tweet.PredictionId));
        Assert.Equal(["f3", "f2", "f1"], alert.Tweets.Select(tweet => tweet.FeedbackId));
        Assert.All(alert.Tweets, tweet => Assert.Null(tweet.Text));
        Assert.Equal([alert.Id], run.Notices[0].Alerts);

        run.To(run.Now + Second).Report().Step().Go(TimeSpan.FromMinutes(20));
        Assert.Equal(2, run.Notices.Count);
        Assert.Equal((alert.Id, 4L, "p4"), (run.Open[0].Id, run.Open[0].Count, run.Open[0].Tweets[0].PredictionId));

        run.Go(TimeSpan.FromMinutes(11));
        Assert.Equal(["email Resolved wrong-reports", "slack Resolved wrong-reports"], run.Told.Skip(2));
        Assert.Equal(2, run.Notices.Select(notice => notice.Key).Where(key => key.Contains("resolved", StringComparison.Ordinal)).Distinct().Count());
        Assert.Equal(4, run.Notices.Select(notice => notice.Key).Distinct().Count());
    }

    [Fact]
    public void What_reviewers_find_raises_nothing_and_what_they_take_back_does_not_count()
    {
        AlertRun run = new AlertRun().Step();
        for (int i = 0; i < 5; i++) run.Correct(new AlertCorrection($"r{i}", run.Now, $"q{i}", "m1", "m1", Tweets.Sentiment.Negative, Tweets.Sentiment.Positive) { IsReview = true });
        run.Step().Report().Report().Step();
        run.Correct(new AlertCorrection("r9", run.Now, "p1", "m1", "m1", Tweets.Sentiment.Negative, Tweets.Sentiment.Negative) { IsReview = true }).Step().Report().Step();
        Assert.Empty(run.Open);

        run.Report().Step();
        Assert.Equal(["p4", "p3", "p2"], Assert.Single(run.Open).Tweets.Select(tweet => tweet.PredictionId));
    }

    [Fact]
    public void Three_in_a_row_are_not_parted_by_a_reviewer()
    {
        AlertRun run = new AlertRun().Use(InARow).Step().Report().Report().Step();
        run.Correct(new AlertCorrection("r1", run.Now, "another", "m1", "m1", Tweets.Sentiment.Negative, Tweets.Sentiment.Negative) { IsReview = true }).Step().Report().Step();
        Assert.Single(run.Open);
    }

    [Theory]
    [InlineData(299, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void Three_within_five_minutes(int seconds, bool alert)
    {
        AlertRun run = new AlertRun().Step().Report().Step();
        run.Go(120 * Second).Report().Step();
        run.Go(TimeSpan.FromSeconds(seconds - 120)).Report().Step();
        Assert.Equal(alert ? 1 : 0, run.Open.Count);
    }

    [Fact]
    public void One_that_was_right_lies_between()
    {
        AlertRun any = new AlertRun().Step(), row = new AlertRun(InARow).Step();
        foreach (AlertRun run in (AlertRun[])[any, row])
        {
            foreach (bool wrong in (bool[])[true, true, false, true]) run.To(run.Now + Second).Report(wrong).Step();
        }

        Assert.Single(any.Open);
        Assert.Empty(row.Open);
        row.To(row.Now + Second).Report().Step();
        Assert.Empty(row.Open);
        row.To(row.Now + Second).Report().Step();
        Assert.Equal("3 tweets were reported wrong in a row within 5 minutes; the limit is 3", Assert.Single(row.Open).Summary);
    }

    [Fact]
    public void The_same_tweet_counts_once_and_its_last_word_holds()
    {
        AlertRun run = new AlertRun().Step();
        for (int i = 0; i < 5; i++) run.To(run.Now + Second).Report(prediction: "p").Step();
        Assert.Empty(run.Open);
        run.Report(prediction: "q").Step().To(run.Now + Second).Report(wrong: false, prediction: "q").Step(); // it was right after all
        run.To(run.Now + Second).Report(prediction: "r").Step();
        Assert.Empty(run.Open);
        run.To(run.Now + Second).Report(prediction: "s").Step();
        Assert.Equal(["s", "r", "p"], Assert.Single(run.Open).Tweets.Select(tweet => tweet.PredictionId));
    }

    [Fact]
    public void What_comes_late_counts_at_its_own_time()
    {
        // The database was away for three hours: what was reported meanwhile arrives in one go.
        AlertRun run = new AlertRun().Step().Go(TimeSpan.FromHours(4));
        for (int minute = 0; minute < 60; minute += 6) run.Report(ago: TimeSpan.FromMinutes(180 - minute));
        run.Step();
        Assert.Empty(run.Open); // ten in three hours, but never three in five minutes

        run = new AlertRun().Step().Go(TimeSpan.FromHours(4));
        foreach (int minute in (int[])[180, 170, 179, 169, 178]) run.Report(ago: TimeSpan.FromMinutes(minute)); // out of order
        run.Step();
        Assert.Equal(["p5", "p3", "p1"], Assert.Single(run.Open).Tweets.Select(tweet => tweet.PredictionId));

        run = new AlertRun().Step().Go(TimeSpan.FromHours(4)); // in parts
        foreach (int minute in (int[])[180, 179, 178]) run.To(run.Now + Second).Report(ago: TimeSpan.FromMinutes(minute)).Step();
        Assert.Single(run.Open);

        run = new AlertRun().Step().Go(TimeSpan.FromDays(2));
        for (int i = 0; i < 5; i++) run.Report(ago: TimeSpan.FromHours(25));
        Assert.Empty(run.Step().Open); // of yesterday: nobody is woken by it
    }

    [Fact]
    public void An_alert_that_is_over_has_used_its_reports_up()
    {
        AlertRun run = new AlertRun().Step();
        for (int i = 0; i < 3; i++) run.Report();
        string id = Assert.Single(run.Step().Open).Id;
        Assert.True(run.Command(engine => engine.Resolve(id, "anna", run.Now)));
        Assert.Equal(AlertState.Resolved, run.Changes[^1].Alert.State);
        Assert.Equal("anna", run.Changes[^1].Alert.By);
        run.To(run.Now + Second).Report().Report().Step();
        Assert.Empty(run.Open);
        run.To(run.Now + Second).Report().Step();
        Assert.NotEqual(id, Assert.Single(run.Open).Id);
        Assert.True(string.CompareOrdinal(id, run.Open[0].Id) < 0);
    }

    [Fact]
    public void A_cooldown_holds_the_next_back_and_not_for_ever()
    {
        const string rules = """
            rules:
              - { name: wrong, severity: critical, signal: wrong_reports, cooldown: 10m }
            """;
        foreach ((int wait, bool alert) in ((int, bool)[])[(6, true), (4, false)])
        {
            AlertRun run = new AlertRun(rules).Step().Report().Report().Report().Step();
            run.Command(engine => engine.Resolve(run.Open[0].Id, "anna", run.Now));
            run.Go(TimeSpan.FromMinutes(wait)).Report().Report().Report().Step();
            Assert.Empty(run.Open);
            run.Go(TimeSpan.FromMinutes(10 - wait) - Second);
            Assert.Empty(run.Open);
            run.Go(Second);
            Assert.Equal(alert, run.Open.Count == 1); // reports that are older than the window by then have passed
        }
    }

    [Fact]
    public void Models_may_be_judged_by_themselves()
    {
        AlertRun run = new AlertRun("""
            rules:
              - { name: wrong, severity: critical, signal: wrong_reports, group_by: model }
            """).Step();
        run.Report(model: "m1").Report(model: "m2").Report(model: "m1").Report(model: "m2").Step();
        Assert.Empty(run.Open);
        run.Report(model: "m2").Step();
        Assert.Equal("m2", Assert.Single(run.Open).Model);
    }

    [Fact]
    public void Ten_thousand_reports_are_one_alert()
    {
        AlertRun run = new AlertRun(restarts: false).Step();
        for (int i = 0; i < 10_000; i++) run.Report();
        run.Step().Go(TimeSpan.FromMinutes(5));
        Assert.Equal(2, run.Notices.Count);
        Assert.Equal((10_000L, 10), (run.Open[0].Count, run.Open[0].Tweets.Count));
        Assert.InRange(run.Engine.State.ToJson().Length, 1, 400_000);
    }
}
