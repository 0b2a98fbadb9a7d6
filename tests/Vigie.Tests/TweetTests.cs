using Vigie.Tweets;

namespace Vigie.Tests;

public sealed class TweetTests
{
    [Fact]
    public void Sentiments_stand_in_the_order_of_class_columns() =>
        Assert.Equal([Sentiment.Negative, Sentiment.Neutral, Sentiment.Positive], Enum.GetValues<Sentiment>());
}
