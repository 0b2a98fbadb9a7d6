using System.Text.RegularExpressions;
using Vigie.Corpus;
using Vigie.Tweets;

namespace Vigie.Tests.Corpus;

/// <summary>The corpus is worth learning: a linear model on words gets most tweets right, and far from all.</summary>
/// <remarks>
/// Measured with naive Bayes, the simplest linear model, written here so that the writer's tests hang on no model of the product.
/// docs/corpus.md has the figures of logistic regression.
/// </remarks>
public sealed partial class DifficultyTests
{
    private static readonly Lazy<GeneratedTweet[]> Corpus = new(() => [.. CorpusGenerator.GenerateWithTruth(new CorpusOptions { Rows = 20_000, Seed = 1 })]);

    [Theory]
    [InlineData(null)]
    [InlineData(TweetLanguage.English)]
    [InlineData(TweetLanguage.French)]
    public void A_linear_model_on_words_lands_between_80_and_92_percent(TweetLanguage? language) =>
        Assert.InRange(Accuracy(language, Unigrams), 0.79, 0.92);

    [Fact]
    public void Pairs_of_words_help() => Assert.True(Accuracy(null, Bigrams) > Accuracy(null, Unigrams) + 0.005, $"{Accuracy(null, Bigrams)} is not above {Accuracy(null, Unigrams)}");

    [Fact]
    public void The_topic_alone_says_little() => Assert.InRange(Accuracy(null, tweet => [tweet.Topic]), 0.5, 0.66);

    private static double Accuracy(TweetLanguage? language, Func<GeneratedTweet, IEnumerable<string>> features)
    {
        var counts = new Dictionary<string, int[]>();
        int[] totals = [0, 0];
        GeneratedTweet[] tweets = [.. Corpus.Value.Where(tweet => language is null || tweet.Language == language)];
        foreach (GeneratedTweet tweet in tweets.Where(tweet => TextHash.SplitOf(tweet.Tweet.Text) == Split.Train))
        {
            int side = tweet.Tweet.Label == Sentiment.Positive ? 1 : 0;
            foreach (string feature in features(tweet).Distinct())
            {
                if (!counts.TryGetValue(feature, out int[]? seen)) counts[feature] = seen = [0, 0];
                seen[side]++;
                totals[side]++;
            }
        }

        double Score(GeneratedTweet tweet) => features(tweet).Distinct().Where(counts.ContainsKey)
            .Sum(feature => Math.Log((counts[feature][1] + 1.0) / (totals[1] + counts.Count) * (totals[0] + counts.Count) / (counts[feature][0] + 1.0)));
        return tweets.Where(tweet => TextHash.SplitOf(tweet.Tweet.Text) == Split.Test)
            .Average(tweet => Score(tweet) > 0 == (tweet.Tweet.Label == Sentiment.Positive) ? 1.0 : 0.0);
    }

    private static IEnumerable<string> Unigrams(GeneratedTweet tweet) => Words().Matches(tweet.Tweet.Text.ToLowerInvariant()).Select(match => match.Value);

    private static IEnumerable<string> Bigrams(GeneratedTweet tweet)
    {
        string[] words = [.. Unigrams(tweet)];
        return words.Concat(words.Zip(words.Skip(1), (first, second) => $"{first} {second}"));
    }

    [GeneratedRegex(@"[\p{L}\p{N}]{2,}")]
    private static partial Regex Words();
}
