using Vigie.Tweets;

namespace Vigie.Server.Tests;

public sealed class AgreementTests
{
    // Fleiss, Statistical Methods for Rates and Proportions, 3rd edition, table 18.1: 100 subjects, three categories.
    [Fact]
    public void Kappa_is_as_textbooks_have_it()
    {
        var pair = new Agreement("ada", "bob");
        int[,] table = { { 75, 1, 4 }, { 5, 4, 1 }, { 0, 0, 10 } };
        for (int first = 0; first < 3; first++)
        {
            for (int second = 0; second < 3; second++) pair.Add((Sentiment)first, (Sentiment)second, table[first, second]);
        }

        Assert.Equal((100, 89), (pair.Both, pair.Alike));
        Assert.Equal(0.676, pair.Kappa!.Value, 0.001);
    }

    [Fact]
    public void It_is_one_for_always_zero_for_chance_below_for_the_contrary_and_nothing_where_chance_leaves_nothing_open()
    {
        Assert.Equal(1, Of((Sentiment.Negative, Sentiment.Negative, 3), (Sentiment.Positive, Sentiment.Positive, 4)).Kappa);
        Assert.Equal(0, Of((Sentiment.Negative, Sentiment.Negative, 1), (Sentiment.Negative, Sentiment.Positive, 1), (Sentiment.Positive, Sentiment.Negative, 1), (Sentiment.Positive, Sentiment.Positive, 1)).Kappa!.Value, 1e-12);
        Assert.Equal(-1, Of((Sentiment.Negative, Sentiment.Positive, 5), (Sentiment.Positive, Sentiment.Negative, 5)).Kappa!.Value, 1e-12);
        Assert.Null(Of((Sentiment.Neutral, Sentiment.Neutral, 9)).Kappa);
        Assert.Null(Of().Kappa);
    }

    private static Agreement Of(params (Sentiment First, Sentiment Second, long Times)[] counts)
    {
        var pair = new Agreement("ada", "bob");
        foreach ((Sentiment first, Sentiment second, long times) in counts) pair.Add(first, second, times);
        return pair;
    }
}
