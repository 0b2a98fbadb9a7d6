using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

/// <summary>A small form of <c>vigie bench monitor</c>, which rehearses a thousand weeks and counts the delays.</summary>
public sealed class DriftRehearsalTests
{
    [Fact]
    public void Quiet_weeks_raise_no_alarm()
    {
        // Each with a training of its own and 200 to 2,000 tweets a day, looked at every five minutes.
        DriftOutcome[] weeks = new DriftOutcome[40];
        Parallel.For(0, weeks.Length, i => weeks[i] = new DriftRehearsal { Seed = (ulong)i, TweetsPerDay = 200 * Math.Pow(10, i / 40.0), ProfileTexts = 2_000 }.Run());

        Assert.All(weeks, week => Assert.Null(week.Alarm));
        Assert.True(weeks.Sum(week => week.Tweets) > 150_000);
    }

    [Fact]
    public void A_change_is_seen_and_dated()
    {
        DriftRehearsal rehearsal = new() { Seed = 5, TweetsPerDay = 2_000, ProfileTexts = 2_000, Shift = new DriftShift { Positive = 0.2 }, ShiftAt = TimeSpan.FromDays(1) };
        DriftOutcome outcome = rehearsal.Run();

        Assert.Equal(DriftSignal.ClassMix, outcome.Alarm);
        Assert.InRange(outcome.TweetsToAlarm, 30, 1_000);
        Assert.InRange(outcome.TimeToAlarm, TimeSpan.FromMinutes(15), TimeSpan.FromHours(12));
        Assert.Equal(outcome, rehearsal.Run());
        Assert.Null((rehearsal with { Shift = DriftShift.None }).Run().Alarm);
    }
}
