using Vigie.Features;
using Vigie.Text;

namespace Vigie.Tests.Features;

public sealed class NgramPlacesTests
{
    private static readonly string[] Texts =
    [
        "late again and late again", "never late again", "", "the crew was kind , the crew was late", "so kind so kind so kind", "never again", "never late again",
    ];

    [Fact]
    public void An_n_gram_is_found_at_the_rank_of_its_place_and_others_are_not()
    {
        const int space = 1 << 20;
        var random = new Xoshiro256(3);
        ulong[] fingerprints = [.. Enumerable.Range(0, 20_000).Select(_ => random.NextUInt64())];
        int[] kept = [.. fingerprints[..5_000].Select(fingerprint => NgramPlaces.PlaceOf(fingerprint, space)).Distinct().Order()];

        var places = new NgramPlaces(kept, space);

        Assert.All(fingerprints, fingerprint =>
        {
            int rank = Array.BinarySearch(kept, NgramPlaces.PlaceOf(fingerprint, space));
            Assert.Equal(Math.Max(-1, rank), places.Find(fingerprint));
        });
        Assert.Contains(fingerprints, fingerprint => places.Find(fingerprint) < 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1023)]
    public void The_first_and_the_last_place_are_found(int place)
    {
        ulong fingerprint = (ulong)place << 54;
        Assert.Equal(place, NgramPlaces.PlaceOf(fingerprint, 1024));
        Assert.Equal(0, new NgramPlaces([place], 1024).Find(fingerprint));
        Assert.Equal(place, new NgramPlaces([.. Enumerable.Range(0, 1024)], 1024).Find(fingerprint));
        Assert.Equal(-1, new NgramPlaces([], 1024).Find(fingerprint));
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(6, 5)]
    [InlineData(5, 1024)]
    [InlineData(-1, 5)]
    public void Places_that_do_not_rise_or_leave_the_space_are_refused(int first, int second) =>
        Assert.Contains("must rise", Assert.Throws<InvalidInputException>(() => new NgramPlaces([first, second], 1024)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(3, 2)]
    public void What_is_kept_is_what_a_plain_count_keeps(int minCount, int threads)
    {
        var tokenizer = new Tokenizer(new TextPipeline());
        var grams = new Ngrams { WordMax = 3, CharMin = 2, CharMax = 3 };
        ulong[][] rows = [.. Texts.Select(text => Fingerprints(tokenizer, grams, text))];
        Dictionary<ulong, int> counts = rows.SelectMany(row => row).CountBy(fingerprint => fingerprint).Where(pair => pair.Value >= minCount).ToDictionary();

        (NgramPlaces places, NgramMatrix matrix, int[] rowOfColumn) = new NgramPlacesFit(tokenizer, grams, 1 << 30, minCount, threads).Run(Texts, null, TestContext.Current.CancellationToken);

        Assert.Equal(counts.Count, places.Count);
        Assert.Equal(places.Count, matrix.ColumnCount);
        Assert.Equal(Enumerable.Range(0, places.Count), rowOfColumn.Order());
        for (int text = 0; text < rows.Length; text++)
            Assert.Equal(rows[text].Where(counts.ContainsKey).Select(places.Find), matrix.Columns(text).ToArray().Select(column => rowOfColumn[column]));
        int[] frequencies = [.. Enumerable.Range(0, places.Count).Select(column => Enumerable.Range(0, rows.Length).Sum(text => matrix.Columns(text).Count(column)))];
        Assert.Equal(frequencies.OrderDescending(), frequencies);
    }

    [Fact]
    public void Nothing_repeated_is_an_error_that_says_so() =>
        Assert.Contains(
            "none occurs min_count 9 times",
            Assert.Throws<InvalidInputException>(() => new NgramPlacesFit(new Tokenizer(new TextPipeline()), new Ngrams(), 1 << 20, 9, 0).Run(Texts, null, TestContext.Current.CancellationToken)).Message,
            StringComparison.Ordinal);

    private static ulong[] Fingerprints(Tokenizer tokenizer, Ngrams grams, string text)
    {
        var buffer = new NgramBuffer(tokenizer, grams);
        buffer.Fill(text);
        return buffer.Fingerprints.ToArray();
    }
}
