using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class TweetTimesTests
{
    private static readonly CorpusOptions Month = new() { Rows = 50_000, Duration = TimeSpan.FromDays(28) };

    private static List<(DateTimeOffset At, int Source)> Draw(CorpusOptions options) => [.. TweetTimes.Draw(options, new Xoshiro256(1))];

    [Theory]
    [InlineData(1, 60)]
    [InlineData(1000, 60)]
    [InlineData(5000, 60 * 24 * 3 + 7)]
    public void Times_are_in_order_and_within_the_stretch(int rows, int minutes)
    {
        CorpusOptions options = Month with { Rows = rows, Duration = TimeSpan.FromMinutes(minutes) };
        List<(DateTimeOffset At, int Source)> drawn = Draw(options);

        Assert.Equal(rows, drawn.Count);
        Assert.Equal(drawn.Select(time => time.At).Order(), drawn.Select(time => time.At));
        Assert.InRange(drawn[0].At, options.Start, options.Start + options.Duration);
        Assert.InRange(drawn[^1].At, options.Start, options.Start + options.Duration);
    }

    [Fact]
    public void Nights_are_quiet_and_Fridays_busy()
    {
        List<(DateTimeOffset At, int Source)> drawn = Draw(Month);
        double Share(Func<DateTimeOffset, bool> when) => drawn.Count(time => when(time.At)) / (double)drawn.Count;

        // Expected shares follow from the rhythm itself: hour by hour and day by day.
        double Expected(Func<DateTimeOffset, bool> when)
        {
            DateTimeOffset[] steps = [.. Enumerable.Range(0, 28 * 24 * 12).Select(i => Month.Start.AddMinutes(5 * i))];
            return steps.Where(when).Sum(TweetTimes.Rhythm) / steps.Sum(TweetTimes.Rhythm);
        }

        foreach (Func<DateTimeOffset, bool> when in new Func<DateTimeOffset, bool>[] { at => at.Hour is >= 1 and < 5, at => at.Hour is >= 17 and < 21, at => at.DayOfWeek == DayOfWeek.Friday })
            Assert.Equal(Expected(when), Share(when), 0.01);
        Assert.InRange(Share(at => at.Hour is >= 1 and < 5), 0.005, 0.04);
        Assert.InRange(Share(at => at.DayOfWeek == DayOfWeek.Friday), 0.16, 0.19);
    }

    [Fact]
    public void An_episode_reaches_its_height_and_halves_in_its_half_life()
    {
        // Noon on a Tuesday, hours from the night: the rhythm changes little in between.
        var episode = new BuzzEpisode { Topic = "luggage", Start = Month.Start.AddDays(8).AddHours(12), Height = 10, HalfLife = TimeSpan.FromHours(3) };
        List<(DateTimeOffset At, int Source)> drawn = Draw(Month with { Episodes = [episode] });
        DateTimeOffset[] burst = [.. drawn.Where(time => time.Source == 1).Select(time => time.At)];
        double normalPerHour = (drawn.Count - burst.Length) / (28.0 * 24);
        int Within(double from, double to) => burst.Count(at => (at - episode.Start).TotalHours >= from && (at - episode.Start).TotalHours < to);

        Assert.All(burst, at => Assert.True(at >= episode.Start, $"{at} is before {episode.Start}"));
        // The rhythm at noon is about 1.2 of the mean, of which 0.6 counts.
        Assert.InRange(Within(0, 0.5) * 2 / normalPerHour, 8, 13);
        Assert.InRange(Within(3, 6) / (double)Within(0, 3), 0.42, 0.62);
        Assert.InRange(Within(30, 500) / (double)burst.Length, 0, 0.01);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    [InlineData(3.999)]
    [InlineData(50.5)]
    [InlineData(1e6)]
    public void Halving_agrees_with_the_power_function(double halvings)
    {
        double expected = Math.Pow(2, -halvings);

        Assert.Equal(expected, BuzzEpisode.HalfToThe(halvings), expected * 4e-16);
    }
}
