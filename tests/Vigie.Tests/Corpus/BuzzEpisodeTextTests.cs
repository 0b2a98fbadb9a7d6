using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class BuzzEpisodeTextTests
{
    private static readonly DateTimeOffset CorpusStart = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void All_of_an_episode_can_be_written() =>
        Assert.Equal(
            new BuzzEpisode { Topic = "luggage", Start = CorpusStart.AddDays(9), Height = 12.5, HalfLife = TimeSpan.FromMinutes(90) },
            BuzzEpisodeText.Parse("topic=luggage, start=9d, height=12.5, half-life=90m", CorpusStart));

    [Theory]
    [InlineData("2026-03-10T09:00", "2026-03-10T09:00:00+00:00")]
    [InlineData("2026-03-10T09:00+02:00", "2026-03-10T09:00:00+02:00")]
    [InlineData("36h", "2026-03-03T12:00:00+00:00")]
    [InlineData("1.5d", "2026-03-03T12:00:00+00:00")]
    public void A_start_is_a_time_or_a_span(string start, string expected)
    {
        BuzzEpisode episode = BuzzEpisodeText.Parse($"topic=food,start={start}", CorpusStart);

        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), episode.Start);
        Assert.Equal((8, TimeSpan.FromHours(6)), (episode.Height, episode.HalfLife));
    }

    [Theory]
    [InlineData("", "'' is none of topic=…, start=…, height=…, half-life=…")]
    [InlineData("topic=food", "start=… is missing")]
    [InlineData("start=1d", "topic=… is missing")]
    [InlineData("topic=food,start=1d,colour=red", "'colour=red' is none of")]
    [InlineData("topic=food,topic=crew,start=1d", "'topic' is given twice")]
    [InlineData("topic=food,start=soon", "start 'soon' is neither a time")]
    [InlineData("topic=food,start=1d,height=high", "height 'high' is not a number")]
    [InlineData("topic=food,start=1d,half-life=6", "half-life '6' is not a span")]
    [InlineData("topic=food,start=1d,half-life=1e99d", "half-life '1e99d' is not a span")]
    public void What_cannot_be_read_is_named(string text, string problem)
    {
        InvalidInputException thrown = Assert.Throws<InvalidInputException>(() => BuzzEpisodeText.Parse(text, CorpusStart));

        Assert.StartsWith($"episode '{text}': {problem}", thrown.Message, StringComparison.Ordinal);
    }
}
