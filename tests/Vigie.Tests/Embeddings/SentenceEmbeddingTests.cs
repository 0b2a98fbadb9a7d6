using Vigie.Embeddings;
using Vigie.Features;
using Vigie.Text;

namespace Vigie.Tests.Embeddings;

public sealed class SentenceEmbeddingTests
{
    private static readonly WordVectors Words = new(["good", "bad", "crew", "<user>", "rare"], [1, 0, 0.5f, /**/ -1, 0, 0.5f, /**/ 0, 1, 0.5f, /**/ 0, 0, 1, /**/ 0, -1, 0.25f], 3);

    private static readonly string[] Texts = ["good crew @someone", "bad crew", "good good unheard", "rare", "nothing known"];

    [Fact]
    public void The_weighed_mean_less_the_common_direction_is_that_of_the_paper()
    {
        const double a = 0.05;
        var fitter = new SmoothInverseFrequency { Smoothing = a };
        SentenceEmbedding fitted = fitter.Fit(Words, Texts);
        // 'good crew <user>' and so on: 11 tokens in all, words without a vector among them.
        double[] counts = [3, 1, 2, 1, 1];
        double[] weights = [.. counts.Select(count => a / (a + count / 11))];
        Assert.All(weights.Zip(fitted.Weights), pair => Assert.Equal(pair.First, pair.Second, 1e-6));

        int[][] known = [[0, 2, 3], [1, 2], [0, 0], [4], []];
        double[][] means = [.. known.Select(words => Mean(words, weights))];
        double[] common = FirstSingularVector(means);
        var found = new float[Texts.Length * 3];
        fitted.Encode(Texts, found);
        for (int text = 0; text < Texts.Length; text++)
        {
            double along = Enumerable.Range(0, 3).Sum(i => means[text][i] * common[i]);
            for (int i = 0; i < 3; i++) Assert.Equal(means[text][i] - along * common[i], found[text * 3 + i], 1e-6);
            var alone = new float[3];
            Assert.Equal(known[text].Length > 0, fitted.Embed(Texts[text], alone));
            Assert.Equal(found[(text * 3)..(text * 3 + 3)], alone);
        }

        var plain = new float[3];
        (fitter with { RemovedDirections = 0 }).Fit(Words, Texts).Embed(Texts[1], plain);
        Assert.All(means[1].Zip(plain), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void Words_that_were_not_learnt_count_where_there_are_n_grams()
    {
        var random = new Xoshiro256(1);
        var vectors = new SubwordVectors(["good", "crew"], [.. Enumerable.Range(0, 22 * 4).Select(_ => (float)random.NextDouble())], 4, new Subwords(3, 4, 20));
        SentenceEmbedding fitted = new SmoothInverseFrequency { RemovedDirections = 0 }.Fit(vectors, ["good crew"]);
        var vector = new float[4];
        var alone = new float[4];
        Assert.True(fitted.Embed("goooodly", vector));
        Assert.True(vectors.TryGetVector("goodly", alone));
        Assert.Equal(alone, vector); // the pipeline shortens runs of letters
        Assert.False(new SmoothInverseFrequency { RemovedDirections = 0 }.Fit(vectors.Words, ["good crew"]).Embed("goooodly", vector));
    }

    [Fact]
    public void Settings_and_texts_that_do_not_suit_are_refused()
    {
        Assert.Throws<InvalidInputException>(() => new SmoothInverseFrequency { Smoothing = 0 }.Fit(Words, Texts));
        Assert.Throws<InvalidInputException>(() => new SmoothInverseFrequency { Smoothing = double.NaN }.Fit(Words, Texts));
        Assert.Throws<InvalidInputException>(() => new SmoothInverseFrequency { RemovedDirections = 3 }.Fit(Words, Texts));
        Assert.Throws<InvalidInputException>(() => new SmoothInverseFrequency().Fit(Words, []));
        Assert.Contains("have in common", Assert.Throws<InvalidInputException>(() => new SmoothInverseFrequency().Fit(Words, ["GOODLY", "unheard"])).Message, StringComparison.Ordinal);
        SentenceEmbedding fitted = new SmoothInverseFrequency().Fit(Words, Texts);
        Assert.Throws<InvalidInputException>(() => fitted.Encode(Texts, new float[5]));
        Assert.Throws<InvalidInputException>(() => fitted.Embed("good", new float[2]));
        Assert.Throws<InvalidInputException>(() => new SentenceEmbedding(Words, null, [1], [], new TextPipeline()));
    }

    [Fact]
    public void Encoding_stops_when_asked()
    {
        using var stopped = new CancellationTokenSource();
        stopped.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => new SmoothInverseFrequency().Fit(Words, Texts, stopped.Token));
        SentenceEmbedding fitted = new SmoothInverseFrequency().Fit(Words, Texts);
        Assert.ThrowsAny<OperationCanceledException>(() => fitted.Encode(Texts, new float[15], stopped.Token));
    }

    [Fact]
    public void Reduced_vectors_are_the_coordinates_along_the_components()
    {
        SentenceEmbedding inner = new SmoothInverseFrequency { RemovedDirections = 0 }.Fit(Words, Texts);
        ReducedEncoder reduced = ReducedEncoder.Fit(inner, Texts, 2);
        var full = new float[15];
        var found = new float[10];
        inner.Encode(Texts, full);
        reduced.Encode(Texts, found);
        var exact = PrincipalComponents.Fit(Array.ConvertAll(full, value => (double)value), 3, 2);
        for (int text = 0; text < 5; text++)
        {
            double[] expected = exact.Transform(Array.ConvertAll(full[(text * 3)..(text * 3 + 3)], value => (double)value));
            for (int i = 0; i < 2; i++) Assert.Equal(expected[i], found[text * 2 + i], 1e-5);
        }

        Assert.Equal(2, reduced.Dimension);
        Assert.Throws<InvalidInputException>(() => ReducedEncoder.Fit(inner, Texts, 4));
        Assert.Throws<InvalidInputException>(() => new ReducedEncoder(reduced, reduced.Components));
    }

    private static double[] Mean(int[] words, double[] weights) =>
        [.. Enumerable.Range(0, 3).Select(i => words.Length == 0 ? 0 : words.Sum(word => weights[word] * Words[word][i]) / words.Length)];

    // Power iteration, long enough for any gap.
    private static double[] FirstSingularVector(double[][] rows)
    {
        double[] direction = [1, 0.5, 0.25];
        for (int round = 0; round < 2_000; round++)
        {
            double[] next = [.. Enumerable.Range(0, 3).Select(i => rows.Sum(row => row[i] * row.Zip(direction, (x, y) => x * y).Sum()))];
            double norm = Math.Sqrt(next.Sum(value => value * value));
            direction = [.. next.Select(value => value / norm)];
        }

        return direction;
    }
}
