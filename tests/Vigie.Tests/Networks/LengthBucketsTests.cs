using Vigie.Networks;

namespace Vigie.Tests.Networks;

public class LengthBucketsTests
{
    private static readonly EncodedTexts Tweets = Texts(2000, 40);

    [Fact]
    public void Each_text_is_in_one_batch_of_an_epoch()
    {
        foreach (int epoch in new[] { 1, 2 })
        {
            IReadOnlyList<TextBatch> batches = new LengthBuckets(Tweets, 32).Shuffled(seed: 7, epoch);
            Assert.Equal(Enumerable.Range(0, 2000), batches.SelectMany(batch => batch.Texts.ToArray()).Order());
            Assert.All(batches, batch => Assert.InRange(batch.Texts.Length, 1, 32));
            Assert.Equal(new LengthBuckets(Tweets, 32).Count, batches.Count);
        }
    }

    [Fact]
    public void Hardly_a_step_is_padding()
    {
        IReadOnlyList<TextBatch> batches = new LengthBuckets(Tweets, 32).Shuffled(seed: 7, epoch: 1);
        foreach (TextBatch batch in batches)
        {
            int[] steps = [.. batch.Texts.ToArray().Select(Tweets.Steps)];
            Assert.Equal(batch.Steps, steps.Max());
            Assert.Equal(batch.IsEven, steps.Min() == steps.Max());
        }
        double padded = LengthBuckets.PaddedShare(batches, Tweets);
        Assert.InRange(padded, 0, 0.02);
        // Cut at random, as many steps again as there are would be padding.
        long longest = Enumerable.Range(0, 2000).Chunk(32).Sum(chunk => (long)chunk.Length * chunk.Max(Tweets.Steps));
        Assert.True(1 - (double)Tweets.TotalSteps / longest > 10 * padded);
    }

    [Fact]
    public void Seed_and_epoch_draw_the_batches()
    {
        var buckets = new LengthBuckets(Tweets, 32);
        int[] Order(int seed, int epoch) => [.. buckets.Shuffled(seed, epoch).SelectMany(batch => batch.Texts.ToArray())];
        Assert.Equal(Order(7, 1), Order(7, 1));
        Assert.NotEqual(Order(7, 1), Order(7, 2));
        Assert.NotEqual(Order(7, 1), Order(8, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(33)]
    public void Any_number_of_texts_is_cut(int count)
    {
        EncodedTexts texts = Texts(count, 40);
        Assert.Equal(count, new LengthBuckets(texts, 32).InOrder().Sum(batch => batch.Texts.Length));
        Assert.Equal(new LengthBuckets(texts, 32).Count, new LengthBuckets(texts, 32).InOrder().Count);
    }

    private static EncodedTexts Texts(int count, int longest)
    {
        var random = new Xoshiro256(2);
        int[] starts = new int[count + 1];
        for (int i = 0; i < count; i++) starts[i + 1] = starts[i] + 1 + random.Next(longest);
        return new EncodedTexts(1, new int[starts[^1]], starts);
    }
}
