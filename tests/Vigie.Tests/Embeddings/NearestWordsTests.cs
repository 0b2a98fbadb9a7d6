using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

public sealed class NearestWordsTests
{
    private static WordVectors Random(int words, int dimension, ulong seed)
    {
        var random = new Xoshiro256(seed);
        return new WordVectors([.. Enumerable.Range(0, words).Select(i => $"w{i}")], [.. Enumerable.Range(0, words * dimension).Select(_ => (float)(random.NextDouble() - 0.5))], dimension);
    }

    // 40,000 words of 40 numbers are searched in parts, 300 in one.
    [Theory]
    [InlineData(300, 7)]
    [InlineData(40_000, 40)]
    public void The_nearest_are_those_of_sorting_all(int words, int dimension)
    {
        WordVectors vectors = Random(words, dimension, 3);
        var nearest = new NearestWords(vectors);
        (int Word, double Near)[] expected =
            [.. Enumerable.Range(0, words).Where(word => word != 5).Select(word => (word, (double)vectors.Similarity(5, word))).OrderByDescending(pair => pair.Item2).Take(20)];

        IReadOnlyList<NearWord> found = nearest.To("w5", 20);

        Assert.Equal(expected.Select(pair => pair.Word), found.Select(word => word.Index));
        Assert.All(found.Zip(expected), pair => Assert.Equal(pair.Second.Near, pair.First.Similarity, 1e-5));
        Assert.All(found, word => Assert.Equal(vectors.Words[word.Index], word.Word));
    }

    [Fact]
    public void Of_equally_near_words_the_first_comes_first()
    {
        var vectors = new WordVectors(["a", "b", "c", "d", "zero"], [1, 0, 2, 0, 3, 0, 0, 1, 0, 0], 2);
        Assert.Equal(["b", "c"], new NearestWords(vectors).To("a", 2).Select(word => word.Word));
        Assert.Equal(["b", "c", "d", "zero"], new NearestWords(vectors).To("a", 9).Select(word => word.Word));
    }

    // Directions are added, so long vectors weigh no more: 3CosAdd.
    [Fact]
    public void An_analogy_adds_directions_and_leaves_its_words_out()
    {
        var vectors = new WordVectors(
            ["man", "woman", "king", "queen", "apple"],
            [10, 0, 0, /**/ 0, 1, 0, /**/ 1, 0, 1, /**/ 0, 1, 1, /**/ 1, 1, -1],
            3);
        IReadOnlyList<NearWord> found = new NearestWords(vectors).Analogy(["king", "woman"], ["man"], 2);
        Assert.Equal(["queen", "apple"], found.Select(word => word.Word));
        double half = Math.Sqrt(0.5);
        double[] sum = [half - 1, 1, half];
        Assert.Equal((sum[1] + sum[2]) * half / Math.Sqrt(sum.Sum(value => value * value)), found[0].Similarity, 1e-6);
    }

    [Fact]
    public void What_has_no_direction_or_no_vector_is_refused()
    {
        var nearest = new NearestWords(new WordVectors(["a", "b", "zero"], [1, 0, 1, 0, 0, 0], 2));
        Assert.Contains("'A' has no vector among 3; 'a' has one", Assert.Throws<InvalidInputException>(() => nearest.To("A")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidInputException>(() => nearest.To("zero"));
        Assert.Throws<InvalidInputException>(() => nearest.Analogy(["a"], ["b"]));
        Assert.Throws<InvalidInputException>(() => nearest.Analogy([], []));
        Assert.Throws<InvalidInputException>(() => nearest.To("a", 0));
        Assert.Throws<InvalidInputException>(() => nearest.To([1f], 1));
    }
}
