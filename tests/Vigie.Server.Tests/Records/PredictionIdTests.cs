using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace Vigie.Server.Tests;

public sealed class PredictionIdTests
{
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "000102030405060708090a0b0c0d0e0f", "db9bc2577fcc2a3f")] // of the paper's reference program
    [InlineData("00000000000000000000000000000000", "00000000000000000000000000000000", "76291780c2ecca32")] // the others by openssl mac
    [InlineData("ffeeddccbbaa99887766554433221100", "ffffffffffffffffffffffff00000000", "4383755f230c4d0a")]
    public void The_code_is_SipHash(string key, string message, string expected)
    {
        ulong code = new ShortCode(Convert.FromHexString(key)).Of(new UInt128(BitConverter.ToUInt64(Convert.FromHexString(message), 8), BitConverter.ToUInt64(Convert.FromHexString(message), 0)));
        Assert.Equal(expected, Convert.ToHexStringLower(BitConverter.GetBytes(code)));
    }

    [Fact]
    public void An_id_is_known_again_by_who_has_the_secret()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 30, 0, 125, TimeSpan.Zero));
        PredictionIds ids = new(clock, Secret, 7), replica = new(clock, Secret, 8), stranger = new(clock, new byte[32], 7);
        PredictionId id = ids.Next();
        Assert.Equal(clock.GetUtcNow(), id.At);
        Assert.True(replica.TryParse(id.ToString(), out PredictionId read));
        Assert.Equal(id, read);
        Assert.False(stranger.TryParse(id.ToString(), out _));
        Assert.Equal(2_000, Enumerable.Range(0, 1_000).SelectMany(_ => new[] { ids.Next(), replica.Next() }).Distinct().Count());
    }

    [Fact]
    public void An_id_with_any_bit_changed_is_nobodys()
    {
        var ids = new PredictionIds(new FakeTimeProvider(), Secret, 7);
        UInt128 bits = ids.Next().Bits;
        for (int bit = 0; bit < 128; bit++)
            Assert.False(ids.TryParse((bits ^ (UInt128.One << bit)).ToString("x32", CultureInfo.InvariantCulture), out _));
    }

    [Fact]
    public void Draws_are_spread_evenly()
    {
        var ids = new PredictionIds(new FakeTimeProvider(), Secret, 7); // which stands still: the ids differ in their counter only
        int[] tenths = new int[10];
        for (int i = 0; i < 100_000; i++) tenths[(int)(10 * ids.Next().Draw)]++;
        double chiSquared = tenths.Sum(count => Math.Pow(count - 10_000, 2) / 10_000);
        Assert.True(chiSquared < 27.9, $"{chiSquared}"); // one in a thousand
    }
}
