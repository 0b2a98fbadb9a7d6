using System.Diagnostics;
using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

public sealed class NegativeSamplingTests
{
    private static readonly Word2Vec Small = new() { VectorSize = 24, MinCount = 1, Alpha = 0.05, Epochs = 8, Sample = 0.01, Workers = 1 };
    private static readonly FastText SmallSubwords = new() { VectorSize = 24, MinCount = 1, Alpha = 0.05, Epochs = 8, Sample = 0.01, Workers = 1, Bucket = 20_000 };

    private static readonly string[] Two = ["anna", "anna", "bob"];

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 5)]
    [InlineData(true, 8)]
    [InlineData(false, 5)]
    public void Training_is_that_of_the_plain_algorithm(bool sg, int negative)
    {
        int[][] sentences = [[0, 1, 0, 0], [1], [], [0, 1, 1, 0, 0]];
        var corpus = WordCorpus.FromSentences(sentences.Select(sentence => sentence.Select(word => word == 0 ? "anna" : "bob")));
        WordVectors vectors = new Word2Vec { VectorSize = 20, Window = 1, MinCount = 1, Negative = negative, Epochs = 3, Alpha = 0.5, Sample = 0, Sg = sg, Workers = 1, Seed = 4 }.Fit(corpus);
        double[][] expected = new ReferenceTraining(sentences, [[0], [1]], 20, 0.5 / 20) { SkipGram = sg, Negative = negative, Epochs = 3, Alpha = 0.5, Seed = 4 }.Run();
        for (int word = 0; word < 2; word++) Close(expected[word], vectors[word]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Training_with_subwords_is_that_of_the_plain_algorithm(bool sg)
    {
        int[][] sentences = [[0, 1, 0, 0], [0, 1, 1, 0, 0]];
        var corpus = WordCorpus.FromSentences(sentences.Select(sentence => sentence.Select(word => word == 0 ? "anna" : "bob")));
        var subwords = new Subwords(2, 4, 7); // so few buckets that n-grams share them, within a word and between words
        List<int> seen = [];
        int[][] rowsOf = [.. new[] { "anna", "bob" }.Select((word, own) =>
        {
            List<int> buckets = [];
            subwords.AddBuckets(word, buckets);
            foreach (int bucket in buckets.Where(bucket => !seen.Contains(bucket))) seen.Add(bucket);
            return (int[])[own, .. buckets.Select(bucket => 2 + seen.IndexOf(bucket))];
        })];
        FastText options = SmallSubwords with { VectorSize = 20, Window = 1, Epochs = 3, Alpha = 0.2, Sample = 0, Sg = sg, Seed = 4, MinN = 2, MaxN = 4, Bucket = 7 };
        SubwordVectors vectors = options.Fit(corpus);
        double[][] expected = new ReferenceTraining(sentences, rowsOf, 20, 1.0 / 20) { SkipGram = sg, Epochs = 3, Alpha = 0.2, Seed = 4 }.Run();
        for (int word = 0; word < 2; word++)
        {
            Close(expected[word], vectors.WordRow(word));
            Close([.. Enumerable.Range(0, 20).Select(k => rowsOf[word].Average(row => expected[row][k]))], vectors.Words[word]);
        }
        for (int k = 0; k < seen.Count; k++) Close(expected[2 + k], vectors.BucketRow(seen[k]));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    [InlineData(true, 3)]
    [InlineData(false, 3)]
    public void Words_of_one_topic_come_together(bool sg, int workers)
    {
        WordCorpus corpus = TopicCorpus.Corpus();
        Assert.InRange(TopicCorpus.Purity((Small with { Sg = sg, Workers = workers }).Fit(corpus)), 0.97, 1);
        Assert.InRange(TopicCorpus.Purity((SmallSubwords with { Sg = sg, Workers = workers }).Fit(corpus).Words), 0.97, 1);
    }

    [Fact]
    public void Untrained_vectors_know_no_topics() =>
        Assert.InRange(TopicCorpus.Purity((Small with { Alpha = 1e-6, MinAlpha = 0, Epochs = 1 }).Fit(TopicCorpus.Corpus())), 0, 0.6);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_thread_gives_the_same_bits_each_time_and_a_seed_others(bool sg)
    {
        WordCorpus corpus = TopicCorpus.Corpus();
        Word2Vec words = Small with { Sg = sg, Epochs = 2 };
        Assert.Equal(words.Fit(corpus).All.ToArray(), words.Fit(corpus).All.ToArray());
        Assert.NotEqual(words.Fit(corpus).All.ToArray(), (words with { Seed = 2 }).Fit(corpus).All.ToArray());
        FastText subwords = SmallSubwords with { Sg = sg, Epochs = 2 };
        Assert.Equal(subwords.Fit(corpus).Words.All.ToArray(), subwords.Fit(corpus).Words.All.ToArray());
    }

    [Fact]
    public void Words_come_with_their_counts_the_most_frequent_first()
    {
        WordVectors vectors = (Small with { MinCount = 2 }).Fit(WordCorpus.FromSentences([["b", "a", "a", "c"], ["b", "a"]]));
        Assert.Equal(["a", "b"], vectors.Words);
        Assert.Equal([3L, 2L], vectors.Counts);
        Assert.Equal(24, vectors.Dimension);
    }

    [Fact]
    public void A_misspelt_word_lies_near_the_right_one()
    {
        string[] words = ["airplane", "luggage", "breakfast", "delicious", "wonderful", "terrible", "passenger", "yesterday", "chocolate", "telephone"];
        var random = new Xoshiro256(8);
        var corpus = WordCorpus.FromSentences(Enumerable.Range(0, 400).Select(_ => Enumerable.Range(0, 8).Select(_ => words[random.Next(words.Length)]).ToList()));
        SubwordVectors vectors = SmallSubwords.Fit(corpus);
        var vector = new float[vectors.Dimension];
        foreach ((string wrong, string right) in new[] { ("airplne", "airplane"), ("lugage", "luggage"), ("brekfast", "breakfast"), ("delicous", "delicious"), ("telefone", "telephone"), ("chocolates", "chocolate") })
        {
            Assert.Equal(-1, vectors.Words.IndexOf(wrong));
            Assert.True(vectors.TryGetVector(wrong, vector));
            Assert.Equal(right, vectors.Words.Words[Enumerable.Range(0, vectors.Words.Count).MaxBy(i => Cosine(vector, vectors.Words[i]))]);
        }
    }

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        Refused(Small with { VectorSize = 0 }, "vector_size 0");
        Refused(Small with { Window = 0 }, "window 0");
        Refused(Small with { MinCount = 0 }, "min_count 0");
        Refused(Small with { Negative = 0 }, "negative 0");
        Refused(Small with { Epochs = 0 }, "epochs 0");
        Refused(Small with { Alpha = 0 }, "alpha 0");
        Refused(Small with { Alpha = double.NaN }, "alpha NaN");
        Refused(Small with { MinAlpha = 1 }, "min_alpha 1");
        Refused(Small with { MinAlpha = double.NaN }, "min_alpha NaN");
        Refused(Small with { Sample = 1 }, "sample 1");
        Refused(Small with { Sample = -0.1 }, "sample -0.1");
        Refused(Small with { Workers = -1 }, "workers -1");
        Refused(Small with { Alpha = 1e9, Epochs = 200 }, "alpha 1000000000");
        string subwords = Assert.Throws<InvalidInputException>(() => (SmallSubwords with { MinN = 7 }).Fit(WordCorpus.FromSentences([Two]))).Message;
        Assert.StartsWith("min_n 7", subwords, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_few_words_are_refused_with_what_there_is()
    {
        string message = Assert.Throws<InvalidInputException>(() => (Small with { MinCount = 3 }).Fit(WordCorpus.FromSentences([Two]))).Message;
        Assert.Equal("min_count 3 leaves 0 of 2 different words, expected 2 or more: the most frequent one, 'anna', occurs 2 times; lower min_count or give more text", message);
        Assert.Contains("the corpus is empty", Assert.Throws<InvalidInputException>(() => SmallSubwords.Fit(WordCorpus.FromSentences([]))).Message, StringComparison.Ordinal);
        Assert.Contains("leaves 1 of 1", Assert.Throws<InvalidInputException>(() => Small.Fit(WordCorpus.FromSentences([["a", "a"]]))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Progress_rises_to_one(int workers)
    {
        List<double> shares = [];
        (Small with { Workers = workers }).Fit(TopicCorpus.Corpus(5000), new Told(shares.Add));
        Assert.True(shares.Count > 8);
        Assert.Equal(shares.Order(), shares);
        Assert.Equal(1, shares[^1]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(1, 100_000)] // one sentence that goes on and on
    public void Training_stops_when_asked(int workers, int joined)
    {
        WordCorpus corpus = TopicCorpus.Corpus();
        if (joined > 1) corpus = WordCorpus.FromSentences([Enumerable.Range(0, joined).SelectMany(_ => Two)]);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        long start = Stopwatch.GetTimestamp();
        Assert.ThrowsAny<OperationCanceledException>(() => (Small with { Epochs = 1_000_000, Workers = workers }).Fit(corpus, null, stop.Token));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5), "expected a fraction of a second, on a machine with nothing else to do");
    }

    private static void Refused(Word2Vec options, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(() => options.Fit(WordCorpus.FromSentences([Two, Two]))).Message, StringComparison.Ordinal);

    private static void Close(double[] expected, ReadOnlySpan<float> actual)
    {
        for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], actual[k], 1e-5);
    }

    private static double Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => System.Numerics.Tensors.TensorPrimitives.CosineSimilarity(a, b);

    private sealed class Told(Action<double> tell) : IProgress<double>
    {
        public void Report(double value) => tell(value);
    }
}
