using Vigie.Monitoring;

namespace Vigie.Tests.Monitoring;

/// <summary>A small form of <c>vigie bench monitor</c>, which rehearses a thousand weeks and counts the delays.</summary>
public sealed class DriftRehearsalTests
{
    [Fact]
    public void Quiet_weeks_raise_no_alarm()
    {
        // Each with a training of its own and 200 to 2,000 tweets a day, looked at every five minutes.
        DriftOutcome[] weeks = new DriftOutcome[60];
        Parallel.For(0, weeks.Length, i => weeks[i] = new DriftRehearsal { Seed = (ulong)i, TweetsPerDay = 200 * Math.Pow(10, i / 60.0), ProfileTexts = 2_000 }.Run());

        Assert.All(weeks, week => Assert.Null(week.Alarm));
        Assert.True(weeks.Sum(week => week.Tweets) > 200_000);
    }
}
