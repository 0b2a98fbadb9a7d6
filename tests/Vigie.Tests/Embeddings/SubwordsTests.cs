using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

public sealed class SubwordsTests
{
    // Printed by fastText 0.9.2 (get_subwords of a model with n-grams of 3 to 6 characters and 2,000,000 buckets).
    [Theory]
    [InlineData("where", new[] { 167652, 989715, 1526707, 1071586, 420941, 312621, 969176, 121234, 1473420, 1540811, 114991, 1529033, 1568469, 867498 })]
    [InlineData("café", new[] { 916747, 1991831, 794639, 17187, 369661, 454601, 761685, 960362, 1966012, 1609697 })]
    [InlineData("日本語", new[] { 758587, 4581, 524609, 35559, 928923, 1674355 })]
    [InlineData("😀", new[] { 870420 })]
    [InlineData("a", new[] { 1087600 })]
    [InlineData("é", new[] { 806231 })]
    [InlineData("<user>", new[] { 1662864, 127705, 217204, 1604978, 1339771, 876474, 1735640, 1857042, 1170932, 501362, 1556644, 230382, 1112181, 1981201, 828029, 742840, 1099378, 673565 })]
    [InlineData("</s>", new int[0])]
    public void Buckets_are_those_of_fastText(string word, int[] expected) => Assert.Equal(expected, Buckets(new Subwords(), word));

    [Fact]
    public void Single_characters_are_n_grams_but_brackets_are_not() =>
        Assert.Equal(Buckets(new Subwords(2, 2), "a").Count + 1, Buckets(new Subwords(1, 2), "a").Count);

    [Fact]
    public void A_lone_surrogate_counts_as_the_replacement_character() => Assert.Equal(Buckets(new Subwords(), "x�y"), Buckets(new Subwords(), "x\ud83dy"));

    [Fact]
    public void A_word_of_any_length_is_cut() => Assert.Equal(4 * 5002 - (2 + 3 + 4 + 5), Buckets(new Subwords(), new string('é', 5000)).Count);

    [Fact]
    public void Without_n_grams_there_are_no_buckets() => Assert.Empty(Buckets(Subwords.None, "where"));

    [Theory]
    [InlineData(3, -1, 10, "max_n -1")]
    [InlineData(0, 6, 10, "min_n 0")]
    [InlineData(5, 4, 10, "min_n 5")]
    [InlineData(3, 6, 0, "bucket 0")]
    public void Settings_out_of_range_are_refused(int min, int max, int bucket, string message) =>
        Assert.StartsWith(message, Assert.Throws<InvalidInputException>(() => new Subwords(min, max, bucket).Validated()).Message, StringComparison.Ordinal);

    private static List<int> Buckets(Subwords subwords, string word)
    {
        List<int> buckets = [];
        subwords.AddBuckets(word, buckets);
        return buckets;
    }
}
