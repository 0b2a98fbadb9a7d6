using Vigie.Embeddings;

namespace Vigie.Tests.Embeddings;

public sealed class SubwordVectorsTests
{
    private const int Dimension = 3;
    private static readonly Subwords Few = new(3, 4, 50);
    private static readonly string[] Known = ["cat", "dog", "</s>"];

    [Fact]
    public void A_learnt_word_is_the_mean_of_its_row_and_its_n_grams()
    {
        SubwordVectors vectors = Full();
        float[] expected = Mean(vectors, "cat", 0);
        Assert.Equal(expected, vectors.Words[0].ToArray(), Close);
        var found = new float[Dimension];
        Assert.True(vectors.TryGetVector("cat", found));
        Assert.Equal(vectors.Words[0].ToArray(), found);
    }

    [Fact]
    public void Another_word_is_the_mean_of_its_n_grams()
    {
        SubwordVectors vectors = Full();
        var found = new float[Dimension];
        Assert.True(vectors.TryGetVector("cats", found));
        Assert.Equal(Mean(vectors, "cats", -1), found, Close);
    }

    [Fact]
    public void The_end_of_a_sentence_has_its_own_row_only() => Assert.Equal(Full().WordRow(2).ToArray(), Full().Words[2].ToArray());

    [Fact]
    public void Buckets_without_a_row_are_zero_and_count_in_the_mean()
    {
        SubwordVectors full = Full();
        List<int> ofCat = [];
        Few.AddBuckets("cat", ofCat);
        int[] used = [.. ofCat.Distinct()];
        int[] bucketRows = [.. Enumerable.Range(0, Few.Bucket).Select(bucket => Array.IndexOf(used, bucket) is >= 0 and int at ? Known.Length + at : -1)];
        float[] rows = [.. Enumerable.Range(0, Known.Length).SelectMany(word => full.WordRow(word).ToArray()), .. used.SelectMany(bucket => full.BucketRow(bucket).ToArray())];
        var some = new SubwordVectors(Known, rows, Dimension, Few, bucketRows);

        Assert.Equal(full.Words[0].ToArray(), some.Words[0].ToArray());
        Assert.Equal(new float[Dimension], some.BucketRow(Array.IndexOf(bucketRows, -1)).ToArray());
        var expected = new float[Dimension];
        List<int> ofCats = [];
        Few.AddBuckets("cats", ofCats);
        foreach (int bucket in ofCats)
        {
            for (int j = 0; j < Dimension; j++) expected[j] += used.Contains(bucket) ? full.BucketRow(bucket)[j] / ofCats.Count : 0;
        }
        var found = new float[Dimension];
        Assert.True(some.TryGetVector("cats", found));
        Assert.Equal(expected, found, Close);
    }

    [Fact]
    public void Nothing_is_known_of_a_word_whose_n_grams_were_never_seen()
    {
        int[] none = [.. Enumerable.Repeat(-1, Few.Bucket)];
        var vectors = new SubwordVectors(["cat"], [1, 2, 3], Dimension, Few, none);
        float[] found = [9, 9, 9];
        Assert.False(vectors.TryGetVector("dog", found));
        Assert.Equal(new float[Dimension], found);
        Assert.False(vectors.TryGetVector("", found));
    }

    [Fact]
    public void Words_without_n_grams_are_their_rows()
    {
        var vectors = new SubwordVectors(["cat"], [1, 2, 3], Dimension, Subwords.None);
        Assert.Equal([1f, 2f, 3f], vectors.Words[0].ToArray());
        Assert.False(vectors.TryGetVector("cats", new float[Dimension]));
    }

    [Fact]
    public void Numbers_that_do_not_fill_the_rows_are_refused()
    {
        Assert.Contains("5 numbers", Refused(() => new SubwordVectors(["cat"], new float[5], Dimension, Few)), StringComparison.Ordinal);
        Assert.Contains("5 numbers", Refused(() => new SubwordVectors(["cat"], new float[5], Dimension, Few, new int[50])), StringComparison.Ordinal);
        Assert.Contains("0 numbers", Refused(() => new SubwordVectors(["cat"], [], Dimension, Few, [.. Enumerable.Repeat(-1, 50)])), StringComparison.Ordinal);
        Assert.Contains("rows for 49 buckets", Refused(() => new SubwordVectors(["cat"], new float[6], Dimension, Few, new int[49])), StringComparison.Ordinal);
        Assert.Contains("bucket 0 has row 0", Refused(() => new SubwordVectors(["cat"], new float[6], Dimension, Few, new int[50])), StringComparison.Ordinal);
        Assert.Contains("bucket 0 has row 2", Refused(() => new SubwordVectors(["cat"], new float[6], Dimension, Few, [.. Enumerable.Repeat(2, 50)])), StringComparison.Ordinal);
        Assert.Contains("2 counts", Refused(() => new SubwordVectors(["cat"], new float[153], Dimension, Few, [1L, 2L])), StringComparison.Ordinal);
    }

    private static string Refused(Func<object> make) => Assert.Throws<InvalidInputException>(make).Message;

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6;

    private static SubwordVectors Full()
    {
        var random = new Xoshiro256(3);
        return new SubwordVectors(Known, [.. Enumerable.Range(0, (Known.Length + Few.Bucket) * Dimension).Select(_ => (float)random.NextDouble() - 0.5f)], Dimension, Few);
    }

    private static float[] Mean(SubwordVectors vectors, string word, int index)
    {
        List<int> buckets = [];
        Few.AddBuckets(word, buckets);
        var rows = buckets.Select(bucket => vectors.BucketRow(bucket).ToArray()).ToList();
        if (index >= 0) rows.Add(vectors.WordRow(index).ToArray());
        return [.. Enumerable.Range(0, Dimension).Select(j => rows.Average(row => row[j]))];
    }
}
