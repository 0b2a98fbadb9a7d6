using Vigie.Tweets;

namespace Vigie.Server.Tests;

/// <summary>The limits of the reference, just below and just above.</summary>
public sealed class ThresholdTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(200.9, "latency-critical", false)]
    [InlineData(201, "latency-critical", true)]
    [InlineData(150.9, "latency-warning", false)]
    [InlineData(151, "latency-warning", true)]
    public void A_latency_at_its_limit_is_none(double milliseconds, string rule, bool alert)
    {
        var run = new AlertRun();
        // 94 of 100 are fast: the 95th is the first that is not.
        Steady(run, TimeSpan.FromMinutes(45), at =>
        {
            run.Figures.Predict(at, 94, 20, at.Minute % 2 == 0 ? Sentiment.Positive : Sentiment.Negative);
            run.Figures.Predict(at, 6, milliseconds, Sentiment.Negative);
        });
        Assert.Equal(alert, run.Open.Any(one => one.Rule == rule));
        if (!alert) return;
        Alert found = run.Open.Single(one => one.Rule == rule);
        Assert.Equal((Math.Floor(milliseconds), rule == "latency-critical" ? 200 : 150), (found.Figure, found.Limit));
        Assert.Equal($"95 % of predictions took up to {Math.Floor(milliseconds)} ms over 5 minutes; the limit is {found.Limit} ms", found.Summary);
    }

    [Theory]
    [InlineData(250, 10, "latency-critical")]
    [InlineData(175, 30, "latency-warning")]
    public void A_latency_is_an_alert_when_its_time_is_over_and_no_second_before(double milliseconds, int minutes, string rule)
    {
        var run = new AlertRun();
        Steady(run, 2 * Minute, at => run.Figures.Predict(at, 50, 10));
        DateTimeOffset? since = null;
        DateTimeOffset slow = run.Now;
        while (run.Now < slow.AddMinutes(minutes + 10) && since is null)
        {
            Mixed(run, run.Now, 200, milliseconds);
            run.To(run.Now + Minute).Step();
            if (run.Engine.State.Watches.Any(watch => watch.Rule == rule)) since = run.Now;
        }

        Assert.NotNull(since);
        while (run.Now < since.Value.AddMinutes(minutes - 1))
        {
            Mixed(run, run.Now, 200, milliseconds);
            run.To(run.Now + Minute).Step();
        }

        Mixed(run, run.Now, 200, milliseconds);
        run.To(since.Value.AddMinutes(minutes).AddSeconds(-1)).Step();
        Assert.Empty(run.Open);
        Assert.Equal(since.Value.AddMinutes(minutes), run.Next);
        run.To(run.Next).Step();
        Alert alert = Assert.Single(run.Open);
        Assert.Equal((rule, since.Value), (alert.Rule, alert.Since));
    }

    [Fact]
    public void A_latency_that_falls_back_in_between_begins_anew()
    {
        var run = new AlertRun();
        Steady(run, 9 * Minute, at => Mixed(run, at, 100, 300));
        Steady(run, 6 * Minute, at => Mixed(run, at, 3_000, 10));
        Assert.Empty(run.Engine.State.Watches);
        Steady(run, 9 * Minute, at => Mixed(run, at, 1_000, 300));
        Assert.Empty(run.Open);
        Steady(run, 3 * Minute, at => Mixed(run, at, 1_000, 300));
        Assert.Equal("latency-critical", Assert.Single(run.Open).Rule);
    }

    [Theory]
    [InlineData(950, 50, false)]
    [InlineData(949, 51, true)]
    [InlineData(19, 19, false)] // half of them, of too few
    [InlineData(25, 25, true)]
    public void Errors_are_an_alert_beyond_five_percent(int good, int failed, bool alert)
    {
        var run = new AlertRun();
        run.Figures.Request(run.Now, 200, good - 5);
        run.Figures.Request(run.Now, 422, 5); // the caller's own fault
        run.Figures.Request(run.Now, 503, failed);
        run.Step().Go(2 * Minute);
        Assert.Equal(alert ? ["errors"] : [], run.Open.Select(one => one.Rule));
        if (alert) Assert.Equal((double)failed / (good + failed), run.Open[0].Figure, 1e-12);
        run.Go(TimeSpan.FromMinutes(58)); // they are of an hour ago
        Assert.Equal(alert ? 1 : 0, run.Open.Count);
        run.Go(TimeSpan.FromMinutes(12));
        Assert.Empty(run.Open);
    }

    [Theory]
    [InlineData(80, Sentiment.Negative, false)]
    [InlineData(81, Sentiment.Negative, true)]
    [InlineData(81, Sentiment.Positive, true)]
    public void One_class_is_an_alert_beyond_eighty_percent(int those, Sentiment label, bool alert)
    {
        var run = new AlertRun();
        Steady(run, TimeSpan.FromMinutes(20), at =>
        {
            run.Figures.Predict(at, those, 10, label);
            run.Figures.Predict(at, 100 - those, 10, label is Sentiment.Positive ? Sentiment.Negative : Sentiment.Positive);
        });
        Assert.Equal(alert ? ["one-class"] : [], run.Open.Select(one => one.Rule));
        if (alert) Assert.Equal($"1,620 of 2,000 predictions over 60 minutes are {label.ToString().ToLowerInvariant()}, 81 %; the limit is 80 %", run.Open[0].Summary);
    }

    [Theory]
    [InlineData(0.1, false)]
    [InlineData(0.101, true)]
    public void Unknown_words_are_an_alert_beyond_ten_percent(double share, bool alert)
    {
        var run = new AlertRun();
        Steady(run, TimeSpan.FromMinutes(20), at => Mixed(run, at, 100, 10, share));
        Assert.Equal(alert ? ["unknown-words"] : [], run.Open.Select(one => one.Rule));
    }

    [Theory]
    [InlineData("one-class", 99)]
    [InlineData("unknown-words", 49)]
    [InlineData("latency-critical", 19)]
    public void Too_little_is_not_judged(string rule, int most)
    {
        AlertRule asked = AlertRules.Default.All.Single(known => known.Name == rule);
        Assert.Equal(most + 1, asked.AtLeast);
        foreach (int count in (int[])[most, most + 1])
        {
            var run = new AlertRun();
            run.Step();
            // All of it in one minute, and looked at while that is in the window.
            run.Figures.Predict(run.Now, count, 500, Sentiment.Negative, 0.5);
            run.To(run.Now + Minute).Step();
            Assert.Equal(count > most, run.Engine.State.Watches.Any(watch => watch.Rule == rule));
        }
    }

    [Fact]
    public void Each_model_is_judged_by_itself()
    {
        var run = new AlertRun();
        run.Models.Add(new AlertModel("m2", "air-paradis 4", ModelPart.Challenger));
        Steady(run, TimeSpan.FromMinutes(20), at =>
        {
            Mixed(run, at, 100, 10);
            run.Figures.Predict(at, 40, 10, Sentiment.Negative, model: "m2", part: ModelPart.Challenger);
        });
        Alert alert = Assert.Single(run.Open);
        Assert.Equal(("one-class", "air-paradis 4"), (alert.Rule, alert.Model));
    }

    [Fact]
    public void No_traffic_is_an_alert_a_quarter_of_an_hour_after_the_last_prediction()
    {
        foreach (int before in (int[])[59, 60])
        {
            var run = new AlertRun();
            run.Step().Go(TimeSpan.FromMinutes(30), each: at => Mixed(run, at.AddSeconds(-30), before / 30 + (at.Minute <= before % 30 ? 1 : 0), 10));
            DateTimeOffset last = run.Figures.LastPrediction!.Value;
            Assert.Equal(30, last.Second);
            run.Go(last.AddMinutes(15).AddSeconds(29) - run.Now);
            Assert.Empty(run.Open);
            run.Go(TimeSpan.FromSeconds(1)); // the first whole minute by which a quarter of an hour has passed
            Assert.Equal(before >= 60 ? ["no-traffic"] : [], run.Open.Select(one => one.Rule));
            Mixed(run, run.Now, 1, 10);
            run.Go(TimeSpan.FromMinutes(2));
            Assert.Empty(run.Open);
        }
    }

    [Theory]
    [InlineData(120, false)]
    [InlineData(121, true)]
    public void A_champion_that_takes_a_fifth_longer_is_told_of(double milliseconds, bool alert)
    {
        var run = new AlertRun();
        run.Models.Add(new AlertModel("m2", "air-paradis 4", ModelPart.Challenger));
        Steady(run, TimeSpan.FromMinutes(90), at =>
        {
            Mixed(run, at, 20, milliseconds);
            for (int i = 0; i < 10; i++) run.Figures.Predict(at, 1, 100, (Sentiment)(2 * (i % 2)), model: "m2", part: ModelPart.Challenger);
        });
        Assert.Equal(alert ? ["champion-slower"] : [], run.Open.Select(one => one.Rule));
        run.Models.RemoveAt(1); // the trial is over
        Steady(run, TimeSpan.FromMinutes(62), at => Mixed(run, at, 20, milliseconds));
        Assert.Empty(run.Open);
    }

    [Fact]
    public void A_challenger_is_better_when_the_bet_has_paid_a_hundred_times()
    {
        var run = new AlertRun { Trial = new TrialPeriod("m1", "m2", 0, AlertRun.Start) };
        run.Models.Add(new AlertModel("m2", "air-paradis 4", ModelPart.Challenger));
        long wins = 0;
        do
        {
            run.TrialCounts = new TrialCounts { OnlyChallengerRight = ++wins, BothRight = 100 };
            run.To(run.Now + Minute).Step();
        }
        while (run.Open.Count == 0 && wins < 100);
        double limit = TrialVerdict.Of(run.Trial, run.TrialCounts, 0.01).EValue;
        Assert.True(limit >= 100 && TrialVerdict.Of(run.Trial, new TrialCounts { OnlyChallengerRight = wins - 1 }, 0.01).EValue < 100);
        Assert.Equal($"the challenger air-paradis 4 is better: of {wins} corrected tweets that one of the two had right, {wins} were the challenger's; the evidence is {limit:N0}, and 100 is the limit", run.Open[0].Summary);
        run.TrialCounts = null; // the records cannot be read: nothing is known, nothing changes
        run.Go(TimeSpan.FromHours(3));
        Assert.Single(run.Open);
        run.Trial = null;
        run.Go(TimeSpan.FromMinutes(61));
        Assert.Empty(run.Open);
    }

    private static void Mixed(AlertRun run, DateTimeOffset at, int times, double milliseconds, double unknown = 0)
    {
        run.Figures.Predict(at, times - (times / 2), milliseconds, Sentiment.Positive, unknown);
        run.Figures.Predict(at, times / 2, milliseconds, Sentiment.Negative, unknown);
    }

    /// <summary>The same in every minute.</summary>
    private static void Steady(AlertRun run, TimeSpan time, Action<DateTimeOffset> minute)
    {
        DateTimeOffset end = run.Now + time;
        while (run.Now < end)
        {
            minute(run.Now);
            run.To(run.Now + Minute).Step();
        }
    }
}
