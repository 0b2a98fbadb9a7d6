namespace Vigie.Tests;

public sealed class Xoshiro256Tests
{
    [Fact]
    public void Agrees_with_the_authors_reference_numbers()
    {
        // From the C reference with state {1, 2, 3, 4}; the same numbers stand in the tests of other ports.
        var random = new Xoshiro256(1, 2, 3, 4);
        ulong[] expected =
        [
            11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600,
            16172922978634559625, 8476171486693032832, 10595114339597558777, 2904607092377533576,
        ];

        Assert.Equal(expected, expected.Select(_ => random.NextUInt64()));
    }

    [Fact]
    public void Seeding_agrees_with_the_reference_of_SplitMix64()
    {
        ulong state = 1234567;
        ulong[] expected = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821];

        Assert.Equal(expected, expected.Select(_ => Xoshiro256.SplitMix64(ref state)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Whole_numbers_fill_their_range_evenly(int bound)
    {
        var random = new Xoshiro256(5);
        int[] counts = new int[bound];
        const int draws = 200_000;
        for (int i = 0; i < draws; i++) counts[random.Next(bound)]++;

        double expected = draws / (double)bound;
        double chiSquare = counts.Sum(count => (count - expected) * (count - expected) / expected);
        // Mean bound-1, standard deviation √(2·(bound-1)); five of them are never met by chance.
        Assert.InRange(chiSquare, 0, bound - 1 + 5 * Math.Sqrt(2 * bound));
    }

    [Fact]
    public void Streams_of_a_seed_have_nothing_in_common()
    {
        ulong[] Draw(ulong seed, ulong stream)
        {
            var random = new Xoshiro256(seed, stream);
            return [.. Enumerable.Range(0, 1000).Select(_ => random.NextUInt64())];
        }

        Assert.Empty(Draw(1, 1).Intersect(Draw(1, 2)));
        Assert.Empty(Draw(1, 1).Intersect(Draw(2, 1)));
        Assert.Equal(Draw(0, 3), Draw(0, 3));
    }

    [Fact]
    public void Fractions_stay_below_one_and_chances_hold()
    {
        var random = new Xoshiro256(9);
        double[] drawn = [.. Enumerable.Range(0, 100_000).Select(_ => random.NextDouble())];

        Assert.All(drawn, value => Assert.InRange(value, 0, 1 - 1e-16));
        Assert.Equal(0.5, drawn.Average(), 0.01);
        Assert.False(random.Chance(0));
        Assert.True(random.Chance(1));
    }

    [Fact]
    public void An_empty_range_is_refused() => Assert.Throws<ArgumentOutOfRangeException>(() => new Xoshiro256(1).Next(0));
}
