using Vigie.Corpus;

namespace Vigie.Tests.Corpus;

public sealed class AuthorsTests
{
    [Theory]
    [InlineData(TweetLanguage.English)]
    [InlineData(TweetLanguage.French)]
    public void No_two_ranks_share_a_name(TweetLanguage language)
    {
        string[] names = [.. Enumerable.Range(0, 131_071).Select(rank => Authors.Name(language, rank))];

        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9_]{2,20}$", name));
    }

    [Fact]
    public void Activity_has_a_heavy_tail()
    {
        var random = new Xoshiro256(2);
        int[] counts = [.. Enumerable.Range(0, 50_000).Select(_ => Authors.Draw(TweetLanguage.English, random)).CountBy(name => name).Select(pair => pair.Value).OrderDescending()];

        // Zipf: the busiest account writes about 1/17 of all, and most of the accounts are heard once or twice.
        Assert.InRange(counts[0], 2600, 3300);
        Assert.InRange(counts[2] / (double)counts[0], 0.3, 0.7);
        Assert.InRange(counts.Count(count => count <= 2) / (double)counts.Length, 0.5, 1);
    }
}
