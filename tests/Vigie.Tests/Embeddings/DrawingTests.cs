using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

/// <summary>What is drawn at random is drawn as often as it should be: within five standard deviations, and always the same with a seed.</summary>
public sealed class DrawingTests
{
    private const int Draws = 400_000;

    [Fact]
    public void Numbers_are_drawn_in_proportion_to_their_weights()
    {
        double[] weights = [5, 0, 1, 1, 3, 0.001, 40, 7];
        Follows(new AliasTable(weights), weights);
    }

    [Fact]
    public void One_number_alone_is_always_drawn() => Assert.Equal(0, new AliasTable([3]).Pick(ulong.MaxValue));

    [Fact]
    public void Words_stand_against_near_ones_in_proportion_to_their_counts_to_the_power_of_three_quarters()
    {
        int[] counts = [256, 81, 16, 16, 1];
        WordCorpus corpus = WordCorpus.FromSentences(counts.Select((count, word) => Enumerable.Repeat($"w{word}", count)));
        Follows(TrainingVocabulary.Of(corpus, new Word2Vec { MinCount = 1 }).Negatives, [64, 27, 8, 8, 1]);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.05)]
    [InlineData(0.0)]
    public void Frequent_words_are_read_past(double sample)
    {
        int[] counts = [6000, 900, 90, 10];
        WordCorpus corpus = WordCorpus.FromSentences(counts.Select((count, word) => Enumerable.Repeat($"w{word}", count)));
        var vocabulary = TrainingVocabulary.Of(corpus, new Word2Vec { MinCount = 1, Sample = sample });
        var random = new Xoshiro256(21);
        for (int word = 0; word < counts.Length; word++)
        {
            double share = counts[word] / 7000.0, expected = sample == 0 ? 1 : Math.Min(1, Math.Sqrt(sample / share) + sample / share);
            int kept = 0;
            for (int i = 0; i < Draws; i++) kept += vocabulary.Keeps(word, random) ? 1 : 0;
            Likely(expected, kept);
        }
    }

    [Fact]
    public void Words_below_min_count_are_left_out_of_shares_and_draws()
    {
        WordCorpus corpus = WordCorpus.FromSentences([["a", "a", "a", "b", "b", "b", "rare"]]);
        var vocabulary = TrainingVocabulary.Of(corpus, new Word2Vec { MinCount = 3 });
        Assert.Equal(["a", "b"], vocabulary.Words);
        Assert.Equal([3L, 3L], vocabulary.Counts);
        Follows(vocabulary.Negatives, [1, 1]);
    }

    private static void Follows(AliasTable table, double[] weights)
    {
        var random = new Xoshiro256(20);
        var drawn = new int[weights.Length];
        for (int i = 0; i < Draws; i++) drawn[table.Pick(random.NextUInt64())]++;
        for (int i = 0; i < weights.Length; i++) Likely(weights[i] / weights.Sum(), drawn[i]);
    }

    private static void Likely(double expected, int count) =>
        Assert.Equal(expected * Draws, count, 5 * Math.Sqrt(Draws * expected * (1 - expected)) + 1e-3);
}
